/**
 * Who shares which budget: names of the budgets that a call uses.
 *
 * A budget belongs to the text that the connector gave for its scope; sources that
 * gave none share one. An endpoint's budget belongs to the account's where nothing
 * else was said.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import {
  type CallLimit,
  QUOTA_SCOPES,
  type QuotaScope,
} from "../../domain/source.ts";

/**
 * What a call is for: fresh data, the past, or a change at the source. Changes go
 * first, and the past leaves a part of every budget to the others.
 */
export type Priority = "fresh" | "backfill" | "write";

/** A call that is to go. */
export interface QuotaCall {
  readonly connector: string;
  /** Who shares each scope, hashed. */
  readonly keys: Readonly<Partial<Record<QuotaScope, string>>>;
  /** Path of the URL. */
  readonly path: string;
  /** Limits that the vendor documents. */
  readonly limits: readonly CallLimit[];
  readonly priority: Priority;
}

/** A budget that a call uses: who shares it, and its name within the connector. */
export interface BudgetKey {
  readonly scope: QuotaScope;
  /** As in the call's `keys`; empty where it gave none. */
  readonly owner: string;
  readonly name: string;
  /** Declared limits that the call counts towards. */
  readonly limits: readonly CallLimit[];
  /** Whether a vendor's word of its scope, told about the call, is meant for it. */
  readonly isMeant: boolean;
}

/** Names every budget that a call uses. */
export function budgetKeys(call: QuotaCall): readonly BudgetKey[] {
  const limits = call.limits.filter((limit) => covers(limit, call.path));
  return QUOTA_SCOPES.flatMap((scope) => {
    const owner = ownerOf(call, scope);
    const own = limits.filter((limit) => limit.scope === scope);
    const places = scope === "endpoint"
      ? groupByEndpoint(own, call.path)
      : new Map([["", own]]);
    return [...places].map(([place, limits]) => ({
      scope,
      owner,
      name: `${scope} ${owner} ${place}`.trimEnd(),
      limits,
      isMeant: place !== ANY_PATH,
    }));
  });
}

/** Name of a limit within its budget. */
export function limitName({ calls, perSeconds, path = "" }: CallLimit): string {
  return `${calls}/${perSeconds} ${path}`.trimEnd();
}

const ANY_PATH = "*";

/**
 * Limits by the declared endpoints that the path contains, else none by the path itself.
 * Paths hold ids of people and, at some vendors, secrets: only their hash is kept.
 */
function groupByEndpoint(
  limits: readonly CallLimit[],
  path: string,
): ReadonlyMap<string, readonly CallLimit[]> {
  const declared = Map.groupBy(
    limits,
    (limit) => `${ANY_PATH}${limit.path ?? ""}`,
  );
  const isDeclared = limits.some((limit) => limit.path !== undefined);
  return isDeclared
    ? declared
    : new Map([...declared, [sha256(path).slice(0, 16), []]]);
}

function ownerOf({ keys }: QuotaCall, scope: QuotaScope): string {
  const owner = scope === "endpoint"
    ? keys.endpoint ?? keys.account ?? keys.developer
    : keys[scope];
  return owner ?? "";
}

function covers(limit: CallLimit, path: string): boolean {
  return limit.path === undefined || path.includes(limit.path);
}
