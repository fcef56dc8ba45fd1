/**
 * What a node of the tree demands at a price: the sum of what its entities take
 * and of what the groups below it take, each within its bounds.
 *
 * @module
 */
import { demandAt, type Price, response, type Side } from "./demand.ts";
import type { Tableau } from "./tableau.ts";
import type { Tree } from "./tree.ts";

/** Demand at one price. */
export interface Taken {
  /** Of each entity, shape [entities]. */
  readonly amounts: Float64Array;
  /** Of each node before its own bounds, shape [nodes]. */
  readonly sums: Float64Array;
}

/** Arrays that searches write to, made once for a problem. */
export interface Bench {
  readonly less: Taken;
  readonly more: Taken;
  readonly trial: Taken;
  /** Bounds of each node, narrowed to what its members can take. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Sums, slopes and jumps that groups hand up. */
  readonly carried: Float64Array;
  readonly carriedSlope: Float64Array;
  readonly carriedJump: Float64Array;
  /** What members of each node pay, and the top of the market they stand in. */
  readonly price: Float64Array;
  readonly market: Int32Array;
  /** What each node is given. */
  readonly given: Float64Array;
  /** The answer, shape [entities]. */
  readonly amounts: Float64Array;
  /** What each entity takes at its price, or the least of that where it is inside a line, shape [entities]. */
  readonly demand: Float64Array;
  /** −d amount / d price of each entity at its price, shape [entities]; empty unless asked for. */
  readonly rate: Float64Array;
}

/** A node and the entities and nodes below it, with the prices that matter there. */
export interface Market {
  readonly t: Tableau;
  readonly tree: Tree;
  readonly bench: Bench;
  readonly node: number;
}

/** Makes the arrays. */
export function createBench(
  size: number,
  nodes: number,
  { rates }: { readonly rates: boolean },
): Bench {
  const column = () => new Float64Array(nodes);
  const taken = () => ({ amounts: new Float64Array(size), sums: column() });
  return {
    less: taken(),
    more: taken(),
    trial: taken(),
    lo: column(),
    hi: column(),
    carried: column(),
    carriedSlope: column(),
    carriedJump: column(),
    price: column(),
    market: new Int32Array(nodes),
    given: column(),
    amounts: new Float64Array(size),
    demand: new Float64Array(size),
    rate: new Float64Array(rates ? size : 0),
  };
}

const price: Price = { value: 0, log: 0, side: "less" };

/** Sets the one price object, which no search keeps. */
export function quote(value: number, side: Side): Price {
  price.value = value;
  price.log = Math.log(value);
  price.side = side;
  return price;
}

/**
 * Demand of a node at a price, before its own bounds.
 *
 * @returns The sum; `response` is left at what it says of one entity, for all.
 */
export function takeAt(
  { t, tree, bench, node }: Market,
  at: Price,
  { amounts, sums }: Taken,
): number {
  const { carried, carriedSlope, carriedJump } = bench;
  for (let n = tree.firstNode[node] as number; n < node; n++) {
    const end = tree.end[n] as number;
    let sum = carried[n] as number;
    let slope = carriedSlope[n] as number;
    let jump = carriedJump[n] as number;
    carried[n] = 0;
    carriedSlope[n] = 0;
    carriedJump[n] = 0;
    for (let entity = tree.direct[n] as number; entity < end; entity++) {
      const amount = demandAt(t, entity, at);
      amounts[entity] = amount;
      sum += amount;
      slope += response.slope;
      jump += response.jump;
    }
    sums[n] = sum;
    const lo = bench.lo[n] as number;
    const hi = bench.hi[n] as number;
    const above = tree.parent[n] as number;
    const free = sum > lo && sum < hi;
    const taken = free ? sum : sum <= lo ? lo : hi;
    carried[above] = (carried[above] as number) + taken;
    if (jump !== 0) {
      const other = at.side === "less" ? sum + jump : sum - jump;
      carriedJump[above] = (carriedJump[above] as number) +
        Math.abs(Math.min(Math.max(other, lo), hi) - taken);
    }
    if (free) carriedSlope[above] = (carriedSlope[above] as number) + slope;
  }
  return takeTop({ t, tree, bench, node }, at, { amounts, sums });
}

function takeTop(
  { t, tree, bench, node }: Market,
  at: Price,
  { amounts, sums }: Taken,
): number {
  let sum = bench.carried[node] as number;
  let slope = bench.carriedSlope[node] as number;
  let jump = bench.carriedJump[node] as number;
  bench.carried[node] = 0;
  bench.carriedSlope[node] = 0;
  bench.carriedJump[node] = 0;
  const end = tree.end[node] as number;
  for (let entity = tree.direct[node] as number; entity < end; entity++) {
    const amount = demandAt(t, entity, at);
    amounts[entity] = amount;
    sum += amount;
    slope += response.slope;
    jump += response.jump;
  }
  sums[node] = sum;
  response.slope = slope;
  response.jump = jump;
  return sum;
}
