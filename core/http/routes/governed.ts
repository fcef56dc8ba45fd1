/**
 * Whose changes a caller reaches: its tenant's own, and the deployment's with the scope
 * `govern`. What it does not reach is not there.
 *
 * @module
 */
import type { Change } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import type { Engine } from "../../engine.ts";
import type { Caller } from "../../ports/access.ts";
import type { Scope } from "../../ports/governance.ts";
import { present } from "./fields.ts";

/** Tag of every route that has to do with changes. */
export const TAG = "Changes";

/** Whose changes a request is about. */
export interface ScopeAsked {
  readonly scope?: "tenant" | "deployment" | undefined;
}

/**
 * The scope that a request names.
 *
 * @param key The caller's key.
 * @param asked Its query; the tenant's own unless it says otherwise.
 * @returns The tenant, or null for the deployment.
 * @throws {EngineError} `access_denied` for the deployment without `govern`.
 */
export function scopeOf(key: Caller, { scope }: ScopeAsked): Scope {
  if (scope !== "deployment") return key.tenant;
  if (key.scopes.includes("govern")) return null;
  throw new EngineError(
    "access_denied",
    `Cannot admit key "${key.id}" to the deployment's changes: it lacks the scope "govern"`,
    { facts: { key: key.id, scope: "govern" } },
  );
}

/**
 * Finds a change that the caller reaches.
 *
 * @param engine Where changes are.
 * @param key The caller's key.
 * @param id The change.
 * @returns The change as it stands.
 * @throws {EngineError} `not_found` if the caller reaches none of that id.
 */
export async function reach(
  { changes }: Pick<Engine, "changes">,
  key: Caller,
  id: string,
): Promise<Change> {
  const scopes = key.scopes.includes("govern")
    ? [key.tenant, null]
    : [key.tenant];
  for (const scope of scopes) {
    const found = await unlessMissing(changes.find({ scope, id }));
    if (found !== null) return found;
  }
  return present<Change>(null, "change", id);
}

/** Where a change is kept. */
export function refOf({ tenant, id }: Change): { scope: Scope; id: string } {
  return { scope: tenant, id };
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof EngineError && error.code === "not_found") return null;
    throw error;
  }
}
