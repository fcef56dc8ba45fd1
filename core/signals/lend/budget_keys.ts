/**
 * Who shares which budget: names of the windows that a call uses, and of those for
 * whom a vendor's word about it holds.
 *
 * A budget belongs to the text that the connector gave for its scope; sources that
 * gave none share one. An endpoint's budget belongs to the account's where nothing
 * else was said.
 *
 * @module
 */
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

/** Who shares a budget, and its name within the connector. */
export interface BudgetKey {
  readonly scope: QuotaScope;
  /** As in the call's `keys`; empty where it gave none. */
  readonly owner: string;
  readonly name: string;
}

/** Names every declared limit that a call counts towards. */
export function limitKeys(
  call: QuotaCall,
): readonly (BudgetKey & { readonly limit: CallLimit })[] {
  return call.limits.filter((limit) => covers(limit, call.path)).map(
    (limit) => {
      const { scope, calls, perSeconds, path = "" } = limit;
      const owner = ownerOf(call, scope);
      const name = `${calls}/${perSeconds} ${scope} ${owner} ${path}`;
      return { limit, scope, owner, name };
    },
  );
}

/** Names all for whom a word of the vendor holds that would hold for this call. */
export function wordKeys(call: QuotaCall): readonly BudgetKey[] {
  return QUOTA_SCOPES.flatMap((scope) => {
    const owner = ownerOf(call, scope);
    const paths = scope === "endpoint" ? endpointsOf(call) : [""];
    return paths.map((path) => ({
      scope,
      owner,
      name: `${scope} ${owner} ${path}`,
    }));
  });
}

/** Every declared endpoint that the path contains, else the path itself. */
function endpointsOf({ limits, path }: QuotaCall): readonly string[] {
  const declared = limits
    .filter((limit) => limit.scope === "endpoint" && covers(limit, path))
    .flatMap((limit) => limit.path === undefined ? [] : [`*${limit.path}`]);
  return declared.length === 0 ? [path] : [...new Set(declared)];
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
