/**
 * Policies about several budgets together: no plan breaks them, they cost what the
 * same terms of a request cost, and where none can be met the refusal is minimal.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../../core/domain/error.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import {
  askFor,
  type Bounded,
  boundsFor,
  listBoundBreaches,
  withBounds,
} from "./group_rules.ts";
import {
  companies,
  type Company,
  listRuleBreaches,
  makePlan,
} from "./plan_companies.ts";
import { requestsFor } from "./plan_requests.ts";
import { listBreaches } from "./verify_plan.ts";

const PLANS = 300;

Deno.test("no plan breaks a policy, of one budget or of several, to the micro", async () => {
  let made = 0;
  let refused = 0;
  const asked = companies({ doubt: false, ruled: true }).chain((company) =>
    fc.record({
      company: fc.constant(company),
      asked: requestsFor(company, false),
      bounds: boundsFor(company, false),
    })
  );
  await fc.assert(
    fc.asyncProperty(asked, async ({ company, asked, bounds }) => {
      const { request, days } = asked;
      const plan = await tryPlan(withBounds(company, bounds), request);
      if (plan === null) {
        refused++;
        return;
      }
      made++;
      const { curves, spends } = company;
      assert.deepEqual([
        ...listBreaches({ plan, request, curves, days, spends }),
        ...listRuleBreaches(company, plan),
        ...listBoundBreaches(plan, bounds, days),
      ], []);
      const { gap, upperBound, goal, outcome } = plan.objective;
      assert.ok(gap >= 0 && (goal?.value ?? outcome) <= upperBound);
    }),
    { numRuns: PLANS },
  );
  assert.ok(
    made > PLANS / 5 && refused > 0,
    `${made} made, ${refused} refused`,
  );
});

Deno.test("a policy costs what the same terms of a request cost", async () => {
  let compared = 0;
  const asked = companies({ doubt: false, ruled: false }).chain((company) =>
    fc.record({
      company: fc.constant(company),
      asked: requestsFor(company, false),
      bounds: boundsFor(company, false),
    })
  );
  await fc.assert(
    fc.asyncProperty(asked, async ({ company, asked, bounds }) => {
      const { days } = asked;
      const { stepMicros: _, leastIfOn: __, groups: ___, ...request } =
        asked.request;
      const same = askFor(request, bounds, days);
      if (same === null) return;
      const [ruled, plain] = [
        await tryPlan(withBounds(company, bounds), request),
        await tryPlan(company, same),
      ];
      assert.equal(ruled === null, plain === null);
      if (!ruled || !plain) return;
      compared++;
      const off = Math.abs(worth(ruled) - worth(plain));
      const gap = ruled.objective.gap + plain.objective.gap;
      const scale = Math.abs(plain.objective.upperBound) +
        (plain.objective.goal?.unit === "micros"
          ? Number(plain.totalMicros)
          : 0);
      assert.ok(
        off <= (1e-6 + 2 * gap) * scale + 1e-9,
        `${worth(ruled)} and ${worth(plain)}`,
      );
    }),
    { numRuns: 120 },
  );
  assert.ok(compared > 20, `${compared}`);
});

function worth({ objective: { goal, outcome } }: Plan): number {
  return goal?.value ?? outcome;
}

Deno.test("a conflict with policies is minimal, and tells their reasons", async () => {
  let refused = 0;
  const asked = companies({ doubt: false, ruled: false }).chain((company) =>
    fc.record({
      company: fc.constant(company),
      days: fc.integer({ min: 1, max: 9 }),
      bounds: boundsFor(company, true),
      most: fc.array(fc.integer({ min: 0, max: 60_000_000 }), {
        minLength: 6,
        maxLength: 6,
      }),
      part: fc.integer({ min: 200, max: 1600 }),
    })
  );
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const named = await findNamed(one);
      if (named === null) return;
      if (!named.some((name) => name.startsWith("rule:"))) return;
      refused++;
      assert.notEqual(
        await findNamed(one, named),
        null,
        `no conflict: ${named}`,
      );
      for (const name of named) {
        const rest = named.filter((other) => other !== name);
        const still = await findNamed(one, rest);
        assert.equal(still, null, `${name} of ${named} is not needed`);
      }
    }),
    { numRuns: 150, endOnFailure: true },
  );
  assert.ok(refused > 10, `${refused}`);
});

interface Tight {
  readonly company: Company;
  readonly days: number;
  readonly bounds: readonly Bounded[];
  /** Most of each entity, micros a day. */
  readonly most: readonly number[];
  /** Total in thousandths of today's. */
  readonly part: number;
}

const AMPLE = 10n ** 12n;

/** What conflicts; null if there is a plan. Only what is kept is demanded, if that is given. */
async function findNamed(
  { company, days, bounds, most, part }: Tight,
  kept?: readonly string[],
): Promise<string[] | null> {
  const holds = (name: string) => kept === undefined || kept.includes(name);
  const today = company.spends.reduce((sum, one) => sum + one, 0n);
  const request: PlanRequest = {
    ...{ model: null, entities: null, currency: "EUR" },
    period: {
      from: "2026-03-09",
      until: `2026-03-${9 + days}`.replace(/-(\d)$/, "-0$1"),
    },
    ...holds("total")
      ? {
        totalMicros: today * BigInt(days) * BigInt(part) / 1000n,
        spend: "all",
      }
      : { totalMicros: AMPLE, spend: "up_to" },
    bounds: Object.fromEntries(company.curves.map(({ entity }, at) => [
      entity,
      {
        hi: holds(`bounds["${entity}"].hi_micros`)
          ? BigInt(most[at] ?? 0) * BigInt(days)
          : AMPLE,
      },
    ])),
  };
  const ruled = withBounds(company, bounds);
  const rules = ruled.rules.filter(({ id }) => holds(`rule:limits@1/${id}`));
  try {
    await makePlan({ ...ruled, rules }, request);
    return null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    assert.equal(error.code, "plan_infeasible");
    const named = Object.entries(error.facts).flatMap(([key, value]) =>
      /^conflict_\d+$/.test(key) ? [`${value}`] : []
    );
    for (const name of named) {
      const [, at] = /^rule:limits@1\/b(\d+)$/.exec(name) ?? [];
      if (at) assert.match(error.message, new RegExp(`b${at} .*"Bound ${at}"`));
    }
    return named;
  }
}

/** Null where it is refused in the words of the request or of policies. */
async function tryPlan(
  company: Company,
  request: PlanRequest,
): Promise<Plan | null> {
  try {
    return await makePlan(company, request);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    assert.match(error.code, /^(plan_infeasible|request_invalid)$/);
    return null;
  }
}
