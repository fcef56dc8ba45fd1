/**
 * What a tenant's own policies are named, so that they stand beside the deployment's
 * without ever taking the place of one.
 *
 * @module
 */
import type { PolicyContent } from "../../domain/verdict.ts";
import type { Scope } from "../../ports/governance.ts";

/** How the names of all policies and lists of tenants begin, and of nothing else. */
export const OWN_PREFIX = "own_";

/**
 * Says what of a content may not stand in its scope, and how to mend it.
 *
 * @returns Nothing if all of it may.
 */
export function findMisplaced(
  { policies, lists, switches }: PolicyContent,
  scope: Scope,
): readonly string[] {
  const named = [
    ...policies.map(({ policy }) => ["policy", policy] as const),
    ...lists.map(({ list }) => ["list", list] as const),
  ];
  const problems = named.flatMap(([what, name]) => {
    const isOwn = name.startsWith(OWN_PREFIX);
    if (scope === null && isOwn) {
      return `${what} "${name}": names that begin with "${OWN_PREFIX}" are for what is a tenant's own; rename it`;
    }
    if (scope !== null && !isOwn) {
      return `${what} "${name}": what is a tenant's own begins with "${OWN_PREFIX}"; name it "${OWN_PREFIX}${name}"`;
    }
    return [];
  });
  if (switches.length > 0) {
    problems.push(
      "kill switches are no part of it; they are turned on and released by themselves",
    );
  }
  return scope === null
    ? problems
    : [...problems, ...findForeignTenants(policies, scope)];
}

function findForeignTenants(
  policies: PolicyContent["policies"],
  scope: string,
): readonly string[] {
  return policies.flatMap(({ policy, appliesTo }) =>
    (appliesTo?.tenants ?? []).filter((tenant) => tenant !== scope)
      .map((tenant) =>
        `policy "${policy}": it is tenant "${scope}"'s own and may not apply to tenant "${tenant}"; leave "appliesTo.tenants" out`
      )
  );
}
