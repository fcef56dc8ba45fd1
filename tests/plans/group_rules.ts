/**
 * Random policies about several budgets together, the same as terms of a request, and
 * what a plan breaks of them.
 *
 * @module
 */
import fc from "fast-check";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type { PolicyRule } from "../../core/domain/verdict.ts";
import type { Company } from "./plan_companies.ts";

/** A rule over a channel or some campaigns, in plain words. */
export interface Bounded {
  readonly members: readonly EntityKey[];
  /** Null for campaigns of a list. */
  readonly channel: string | null;
  readonly effect: "cap" | "floor";
  /** Micros a day, or thousandths of the plan. */
  readonly micros?: number;
  readonly permille?: number;
}

/**
 * Some rules for a company.
 *
 * @param tight Whether bounds are anything, so that few can be met together.
 */
export function boundsFor(
  { curves, spends }: Company,
  tight: boolean,
): fc.Arbitrary<readonly Bounded[]> {
  const today = Number(spends.reduce((sum, one) => sum + one, 0n));
  const keys = curves.map(({ entity }) => entity);
  const channels = [...new Set(curves.flatMap(({ parent }) => parent ?? []))];
  const whom = fc.oneof(
    fc.subarray(keys, { minLength: 1 }).map((members) => ({
      members,
      channel: null,
    })),
    ...channels.map((parent) =>
      fc.constant({
        members: curves.filter((one) => one.parent === parent)
          .map(({ entity }) => entity),
        channel: parent.slice("channel:".length),
      })
    ),
  );
  const [loose, firm] = tight ? [0, 1] : [0.3, 0.15];
  const cap = fc.oneof(
    fc.integer({ min: Math.floor(today * loose), max: today + 60_000_000 })
      .map((micros) => ({ micros })),
    fc.integer({ min: Math.floor(1000 * loose), max: 1000 })
      .map((permille) => ({ permille })),
  ).map((bound) => ({ effect: "cap" as const, ...bound }));
  const floor = fc.oneof(
    fc.integer({ min: 0, max: Math.floor(today * firm) })
      .map((micros) => ({ micros })),
    fc.integer({ min: 0, max: Math.floor(1000 * firm) })
      .map((permille) => ({ permille })),
  ).map((bound) => ({ effect: "floor" as const, ...bound }));
  return fc.array(
    fc.tuple(whom, fc.oneof(cap, floor)).map(([one, bound]) => ({
      ...one,
      ...bound,
    })),
    { minLength: 1, maxLength: 4 },
  );
}

/** The company with rules in force, by the names `b0`, `b1`, … */
export function withBounds(
  company: Company,
  bounds: readonly Bounded[],
): Company {
  return {
    ...company,
    rules: [...company.rules, ...bounds.map(writeRule)],
    lists: bounds.map(({ members }, at) => ({
      ...{ list: `list_${at}`, version: 1, owner: "growth", about: "Test." },
      items: members.map((key) => key.slice("campaign:".length)),
    })),
  };
}

function writeRule(
  { channel, effect, micros, permille }: Bounded,
  at: number,
): PolicyRule {
  return {
    ...{ id: `b${at}`, effect, reason: `Bound ${at}` },
    over: channel === null
      ? { campaigns: { list: `list_${at}` } }
      : { channel },
    ...micros === undefined ? { toPermille: permille ?? 0 } : { to: micros },
  };
}

/**
 * The request with the same demands as its own: shares, and bounds of parents.
 *
 * @returns Null where it has no terms for them.
 */
export function askFor(
  request: PlanRequest,
  bounds: readonly Bounded[],
  days: number,
): PlanRequest | null {
  let asked = request;
  for (const { members, channel, effect, micros, permille } of bounds) {
    if (micros === undefined) {
      const share = effect === "cap"
        ? { mostPermille: permille ?? 0 }
        : { leastPermille: permille ?? 0 };
      const shares = asked.shares ?? [];
      asked = {
        ...asked,
        shares: [...shares, { of: members, in: null, ...share }],
      };
      continue;
    }
    if (channel === null) return null;
    const key: EntityKey = `channel:${channel}`;
    const total = BigInt(micros) * BigInt(days);
    const { lo = 0n, hi } = asked.bounds[key] ?? {};
    const bound = effect === "cap"
      ? { lo, hi: hi === undefined || total < hi ? total : hi }
      : { lo: total > lo ? total : lo, ...hi !== undefined && { hi } };
    asked = { ...asked, bounds: { ...asked.bounds, [key]: bound } };
  }
  return asked;
}

/** Says which rules a plan breaks. */
export function* listBoundBreaches(
  { recommendations }: Plan,
  bounds: readonly Bounded[],
  days: number,
): Generator<string> {
  const sum = (members: readonly EntityKey[] | null) =>
    recommendations.reduce(
      (all, { entity, budgetMicros }) =>
        members === null || members.includes(entity) ? all + budgetMicros : all,
      0n,
    );
  const whole = sum(null);
  for (const { members, effect, micros, permille = 0 } of bounds) {
    const over = micros === undefined
      ? sum(members) * 1000n - whole * BigInt(permille)
      : sum(members) - BigInt(micros) * BigInt(days);
    if (effect === "cap" ? over > 0n : over < 0n) {
      yield `${effect} of ${members}: off by ${over}`;
    }
  }
}
