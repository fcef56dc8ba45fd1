/**
 * Allocation problems for tests: arbitrary ones, and a plain dynamic programme.
 *
 * @module
 */
import fc from "fast-check";
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../domain/allocation.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { respond } from "../../domain/response.ts";

const positive = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((x) => x / 1000);

/** Any curve, of about 100 units of spend. */
export function arbitraryCurve(): fc.Arbitrary<ResponseCurve> {
  const ceiling = fc.oneof(positive(0.1, 100), fc.constant(0));
  return fc.oneof(
    fc.record({
      type: fc.constant("hill" as const),
      ceiling,
      half: positive(1, 100),
      slope: positive(0.3, 5),
    }),
    fc.record({
      type: fc.constant("logistic" as const),
      ceiling,
      rate: positive(0.01, 1),
    }),
    fc.record({
      type: fc.constant("michaelis_menten" as const),
      ceiling,
      half: positive(1, 100),
    }),
  );
}

/** An entity whose curve has a closed form. */
export interface PlainEntity extends AllocationEntity {
  readonly curve: ResponseCurve;
}

/** A problem of such entities, with groups that no other holds. */
export interface PlainProblem extends AllocationProblem {
  readonly entities: readonly PlainEntity[];
}

interface Draft {
  readonly curve: ResponseCurve;
  readonly lo: number;
  readonly width: number;
  readonly group: number;
}

/** A problem that admits an allocation: its bounds are set around a point. */
export function arbitraryProblem(
  { most = 8, concave = false }: { most?: number; concave?: boolean } = {},
): fc.Arbitrary<PlainProblem> {
  const draft = fc.record({
    curve: concave
      ? arbitraryCurve().map((curve) =>
        curve.type === "hill" ? { ...curve, slope: curve.slope / 5 } : curve
      )
      : arbitraryCurve(),
    lo: fc.oneof(fc.constant(0), positive(0, 30)),
    width: fc.oneof(fc.constant(0), positive(0, 150)),
    group: fc.integer({ min: -1, max: 2 }),
  });
  return fc.record({
    drafts: fc.array(draft, { minLength: 1, maxLength: most }),
    share: positive(0, 1),
    tight: fc.array(positive(0, 1), { minLength: 6, maxLength: 6 }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
  }).map(assemble);
}

function assemble(
  { drafts, share, tight, spend }: {
    drafts: readonly Draft[];
    share: number;
    tight: readonly number[];
    spend: "all" | "up_to";
  },
): PlainProblem {
  const entities: PlainEntity[] = drafts.map((
    { curve, lo, width, group },
    at,
  ) => ({
    id: `e${at}`,
    group: group < 0 ? null : `g${group}`,
    curve,
    lo,
    hi: lo + width,
  }));
  const point = entities.map(({ lo, hi }) => lo + share * (hi - lo));
  const groups = [0, 1, 2].map((group) => {
    const inside = entities.map((entity, at) => ({
      ...entity,
      x: point[at] ?? 0,
    }))
      .filter((entity) => entity.group === `g${group}`);
    const total = (of: (entity: typeof inside[number]) => number) =>
      inside.reduce((sum, entity) => sum + of(entity), 0);
    const middle = total(({ x }) => x);
    const least = total(({ lo }) => lo);
    const most = total(({ hi }) => hi);
    const lo = least + (tight[group] ?? 0) * (middle - least);
    const hi = most - (tight[group + 3] ?? 0) * (most - middle);
    return { id: `g${group}`, lo, hi: Math.max(lo, hi) };
  });
  const budget = point.reduce((sum, x) => sum + x, 0);
  return { entities, groups, budget, spend };
}

/** Best outcome on a grid of whole amounts, without groups, all spent. */
export function solveOnGrid(problem: AllocationProblem): number {
  const size = Math.round(problem.budget);
  let best = new Float64Array(size + 1).fill(-Infinity);
  best[0] = 0;
  for (const { curve, lo, hi } of problem.entities) {
    const next = new Float64Array(size + 1).fill(-Infinity);
    for (let amount = Math.ceil(lo); amount <= Math.floor(hi); amount++) {
      const outcome = respond(curve, amount);
      for (let spent = amount; spent <= size; spent++) {
        next[spent] = Math.max(
          next[spent] ?? 0,
          (best[spent - amount] ?? 0) + outcome,
        );
      }
    }
    best = next;
  }
  return best[size] ?? NaN;
}
