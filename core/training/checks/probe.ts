/**
 * A shallow model that asks what inputs tell of a target: boosted trees of depth two
 * over binned inputs, each half of the entities predicted by what was learnt from the
 * other half. It is no model to serve; it only finds out whether there is something.
 *
 * @module
 */
import { createBreath } from "../breathe.ts";
import type { BinnedInput } from "./binning.ts";

const ROUNDS = 25;
const STEP = 0.3;
/** Rows that a side must have, and that its mean is drawn to zero by. */
const LEAST_ROWS = 10;

/** What to ask. */
export interface ProbeQuestion {
  readonly inputs: readonly BinnedInput[];
  /** Shape [rows]. */
  readonly target: Float64Array;
  /** 0 or 1 for each row, the same for all rows of an entity. */
  readonly folds: Uint8Array;
}

/**
 * Predicts each half from the other.
 *
 * @returns Scores on the scale of the target, shape [rows].
 */
export async function probe(question: ProbeQuestion): Promise<Float64Array> {
  const scores = new Float64Array(question.target.length);
  for (const fold of [0, 1]) await learnFold(question, fold, scores);
  return scores;
}

/**
 * Halves of the rows, no entity in both.
 *
 * @param ids Entity of each row.
 * @param uniform Uniform in [0, 1).
 */
export function halve(
  ids: readonly string[],
  uniform: () => number,
): Uint8Array {
  const halves = new Map<string, number>();
  return Uint8Array.from(ids, (id) => {
    const half = halves.get(id) ?? (uniform() < 0.5 ? 0 : 1);
    halves.set(id, half);
    return half;
  });
}

interface Cut {
  readonly input: number;
  /** Bins up to this one go left. */
  readonly upTo: number;
  readonly gain: number;
}

/** Rows of one side of a cut, and the sum of what is left to explain. */
type Node = Uint32Array;

/** Learns from the rows of the other fold, and adds up what it says of all. */
async function learnFold(
  { inputs, target, folds }: ProbeQuestion,
  fold: number,
  scores: Float64Array,
): Promise<void> {
  const breathe = createBreath();
  const places = Uint32Array.from(target.keys());
  const known = places.filter((row) => folds[row] !== fold);
  const asked = places.filter((row) => folds[row] === fold);
  const level = known.reduce((sum, row) => sum + (target[row] ?? 0), 0) /
    Math.max(1, known.length);
  const left = target.map((value) => value - level);
  const said = new Float64Array(target.length).fill(level);
  for (let round = 0; round < ROUNDS; round++) {
    const grown = grow(inputs, { known, asked }, left);
    if (grown === null) break;
    for (const { known, asked, step } of grown) {
      for (const row of known) left[row] = (left[row] ?? 0) - step;
      for (const row of asked) said[row] = (said[row] ?? 0) + step;
    }
    await breathe();
  }
  for (const row of asked) scores[row] = said[row] ?? NaN;
}

interface Sides {
  readonly known: Node;
  readonly asked: Node;
}

/** One tree's leaves; null if no cut helps. */
function grow(
  inputs: readonly BinnedInput[],
  whole: Sides,
  left: Float64Array,
): (Sides & { readonly step: number })[] | null {
  const first = bestCut(inputs, whole.known, left);
  if (first === null) return null;
  return divide(inputs, whole, first).flatMap((side) => {
    const second = bestCut(inputs, side.known, left);
    return second === null ? [side] : divide(inputs, side, second);
  }).map((leaf) => {
    const sum = leaf.known.reduce((sum, row) => sum + (left[row] ?? 0), 0);
    return { ...leaf, step: STEP * sum / (leaf.known.length + LEAST_ROWS) };
  });
}

function divide(
  inputs: readonly BinnedInput[],
  { known, asked }: Sides,
  { input, upTo }: Cut,
): Sides[] {
  const bins = inputs[input]?.bins ?? new Uint8Array(0);
  const isLow = (row: number) => (bins[row] ?? 0) <= upTo;
  return [
    { known: known.filter(isLow), asked: asked.filter(isLow) },
    {
      known: known.filter((row) => !isLow(row)),
      asked: asked.filter((row) => !isLow(row)),
    },
  ];
}

function bestCut(
  inputs: readonly BinnedInput[],
  rows: Node,
  left: Float64Array,
): Cut | null {
  let best: Cut | null = null;
  for (const [input, binned] of inputs.entries()) {
    const cut = cutOf(binned, rows, left);
    if (cut !== null && cut.gain > (best?.gain ?? 1e-12)) {
      best = { input, ...cut };
    }
  }
  return best;
}

function cutOf(
  { bins, size }: BinnedInput,
  rows: Node,
  left: Float64Array,
): Omit<Cut, "input"> | null {
  const sums = new Float64Array(size);
  const counts = new Uint32Array(size);
  for (const row of rows) {
    const bin = bins[row] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + (left[row] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const total = sums.reduce((all, sum) => all + sum, 0);
  const score = (sum: number, count: number) => sum ** 2 / (count + LEAST_ROWS);
  const whole = score(total, rows.length);
  let [sum, count] = [0, 0];
  let best: Omit<Cut, "input"> | null = null;
  for (let upTo = 0; upTo + 1 < size; upTo++) {
    sum += sums[upTo] ?? 0;
    count += counts[upTo] ?? 0;
    if (count < LEAST_ROWS || rows.length - count < LEAST_ROWS) continue;
    const gain = score(sum, count) + score(total - sum, rows.length - count) -
      whole;
    if (gain > (best?.gain ?? 0)) best = { upTo, gain };
  }
  return best;
}
