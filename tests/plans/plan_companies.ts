/**
 * Random companies, and a way to make a plan for one.
 *
 * @module
 */
import fc from "fast-check";
import { addDays } from "../../core/domain/day.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type {
  FittedCurve,
  ModelRecord,
  ResponseCurve,
} from "../../core/domain/score.ts";
import type { PolicyList, PolicyRule } from "../../core/domain/verdict.ts";
import { propose } from "../../core/plans/proposal/propose.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";

/** A company: campaigns in channels, and the rules of its policies. */
export interface Company {
  readonly curves: readonly FittedCurve[];
  /** Today's spend of each, micros a day. */
  readonly spends: readonly bigint[];
  readonly rules: readonly PolicyRule[];
  /** Lists that rules name; none unless given. */
  readonly lists?: readonly PolicyList[];
}

const NOW = "2026-03-02T09:00:00.000Z";

/** Makes a plan, unless it throws. */
export async function makePlan(
  { curves, spends, rules, lists = [] }: Company,
  request: PlanRequest,
  now = NOW,
): Promise<Plan> {
  const record = {
    name: "mix",
    version: 1,
    use: { kind: "plan", currency: "EUR" },
  } as ModelRecord;
  const policies = compilePolicySet(
    rules.length === 0 ? [] : [{
      policy: "limits",
      version: 1,
      owner: "growth",
      about: "Limits under test.",
      on: ["budget"],
      rules,
      cases: [{ note: "none", facts: {}, want: [] }],
    }],
    { lists },
  );
  return await propose({ tenant: "acme", request, now, policies }, {
    id: "plan_1",
    by: "ann",
    record,
    curves: { outcome: "orders", curves },
    history: {
      series: ({ level }) =>
        Promise.resolve(
          level !== "campaign" ? [] : curves.map(({ entity }, at) => ({
            id: entity.slice("campaign:".length),
            parent: null,
            days: Array.from({ length: 28 }, (_, day) =>
              addDays(now.slice(0, 10), day - 28)),
            totals: new Float64Array(28).fill(Number(spends[at])),
          })),
        ),
    },
    destination: {
      name: "map",
      read: (targets) =>
        Promise.resolve(targets.map((target) => ({ ...target, value: null }))),
      write: () => Promise.resolve(),
    },
  });
}

const curve = fc.record({
  ceiling: fc.integer({ min: 50, max: 2000 }),
  half: fc.integer({ min: 5_000_000, max: 200_000_000 }),
  slope: fc.constantFrom(0.7, 1, 1.6, 2.4),
});

/** Companies of 2 to 6 campaigns. */
export function companies(
  { doubt, ruled }: { readonly doubt: boolean; readonly ruled: boolean },
): fc.Arbitrary<Company> {
  return fc.array(
    fc.record({
      curve,
      spend: fc.oneof(
        fc.constant(0n),
        fc.bigInt({ min: 100_000n, max: 90_000_000n }),
      ),
      channel: fc.constantFrom("a", "b", null),
      wobble: fc.array(fc.double({ min: 0.7, max: 1.4, noNaN: true }), {
        minLength: 3,
        maxLength: 3,
      }),
    }),
    { minLength: 2, maxLength: 6 },
  ).chain((rows) =>
    fc.record({
      curves: fc.constant(rows.map(({ curve, channel, wobble }, at) => {
        const hill: ResponseCurve = { type: "hill", ...curve };
        return {
          entity: `campaign:${at}` as EntityKey,
          parent: channel === null ? null : `channel:${channel}` as EntityKey,
          curve: hill,
          decay: 0,
          seenMicros: [0, 120_000_000] as const,
          ...doubt && {
            draws: wobble.map((by) => ({
              ...hill,
              ceiling: hill.ceiling * by,
              half: hill.half * (2 - by),
            })),
          },
        };
      })),
      spends: fc.constant(rows.map(({ spend }) => spend)),
      rules: ruled ? fc.subarray(RULES) : fc.constant([]),
    })
  );
}

const RULES: PolicyRule[] = [
  {
    id: "cap_b",
    when: { "==": [{ var: "context.channel" }, "b"] },
    effect: "cap",
    to: 61_234_567,
    reason: "Channel b is limited",
  },
  {
    id: "floor_zero",
    when: { "==": [{ var: "context.campaign" }, "0"] },
    effect: "floor",
    to: 1_000_001,
    reason: "The first campaign is kept alive",
  },
  {
    id: "leap",
    when: { ">": [{ var: "amount.stepPermille" }, 700] },
    effect: "deny",
    reason: "Budgets do not leap",
  },
];

/** Says which budgets, as they are written per day, break a rule of {@link RULES}. */
export function* listRuleBreaches(
  { rules, curves, spends }: Company,
  { changeSet }: Plan,
): Generator<string> {
  const on = new Set(rules.map(({ id }) => id));
  for (const { target, set } of changeSet.operations) {
    const at = curves.findIndex(({ entity }) => entity === target);
    const daily = BigInt(set ?? -1);
    const today = spends[at] ?? 0n;
    const moved = daily > today ? daily - today : today - daily;
    const [parent, leaps] = [curves[at]?.parent, moved * 1000n > today * 700n];
    if (on.has("cap_b") && parent === "channel:b" && daily > 61_234_567n) {
      yield `${target} is above the cap`;
    }
    if (on.has("floor_zero") && target === "campaign:0" && daily < 1_000_001n) {
      yield `${target} is below the floor`;
    }
    if (on.has("leap") && today > 0n && leaps) yield `${target} leaps`;
  }
}
