/**
 * Limits of a policy set: what is counted, apart for whom, and for how long.
 *
 * @module
 */
import {
  type Facts,
  LIMIT_KEYS,
  type LimitKey,
  type PolicyDocument,
  type PolicyRule,
} from "../../domain/verdict.ts";

/** A rule that limits what is done within a window. */
export interface Limit {
  /** `policy.rule`: under which it is counted, and the fact of the group `counts`. */
  readonly name: string;
  /** `policy@version/rule`. */
  readonly rule: string;
  readonly of: "decisions" | "micros";
  /** In the order of `LIMIT_KEYS`; none for one count over all tenants. */
  readonly per: readonly LimitKey[];
  /** At most so many decisions, or micros, within any window. */
  readonly most: number;
  readonly windowSeconds: number;
  /** Tenants that it speaks for; null for all. */
  readonly tenants: ReadonlySet<string> | null;
  /** Channels that it speaks for; null for all. */
  readonly channels: ReadonlySet<string> | null;
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads a rule's limit; null if it sets none. */
export function limitOf(
  { policy, version, appliesTo }: PolicyDocument,
  rule: PolicyRule,
): Limit | null {
  if (rule.effect !== "limit") return null;
  const { id, of = "decisions", per = [], most = 0, within = "1d" } = rule;
  return {
    name: `${policy}.${id}`,
    rule: `${policy}@${version}/${id}`,
    of,
    per: LIMIT_KEYS.filter((key) => per.includes(key)),
    most,
    windowSeconds: parseWindow(within),
    tenants: appliesTo?.tenants ? new Set(appliesTo.tenants) : null,
    channels: appliesTo?.channels ? new Set(appliesTo.channels) : null,
  };
}

/** Reads `90m`, in seconds. */
function parseWindow(within: string): number {
  const unit = within.slice(-1) as keyof typeof SECONDS;
  return Number(within.slice(0, -1)) * SECONDS[unit];
}

/** What a limit has counted so far, as the facts tell; null where they do not. */
export function countOf({ name }: Limit, { counts }: Facts): number | null {
  const [policy = "", rule = ""] = name.split(".");
  const count = ownMember(ownMember(counts, policy), rule);
  return Number.isSafeInteger(count) && Number(count) >= 0
    ? Number(count)
    : null;
}

function ownMember(group: unknown, name: string): unknown {
  return typeof group === "object" && group !== null &&
      Object.hasOwn(group, name)
    ? (group as Record<string, unknown>)[name]
    : undefined;
}
