/**
 * Amounts that keep every bound exactly and sum to the budget as near as numbers
 * of 64 bits can, made of an allocation that does so to rounding.
 *
 * Each amount is brought into its own bounds; what sums are off by then, a part in
 * 10¹² of the budget or less, moves to or from those with the most room.
 *
 * @module
 */
import type { AllocationColumns } from "../../domain/allocation.ts";
import { type AnyProblem, readColumns } from "../allocation/solver/columns.ts";
import { createSum } from "../allocation/solver/compensated_sum.ts";
import { buildTree, type Tree } from "../allocation/solver/tree.ts";

/** Amounts in the making. */
interface Desk {
  readonly tree: Tree;
  readonly columns: AllocationColumns;
  /** Shape [entities]. */
  readonly amounts: Float64Array;
  /** 1 where an amount may change by a little. */
  readonly loose: Uint8Array;
  /** Sum of each node of the tree. */
  readonly sums: Float64Array;
}

const PASSES = 64;

/**
 * Settles.
 *
 * @param problem What the amounts are of.
 * @param given Amounts that keep all bounds to rounding, shape [entities].
 * @returns Amounts, shape [entities].
 */
export function settleAmounts(
  problem: AnyProblem,
  given: Float64Array,
): Float64Array {
  const columns = readColumns(problem);
  const tree = buildTree(problem.groups, columns.group);
  const limited = listLimited(problem, tree);
  const amounts = given.map((amount, at) => bringInside(columns, at, amount));
  const loose = Uint8Array.from(amounts, (amount, at) => {
    const free = (columns.step?.[at] ?? 0) === 0 &&
      (columns.lo[at] as number) < (columns.hi[at] as number);
    const off = amount === 0 && (columns.off?.[at] === 1 || limited[at] === 1);
    return free && !off ? 1 : 0;
  });
  const sums = new Float64Array(tree.count);
  const desk = { tree, columns, amounts, loose, sums };
  for (let node = 0; node < tree.count; node++) sums[node] = sumUp(desk, node);
  for (let node = 0; node < tree.count - 1; node++) {
    bringSum(desk, node, [tree.lo[node] as number, tree.hi[node] as number]);
  }
  const { budget, spend } = problem;
  bringSum(desk, tree.count - 1, [spend === "all" ? budget : 0, budget]);
  return amounts;
}

/** 1 for entities of groups that limit their number. */
function listLimited({ groups }: AnyProblem, tree: Tree): Uint8Array {
  const limited = new Uint8Array(tree.order.length);
  groups.forEach(({ most }, group) => {
    if (most === undefined) return;
    const node = tree.nodeOfGroup[group] as number;
    const [from, end] = [tree.first[node], tree.end[node]];
    for (const at of tree.order.subarray(from, end)) limited[at] = 1;
  });
  return limited;
}

function bringInside(
  columns: AllocationColumns,
  at: number,
  amount: number,
): number {
  const lo = columns.lo[at] as number;
  const hi = columns.hi[at] as number;
  const step = columns.step?.[at] ?? 0;
  if (columns.off?.[at] === 1 && amount < lo / 2) return 0;
  if (columns.off?.[at] === 1 && hi < lo) return 0;
  const near = step > 0
    ? lo + Math.max(0, Math.round((amount - lo) / step)) * step
    : amount;
  if (step > 0 && near > hi) return lo + Math.floor((hi - lo) / step) * step;
  return Math.min(Math.max(near, lo), hi);
}

function sumUp({ tree, amounts }: Desk, node: number): number {
  const sum = createSum();
  const end = tree.end[node] as number;
  for (let place = tree.first[node] as number; place < end; place++) {
    sum.add(amounts[tree.order[place] as number] as number);
  }
  return sum.total();
}

/** Moves a node's sum between two ends, within what is below it. */
function bringSum(
  desk: Desk,
  node: number,
  [lo, hi]: readonly [number, number],
): void {
  let least = Infinity;
  for (let pass = 0; pass < PASSES; pass++) {
    const sum = desk.sums[node] as number;
    const missing = sum > hi ? hi - sum : sum < lo ? lo - sum : 0;
    if (Math.abs(missing) >= least || missing === 0) return;
    least = Math.abs(missing);
    const at = findRoomiest(desk, node, Math.sign(missing));
    if (at < 0 || !move(desk, at, missing)) return;
  }
}

/** Where the most can be moved in a direction without breaking a bound at or below the node. */
function findRoomiest(desk: Desk, node: number, sign: number): number {
  const { tree } = desk;
  let best = -1;
  let most = 0;
  const end = tree.end[node] as number;
  for (let place = tree.first[node] as number; place < end; place++) {
    const at = tree.order[place] as number;
    if (desk.loose[at] !== 1) continue;
    const room = measureRoom(desk, { at, place, node }, sign);
    if (room > most) [best, most] = [at, room];
  }
  return best;
}

function measureRoom(
  { tree, columns, amounts, sums }: Desk,
  { at, place, node }: {
    readonly at: number;
    readonly place: number;
    readonly node: number;
  },
  sign: number,
): number {
  const amount = amounts[at] as number;
  let room = sign > 0
    ? (columns.hi[at] as number) - amount
    : amount - (columns.lo[at] as number);
  let above = tree.nodeOf[place] as number;
  while (above !== node) {
    const sum = sums[above] as number;
    room = Math.min(
      room,
      sign > 0
        ? (tree.hi[above] as number) - sum
        : sum - (tree.lo[above] as number),
    );
    above = tree.parent[above] as number;
  }
  return room;
}

/** Moves one amount as far as its own bounds let it; false if it does not move. */
function move(desk: Desk, at: number, by: number): boolean {
  const { tree, columns, amounts, sums } = desk;
  const before = amounts[at] as number;
  const after = Math.min(
    Math.max(before + by, columns.lo[at] as number),
    columns.hi[at] as number,
  );
  if (after === before) return false;
  amounts[at] = after;
  const place = tree.order.indexOf(at);
  let node = tree.nodeOf[place] as number;
  for (; node >= 0; node = tree.parent[node] as number) {
    sums[node] = sumUp(desk, node);
  }
  return true;
}
