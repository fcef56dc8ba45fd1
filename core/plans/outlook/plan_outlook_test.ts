/**
 * Plans over draws: bounds, certificates, and the optimum by other means.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate } from "../allocation/allocate.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { arbitraryOutlook, assertWithin } from "./arbitrary_outlooks_test.ts";
import { averageTail, listOutcomes, valueOutcomes } from "./outcomes.ts";
import { planOutlook } from "./plan_outlook.ts";
import type { Objective, OutlookProblem } from "./problem.ts";

const OBJECTIVES: readonly Objective[] = [
  { type: "mean" },
  { type: "mean_cvar", weight: 1, tail: 0.2 },
  { type: "mean_cvar", weight: 0.4, tail: 0.35 },
];

/** Largest Σ weights · F over all plans, by the allocator: each entity's draws as one more concave problem. */
function boundByWeights(
  { entities, budget, spend }: OutlookProblem,
  weights: Float64Array,
): number {
  const size = 600;
  const points = entities.map(({ draws, lo, hi }) =>
    Array.from({ length: size + 1 }, (_, at) => {
      const amount = lo + (hi - lo) * at / size;
      const one = { entities: [{ id: "x", draws, lo, hi }], budget, spend };
      const outcome = listOutcomes(one, [amount]).reduce(
        (sum, value, draw) => sum + value * (weights[draw] ?? 0),
        0,
      );
      return [amount, outcome] as const;
    })
  );
  const segments = points.flatMap((of) =>
    of.slice(1).map(([amount, outcome], at) => {
      const [last, before] = of[at] ?? [0, 0];
      return { width: amount - last, rise: outcome - before };
    })
  ).sort((a, b) => b.rise / b.width - a.rise / a.width);
  let left = budget - entities.reduce((sum, { lo }) => sum + lo, 0);
  let total = points.reduce((sum, [first]) => sum + (first?.[1] ?? 0), 0);
  for (const { width, rise } of segments) {
    const share = Math.min(1, Math.max(0, left) / width);
    total += share * rise;
    left -= share * width;
  }
  return total;
}

Deno.test("planOutlook() keeps bounds, and its bound is that of its weights", () => {
  fc.assert(
    fc.property(
      arbitraryOutlook(),
      fc.constantFrom(...OBJECTIVES),
      (problem, objective) => {
        const plan = planOutlook(problem, objective);
        assertWithin(problem, plan.amounts);
        assert.ok(plan.gap >= 0 && plan.gap <= 1e-7, `gap ${plan.gap}`);
        const value = valueOutcomes(
          listOutcomes(problem, plan.amounts),
          objective,
        );
        assert.ok(Math.abs(value - plan.value) <= 1e-12 * value);
        const all = plan.weights.reduce((sum, weight) => sum + weight, 0);
        assert.ok(Math.abs(all - 1) <= 1e-12);
        const bound = boundByWeights(problem, plan.weights);
        assert.ok(bound <= plan.upperBound * (1 + 1e-9), `${bound}`);
        assert.ok(bound >= plan.upperBound * (1 - 2e-3), `${bound}`);
      },
    ),
    { numRuns: 80 },
  );
});

Deno.test("no plan on a grid is above the bound, S-shaped curves as well", () => {
  fc.assert(
    fc.property(
      arbitraryOutlook({ most: 3, entities: 2 }),
      fc.constantFrom(...OBJECTIVES),
      (problem, objective) => {
        const plan = planOutlook(problem, objective);
        assertWithin(problem, plan.amounts);
        const [one, other] = problem.entities;
        if (!one || !other) return;
        for (let step = 0; step <= 50; step++) {
          const first = one.lo + (one.hi - one.lo) * step / 50;
          const second = Math.min(other.hi, problem.budget - first);
          if (second < other.lo) continue;
          if (problem.spend === "all" && first + second < problem.budget) {
            continue;
          }
          const value = valueOutcomes(
            listOutcomes(problem, [first, second]),
            objective,
          );
          assert.ok(value <= plan.upperBound * (1 + 1e-9));
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("with one draw it is an allocation", () => {
  fc.assert(
    fc.property(arbitraryOutlook(), (problem) => {
      const entities = problem.entities.map((entity) => ({
        ...entity,
        draws: entity.draws.slice(0, 1),
      }));
      const { outcome } = allocate({
        ...problem,
        entities: entities.map(({ id, lo, hi, draws }) => ({
          id,
          lo,
          hi,
          group: null,
          curve: draws[0] as ResponseCurve,
        })),
        groups: [],
      });
      for (const objective of OBJECTIVES) {
        const { value } = planOutlook({ ...problem, entities }, objective);
        assert.ok(Math.abs(value - outcome) <= 1e-8 * outcome);
      }
    }),
    { numRuns: 60 },
  );
});

/** Steep curves on which predictor–corrector steps alone run in a circle: ceiling, half, slope, least and most. */
const STEEP = [
  {
    spend: "up_to" as const,
    budget: 41.44,
    entities: [
      [12, 27, 0.57, 8, 73],
      [25, 35, 0.9, 10, 86],
      [85, 20, 0.52, 10, 14],
      [58, 27, 0.75, 0, 79],
    ],
  },
  {
    spend: "all" as const,
    budget: 18.08,
    entities: [
      [24, 35, 0.51, 0, 66],
      [79, 35, 0.77, 1, 13],
      [52, 8, 0.89, 1, 73],
      [77, 45, 0.75, 4, 5],
    ],
  },
];

Deno.test.each(STEEP)("a search that circles is begun again: $spend $budget", ({
  spend,
  budget,
  entities,
}) => {
  const problem: OutlookProblem = {
    spend,
    budget,
    entities: entities.map((
      [ceiling = 0, half = 0, slope = 0, lo = 0, hi = 0],
      at,
    ) => ({
      id: `e${at}`,
      draws: [{ type: "hill", ceiling, half, slope }],
      lo,
      hi,
    })),
  };
  const best = planOutlook(problem).value;
  for (const objective of OBJECTIVES) {
    const { gap, value, amounts } = planOutlook(problem, objective);
    assertWithin(problem, amounts);
    assert.ok(gap <= 1e-8, `gap ${gap}`);
    assert.ok(Math.abs(value - best) <= 1e-8 * best, `${value} ${best}`);
  }
});

Deno.test("more weight on the tail brings a better tail and a lower mean", () => {
  fc.assert(
    fc.property(arbitraryOutlook(), (problem) => {
      const tail = 0.25;
      const plans = [0, 0.5, 1].map((weight) =>
        planOutlook(problem, { type: "mean_cvar", weight, tail })
      );
      plans.slice(1).forEach((plan, at) => {
        const before = plans[at];
        if (before === undefined) return;
        const slack = 1e-6 * plan.forecast.mean;
        const tailOf = (amounts: Float64Array) =>
          averageTail(listOutcomes(problem, amounts), tail);
        assert.ok(plan.forecast.mean <= before.forecast.mean + slack);
        assert.ok(tailOf(plan.amounts) >= tailOf(before.amounts) - slack);
      });
    }),
    { numRuns: 40 },
  );
});

const TWO: OutlookProblem = {
  entities: [
    {
      id: "safe",
      draws: [1, 1, 1, 1].map((ceiling) => mm(20 * ceiling)),
      lo: 0,
      hi: 100,
      seen: [5, 40],
    },
    { id: "bold", draws: [0, 1, 3, 4].map((x) => mm(20 * x)), lo: 0, hi: 100 },
  ],
  budget: 100,
  spend: "all",
};

function mm(ceiling: number): ResponseCurve {
  return { type: "michaelis_menten", ceiling, half: 50 };
}

Deno.test("the tail prefers what is sure, the mean what is large", () => {
  const mean = planOutlook(TWO);
  const tail = planOutlook(TWO, { type: "mean_cvar", weight: 1, tail: 0.25 });
  assert.ok((mean.amounts[1] ?? 0) > (mean.amounts[0] ?? 0));
  assert.ok((tail.amounts[0] ?? 0) > 99.99);
  assert.match(tail.forecast.warnings[0] ?? "", /"safe".*outside the 5 to 40/);
});

Deno.test("rows hold, and a row in conflict is named", () => {
  const capped = planOutlook({
    ...TWO,
    rows: [{ id: "mix", terms: { safe: 1, bold: -1 }, lo: 0, hi: 10 }],
  });
  const [safe = NaN, bold = NaN] = capped.amounts;
  assert.ok(safe - bold >= -1e-7 && safe - bold <= 10 + 1e-7);
  assert.ok(capped.gap <= 1e-8);
  assert.throws(
    () =>
      planOutlook({
        ...TWO,
        rows: [{ id: "mix", terms: { safe: 1 }, lo: 200 }],
      }),
    /row:mix/,
  );
  assert.throws(() => planOutlook({ ...TWO, budget: 300 }), /budget, caps/);
});

Deno.test("after the deadline a plan keeps its bounds, and its bound holds", () => {
  const sure = planOutlook(TWO);
  let clock = 0;
  const rushed = planOutlook(TWO, { type: "mean" }, {
    deadlineMs: 2,
    now: () => clock++,
  });
  assertWithin(TWO, rushed.amounts);
  assert.ok(rushed.gap > sure.gap && rushed.upperBound >= sure.value);
});
