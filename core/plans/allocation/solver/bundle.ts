/**
 * The multipliers of rows that make the dual least: a bundle method whose metric is
 * the dual's own curvature.
 *
 * Where the dual is smooth its steps are Newton's; at kinks, where entities jump
 * from one end of a line to the other, the cuts of former points take over. The
 * weights of the cuts in the last step combine the former optima into one that
 * keeps the rows; where all curves are concave, it brings no less than they do.
 *
 * @module
 */
import {
  clip,
  findStep,
  isBalanced,
  noiseAt,
  type Standing,
  steepness,
} from "./bundle_step.ts";
import { correct } from "./correct.ts";
import { dot } from "./dense.ts";
import { evaluate, type Evaluation, type Model } from "./evaluate.ts";
import type { Lens } from "./lens.ts";
import { recombine } from "./recombine.ts";

/** The relaxed optimum with its rows. */
export interface Balanced {
  readonly amounts: Float64Array;
  /** How much of each entity is on; null where no row asks. */
  readonly on: Float64Array | null;
  readonly price: number;
  readonly nodePrices: Float64Array;
  readonly multipliers: Float64Array;
  readonly bound: number;
}

/** Where to begin, and when to end. */
export interface Effort {
  /** A price to begin with; NaN for none. */
  readonly guess: number;
  /** Multipliers to begin with; null for none. */
  readonly start: Float64Array | null;
  /** The search is of no use once the bound is below this. */
  readonly cutoff: number;
  /** Less than any allocation brings: a bound below it proves that there is none. */
  readonly lowest: number;
  stop(): boolean;
}

const STEPS = 250;
/** Numbers that all cuts together may hold. */
const ROOM = 3e7;
/** Falls of the value that end the search. */
const CLOSE = 1e-13;
/** Falls of the value that rounding begins to hide. */
const NEAR = 1e-10;
const PATIENCE = 10;
/** The weight where rounding begins to matter: with less, weights of cuts would be noise. */
const FIRM = 1e-6;
/** Least weight of the identity in the metric. */
const LOOSE = 1e-17;
const ALONE = Float64Array.of(1);

interface Search extends Standing {
  readonly lens: Lens;
  readonly effort: Effort;
  centre: Evaluation;
  cuts: Evaluation[];
  bound: number;
  hold: number;
  /** Steps since the value last fell. */
  idle: number;
  /** The last centre that a Newton step did not help. */
  rough: Evaluation | null;
  /** Whether the centre is a smooth optimum by itself. */
  polished: boolean;
}

/** Balances; null if no allocation keeps the rows, or the bound falls below the cutoff. */
export function balance(
  model: Model,
  lens: Lens,
  effort: Effort,
): Balanced | null {
  const multipliers = effort.start ?? new Float64Array(model.rows.length);
  const first = evaluate(model, lens, { multipliers, guess: effort.guess });
  if (first === null) return null;
  const { size } = model;
  const search: Search = {
    ...{ model, lens, effort, centre: first, cuts: [first] },
    unit: Float64Array.from(model.rows, ({ scale }) => size / scale),
    bound: first.value,
    ...{ hold: 1, idle: 0, polished: false, rough: null },
  };
  for (let step = 0; step < STEPS; step++) {
    if (search.bound < effort.lowest - 1e-9 * size) return null;
    if (search.bound < effort.cutoff) return null;
    if (!improve(search) || (step > 0 && effort.stop())) break;
  }
  return combine(search);
}

/** One step; false if none is needed, or possible. */
function improve(search: Search): boolean {
  const { centre, cuts } = search;
  if (isBalanced(search, [centre], ALONE) && search.polished) return false;
  const { d, weights, slopes, errors } = findStep(search, cuts);
  const fall = -slopes.reduce(
    (most, slope, cut) =>
      Math.max(most, dot(slope, d) - (errors[cut] as number)),
    -Infinity,
  );
  if (fall <= NEAR && search.rough !== centre && polish(search)) return true;
  const close = CLOSE + noiseAt(search, centre);
  const patience = PATIENCE * (fall <= close ? 1 : 4 + search.unit.length);
  const settled = search.idle > patience ||
    fall <= close && isBalanced(search, cuts, weights);
  if (settled) return false;
  const next = move(search, d);
  if (next === null) return false;
  const fallen = (centre.value - next.value) / search.model.size;
  search.idle = fallen > close ? 0 : search.idle + 1;
  if (fallen >= 0.1 * fall && fallen > 0) {
    search.centre = next;
    search.hold = Math.max(search.hold * 0.1, LOOSE);
  } else {
    search.hold = fall > NEAR ? Math.min(search.hold * 1.5, 100) : FIRM;
  }
  search.cuts = [...prune(cuts, weights, next.amounts.length), next];
  return true;
}

/**
 * Near the optimum values say no more than rounding: a Newton step that makes the
 * slope smaller is taken, and former cuts are forgotten.
 */
function polish(search: Search): boolean {
  const before = steepness(search, search.centre);
  const { d } = findStep({ ...search, hold: LOOSE }, [search.centre]);
  const next = move(search, d);
  if (next === null) return false;
  const worse = (next.value - search.centre.value) / search.model.size > NEAR;
  if (worse || steepness(search, next) > 0.1 * before) {
    search.rough = search.centre;
    return false;
  }
  search.centre = next;
  search.cuts = [next];
  search.polished = true;
  return true;
}

/** Evaluates a step away from the centre; null if that is nowhere else. */
function move(
  search: Search,
  d: Float64Array,
): Evaluation | null {
  const { model, lens, centre, unit } = search;
  const multipliers = centre.multipliers.map((y, row) =>
    clip({ model, unit }, row, y + (d[row] as number) * (unit[row] as number))
  );
  const moved = multipliers.some((y, row) => y !== centre.multipliers[row]);
  const next = moved
    ? evaluate(model, lens, { multipliers, guess: centre.price })
    : null;
  if (next !== null) {
    const bound = next.value + noiseAt(search, next) * search.model.size;
    search.bound = Math.min(search.bound, bound);
  }
  return next;
}

/** Leaves out cuts that carry no weight when there are too many. */
function prune(
  cuts: Evaluation[],
  weights: Float64Array,
  entities: number,
): Evaluation[] {
  const rows = cuts[0]?.excess.length ?? 0;
  const most = Math.max(6, Math.min(4 * rows + 8, Math.floor(ROOM / entities)));
  if (cuts.length < most) return cuts;
  const order = cuts.map((_, at) => at)
    .sort((a, b) => (weights[b] as number) - (weights[a] as number) || b - a);
  const kept = new Set(order.slice(0, most - 1));
  return cuts.filter((_, at) => kept.has(at));
}

/** Weights of cuts that keep the rows; those of the last step if none are found. */
function findWeights(
  search: Search,
  cuts: readonly Evaluation[],
): Float64Array {
  const { model: { rows }, centre } = search;
  const { weights, errors } = findStep({ ...search, hold: FIRM }, cuts);
  const points = cuts.map((cut, at) => ({
    error: errors[at] as number,
    excess: cut.excess.map((c, row) => c / (rows[row]?.scale ?? 1)),
  }));
  const states = rows.map(({ equal, penalty }, row) => {
    const y = centre.multipliers[row] as number;
    if (y >= penalty * (1 - 1e-9)) return "broken";
    if (y <= -penalty * (1 - 1e-9)) return "kept";
    return equal || y > 1e-9 * (search.unit[row] as number) ? "met" : "kept";
  });
  return recombine(points, states) ?? weights;
}

function combine(search: Search): Balanced {
  const { centre, bound, model } = search;
  const alone = search.polished && isBalanced(search, [centre], ALONE);
  const cuts = alone ? [centre] : search.cuts;
  const weights = findWeights(search, cuts);
  const used = cuts.flatMap((cut, index) => {
    const weight = weights[index] as number;
    return weight > 1e-14 ? [{ cut, weight }] : [];
  });
  const all = used.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (cut: Evaluation) => Float64Array | null) => {
    const out = new Float64Array(model.t.size);
    for (const { cut, weight } of used) {
      const column = of(cut);
      for (let at = 0; column !== null && at < out.length; at++) {
        out[at] = (out[at] as number) + weight / all * (column[at] as number);
      }
    }
    return out;
  };
  const amounts = mean((cut) => cut.amounts);
  correct(model, search.lens, {
    amounts,
    multipliers: centre.multipliers,
    price: centre.price,
  });
  return {
    amounts,
    on: centre.on === null ? null : mean(({ on }) => on),
    price: centre.price,
    nodePrices: centre.nodePrices,
    multipliers: centre.multipliers,
    bound,
  };
}
