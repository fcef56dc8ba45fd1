/**
 * Budget that steps have left over, given to the entities that make most of it.
 *
 * @module
 */
import { valueAt } from "./curve.ts";
import type { Model } from "./evaluate.ts";
import type { Tableau } from "./tableau.ts";
import { sumNodes } from "./tree.ts";

const MOVES = 10_000;

/**
 * Puts amounts on their lattices, where they are as good as on them, and adds whole
 * steps as long as one fits and brings something.
 *
 * @returns New amounts, or the same if no entity has steps.
 */
export function exchangeSteps(
  model: Model,
  amounts: Float64Array,
): Float64Array {
  const { t, limits: { upTo, budget }, rows } = model;
  const stepped = listStepped(t);
  if (stepped.length === 0) return amounts;
  const next = amounts.slice();
  for (const at of stepped) snap(t, at, next);
  if (!upTo || rows.length > 0) return next;
  const sums = sumNodes(model.limits.tree, next);
  for (let move = 0; move < MOVES; move++) {
    const left = budget - (sums[sums.length - 1] as number);
    const best = findBest(model, { amounts: next, stepped, sums, left });
    if (best === null) break;
    next[best] = (next[best] as number) + (t.step[best] as number);
    addTo(model, sums, best);
  }
  return next;
}

function listStepped({ size, step, hi, lo }: Tableau): number[] {
  const list: number[] = [];
  for (let at = 0; at < size; at++) {
    if (step[at] !== 0 && (hi[at] as number) > (lo[at] as number)) {
      list.push(at);
    }
  }
  return list;
}

function snap(t: Tableau, at: number, amounts: Float64Array): void {
  const least = t.least[at] as number;
  const step = t.step[at] as number;
  const steps = ((amounts[at] as number) - least) / step;
  const whole = Math.round(steps);
  if (Math.abs(steps - whole) <= 1e-7) amounts[at] = least + whole * step;
  else if (t.off[at] === 1 && (amounts[at] as number) <= 1e-9 * least) {
    amounts[at] = 0;
  }
}

function addTo(
  { t, limits: { tree } }: Model,
  sums: Float64Array,
  at: number,
): void {
  for (
    let node = tree.nodeOf[at] as number;
    node >= 0;
    node = tree.parent[node] as number
  ) sums[node] = (sums[node] as number) + (t.step[at] as number);
}

function findBest(
  { t, limits: { tree, charge } }: Model,
  { amounts, stepped, sums, left }: {
    readonly amounts: Float64Array;
    readonly stepped: readonly number[];
    readonly sums: Float64Array;
    readonly left: number;
  },
): number | null {
  let best: number | null = null;
  let most = 0;
  for (const at of stepped) {
    const amount = amounts[at] as number;
    const step = t.step[at] as number;
    const to = amount + step;
    const fits = step <= left && to <= (t.hi[at] as number) * (1 + 1e-12) &&
      amount >= (t.least[at] as number);
    if (!fits) continue;
    const rise = (valueAt(t, at, to) - valueAt(t, at, amount)) / step - charge;
    if (rise <= most) continue;
    let node = tree.nodeOf[at] as number;
    while (
      node >= 0 && (sums[node] as number) + step <= (tree.hi[node] as number)
    ) node = tree.parent[node] as number;
    if (node >= 0) continue;
    best = at;
    most = rise;
  }
  return best;
}
