/**
 * A tenant's own policies and kill switches beside those of the deployment, as
 * decisions of the tenant see them.
 *
 * @module
 */
import type { PolicyContent, PolicyRule } from "../../domain/verdict.ts";
import { compilePolicySet, type PolicySet } from "../judge/policy_set.ts";

/** What one scope puts into force; no switch is on unless given. */
export type Content =
  & Pick<PolicyContent, "policies" | "lists">
  & Partial<Pick<PolicyContent, "switches">>;

/**
 * Compiles both together; the tenant's own bind nobody else, whatever they say.
 *
 * @throws {EngineError} policy_invalid, if they do not go together.
 */
export function joinOwn(
  deployment: Content,
  own: Content,
  tenant: string,
): PolicySet {
  const ours = own.policies.map((one) => ({
    ...one,
    appliesTo: { ...one.appliesTo, tenants: [tenant] },
    rules: countOwn(one.rules),
  }));
  const ownSwitches = (own.switches ?? []).map((one) => ({
    ...one,
    id: `own_${one.id}`,
    stops: { ...one.stops, tenant },
  }));
  return compilePolicySet([...deployment.policies, ...ours], {
    lists: [...deployment.lists, ...own.lists],
    switches: [...deployment.switches ?? [], ...ownSwitches],
  });
}

/**
 * What a tenant limits is counted for it alone, though another's limit has the same name.
 * Whether rules are what they should be is found out when they are compiled.
 */
function countOwn(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  if (!Array.isArray(rules)) return rules;
  return rules.map((rule: PolicyRule) =>
    rule?.effect === "limit" && (rule.per ?? []).length === 0
      ? { ...rule, per: ["tenant"] }
      : rule
  );
}
