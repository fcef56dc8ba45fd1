/**
 * Small allocation problems on whole amounts with every kind of constraint, and
 * their best outcome by trying all amounts.
 *
 * Constraints are set around a point, so that each problem admits an allocation.
 *
 * @module
 */
import fc from "fast-check";
import type {
  AllocationCurve,
  AllocationEntity,
  AllocationGroup,
  AllocationProblem,
  LinearConstraint,
} from "../../domain/allocation.ts";
import { listViolations, sumOutcome } from "../../../tests/plans/violations.ts";
import { arbitraryCurve } from "./problems_test.ts";

/** What a problem may hold. */
export type Feature =
  | "off"
  | "steps"
  | "most"
  | "linear"
  | "returns"
  | "curves"
  | "profit";

interface Draft {
  readonly curve: AllocationCurve;
  readonly lo: number;
  readonly width: number;
  readonly off: boolean;
  readonly wide: boolean;
  readonly place: number;
  /** Where the point stands between lo and hi, or off. */
  readonly share: number;
  readonly weight: number;
  readonly coefficients: readonly number[];
}

/** Points that rise or fall. */
const piecewise = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -4, max: 20 })),
  { minLength: 1, maxLength: 4 },
).map((steps): AllocationCurve => {
  let [amount, outcome] = [0, 0];
  const points: [number, number][] = [[0, 0]];
  for (const [run, rise] of steps) {
    amount += run;
    outcome += rise;
    points.push([amount, outcome]);
  }
  return { type: "piecewise", points };
});

const sampled = fc.array(arbitraryCurve(), { minLength: 1, maxLength: 3 })
  .map((draws): AllocationCurve => ({ type: "sampled", draws }));

/** A problem of two to four entities with some features, and a point that keeps all of it. */
export function arbitraryRichProblem(
  features: readonly Feature[],
): fc.Arbitrary<AllocationProblem> {
  const has = (feature: Feature) => features.includes(feature);
  const draft = fc.record({
    curve: has("curves")
      ? fc.oneof(arbitraryCurve(), piecewise, sampled)
      : arbitraryCurve(),
    lo: fc.integer({ min: 0, max: 3 }),
    width: fc.integer({ min: 0, max: 6 }),
    off: has("off") ? fc.boolean() : fc.constant(false),
    wide: has("steps") ? fc.boolean() : fc.constant(false),
    place: fc.integer({ min: 0, max: 3 }),
    share: fc.integer({ min: -2, max: 6 }),
    weight: fc.integer({ min: 0, max: 3 }),
    coefficients: fc.tuple(
      fc.integer({ min: -2, max: 4 }),
      fc.integer({ min: -2, max: 4 }),
    ),
  });
  return fc.record({
    drafts: fc.array(draft, { minLength: 2, maxLength: 4 }),
    slack: fc.array(fc.integer({ min: 0, max: 4 }), {
      minLength: 10,
      maxLength: 10,
    }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
  }).map(({ drafts, slack, spend }) => assemble(drafts, { slack, spend, has }));
}

const PLACES = [null, "outer", "inner", "aside"] as const;
const PARENTS = { outer: null, inner: "outer", aside: null };

function assemble(
  drafts: readonly Draft[],
  { slack, spend, has }: {
    readonly slack: readonly number[];
    readonly spend: "all" | "up_to";
    has(feature: Feature): boolean;
  },
): AllocationProblem {
  const entities = drafts.map((draft, at): AllocationEntity => ({
    id: `e${at}`,
    group: PLACES[draft.place] ?? null,
    curve: draft.curve,
    lo: draft.lo,
    hi: draft.lo + draft.width,
    step: draft.wide ? 2 : 1,
    weight: draft.weight,
    ...draft.off ? { off: true } : {},
  }));
  const point = entities.map(({ lo, hi, step = 1, off }, at) => {
    const { share } = drafts[at] ?? { share: 0 };
    const steps = Math.floor((hi - lo) / step);
    if (off && share < 0) return 0;
    return lo + Math.min(Math.max(share, 0), steps) * step;
  });
  const groups = setGroups(entities, point, { slack, limited: has("most") });
  const budget = point.reduce((sum, x) => sum + x, 0);
  const bare = { entities, groups, budget, spend };
  return {
    ...bare,
    ...has("profit") ? { objective: "profit" as const } : {},
    ...has("linear") ? { linear: setLinear(drafts, point, slack) } : {},
    ...has("returns") ? { returns: setReturns(bare, point, slack) } : {},
  };
}

function setGroups(
  entities: readonly AllocationEntity[],
  point: readonly number[],
  { slack, limited }: {
    readonly slack: readonly number[];
    readonly limited: boolean;
  },
): AllocationGroup[] {
  return Object.entries(PARENTS).map(([id, parent], at) => {
    const inside = entities.flatMap(({ group }, index) =>
      group === id || id === "outer" && group === "inner" ? [index] : []
    );
    const sum = inside.reduce((all, index) => all + (point[index] ?? 0), 0);
    const on = inside.filter((index) => (point[index] ?? 0) > 0).length;
    return {
      ...{ id, parent },
      lo: Math.max(sum - (slack[at] ?? 0), 0),
      hi: sum + (slack[at + 3] ?? 0),
      ...limited ? { most: on } : {},
    };
  });
}

function setLinear(
  drafts: readonly Draft[],
  point: readonly number[],
  slack: readonly number[],
): LinearConstraint[] {
  return [0, 1].map((row) => {
    const terms = Object.fromEntries(
      drafts.map(({ coefficients }, at) => [`e${at}`, coefficients[row] ?? 0]),
    );
    const sum = point.reduce(
      (all, x, at) => all + (terms[`e${at}`] ?? 0) * x,
      0,
    );
    const [below = 0, above = 0] = slack.slice(6 + 2 * row);
    return {
      ...{ id: `row${row}`, terms },
      ...below < 4 ? { lo: sum - below } : {},
      ...above < 3 ? { hi: sum + above } : {},
    };
  });
}

function setReturns(
  problem: AllocationProblem,
  point: readonly number[],
  slack: readonly number[],
) {
  const spent = point.reduce((sum, x) => sum + x, 0);
  const reached = spent > 0 ? sumOutcome(problem, point) / spent : 1;
  const least = reached - Math.abs(reached) * (1 + (slack[9] ?? 0)) / 10;
  return [{ id: "roas", group: null, least }];
}

/** Best outcome over all whole amounts that keep every constraint; −∞ if there are none. */
export function solveByTrial(problem: AllocationProblem): number {
  const { entities, budget } = problem;
  const amounts = entities.map(() => 0);
  let best = -Infinity;
  const tryFrom = (at: number, spent: number) => {
    if (spent > budget) return;
    const entity = entities[at];
    if (entity === undefined) {
      const [broken] = listViolations(problem, amounts);
      if (broken === undefined) {
        best = Math.max(best, sumOutcome(problem, amounts));
      }
      return;
    }
    const { lo, hi, off, step = 1 } = entity;
    if (off) tryAt(at, spent, 0);
    for (let x = lo; x <= hi; x += step) tryAt(at, spent, x);
  };
  const tryAt = (at: number, spent: number, x: number) => {
    amounts[at] = x;
    tryFrom(at + 1, spent + x);
  };
  tryFrom(0, 0);
  return best;
}
