/**
 * Constraints that no tree of prices can carry, as rows c(x) ≤ 0, each with a
 * multiplier of its own: weighted sums, target returns, and how many may be on.
 *
 *     linear   c = Σ coefficient·x − bound
 *     returns  c = least·Σ x − Σ outcome
 *     most     c = (number that are on) − bound
 *
 * @module
 */
import type {
  AllocationColumns,
  LinearConstraint,
  ReturnTarget,
} from "../../../domain/allocation.ts";
import { type AnyProblem, nameOf } from "./columns.ts";
import type { Tree } from "./tree.ts";

/** One row. */
export interface Row {
  /** `linear:<id>:hi`, `returns:<id>`, `group:<id>:most`, … */
  readonly constraint: string;
  readonly kind: "linear" | "returns" | "most";
  /** Positions of the entities that count, shape [terms]. */
  readonly at: Int32Array;
  /** Their coefficients; empty but for linear rows. */
  readonly coefficient: Float64Array;
  readonly bound: number;
  /** Target of a return. */
  readonly least: number;
  /** Whether c(x) = 0 is meant. */
  readonly equal: boolean;
  /** What each unit of excess costs; infinite where none is allowed. */
  readonly penalty: number;
  /** Size of the terms of c. */
  readonly scale: number;
}

/** What rows are made from. */
export interface RowSource {
  readonly problem: AnyProblem;
  readonly columns: AllocationColumns;
  readonly tree: Tree;
  /** What each unit of excess costs; infinite where none is allowed. */
  penaltyOf(constraint: string, scale: number): number;
}

/** Lists the rows of a problem, without those that every allocation keeps. */
export function listRows(source: RowSource): Row[] {
  const { problem: { linear = [], returns = [], groups } } = source;
  return [
    ...listLinear(source, linear),
    ...returns.map((target) => makeReturn(source, target))
      .filter(({ at }) => at.length > 0),
    ...groups.flatMap(({ id, most }, at) =>
      most === undefined ? [] : [makeMost(source, { id, most, group: at })]
    ).filter(({ at, bound }) => at.length > bound),
  ];
}

function listLinear(
  source: RowSource,
  constraints: readonly LinearConstraint[],
): Row[] {
  if (constraints.length === 0) return [];
  const { tree, columns } = source;
  const places = new Map<string, number>();
  tree.order.forEach((from, at) => places.set(nameOf(columns, from), at));
  return constraints.flatMap((constraint) => {
    const row = readTerms(source, constraint, places);
    const { id, lo = -Infinity, hi = Infinity } = constraint;
    const side = (sign: 1 | -1, bound: number): Row => {
      const name = `linear:${id}:${sign > 0 ? "hi" : "lo"}`;
      return {
        ...row,
        constraint: name,
        coefficient: row.coefficient.map((value) => sign * value),
        bound: sign * bound,
        equal: lo === hi,
        penalty: source.penaltyOf(name, row.scale),
      };
    };
    if (lo === hi) return [side(1, hi)];
    return [
      ...hi < Infinity ? [side(1, hi)] : [],
      ...lo > -Infinity ? [side(-1, lo)] : [],
    ];
  });
}

/** What both sides of a weighted sum have in common. */
function readTerms(
  { problem, columns, tree }: RowSource,
  { id, terms, lo = 0, hi = 0 }: LinearConstraint,
  places: ReadonlyMap<string, number>,
) {
  const list = Object.entries(terms).filter(([, value]) => value !== 0);
  const at = Int32Array.from(list, ([name]) => {
    const place = places.get(name);
    if (place === undefined) {
      throw new RangeError(
        `Cannot read linear constraint "${id}": there is no entity "${name}"`,
      );
    }
    return place;
  });
  const coefficient = Float64Array.from(list, ([, value]) => value);
  let steepest = 0;
  let reach = 0;
  coefficient.forEach((value, term) => {
    const most = columns.hi[tree.order[at[term] as number] as number] as number;
    steepest = Math.max(steepest, Math.abs(value));
    reach = Math.max(reach, Math.abs(value) * most);
  });
  const scale = Math.max(reach, finite(lo), finite(hi)) ||
    steepest * problem.budget || 1;
  return { kind: "linear" as const, at, coefficient, least: 0, scale };
}

/** Size of a bound; 0 where there is none. */
function finite(bound: number): number {
  return Math.abs(bound) < Infinity ? Math.abs(bound) : 0;
}

function makeReturn(
  { problem: { groups, budget }, tree, penaltyOf }: RowSource,
  { id, group, least }: ReturnTarget,
): Row {
  const index = groups.findIndex((one) => one.id === group);
  if (group !== null && index < 0) {
    throw new RangeError(
      `Cannot read return target "${id}": there is no group "${group}"`,
    );
  }
  const at = listBelow(tree, index);
  const constraint = `returns:${id}`;
  const scale = Math.abs(least) * budget || 1;
  return {
    ...{ constraint, kind: "returns", at, least, scale, bound: 0 },
    coefficient: new Float64Array(0),
    equal: false,
    penalty: penaltyOf(constraint, scale),
  };
}

function makeMost(
  { tree, penaltyOf }: RowSource,
  { id, most, group }: {
    readonly id: string;
    readonly most: number;
    readonly group: number;
  },
): Row {
  const constraint = `group:${id}:most`;
  return {
    ...{ constraint, kind: "most", at: listBelow(tree, group), least: 0 },
    coefficient: new Float64Array(0),
    bound: most,
    equal: false,
    penalty: penaltyOf(constraint, Math.max(most, 1)),
    scale: Math.max(most, 1),
  };
}

/** Positions below a group; all of them for −1. */
function listBelow(tree: Tree, group: number): Int32Array {
  const node = group < 0 ? tree.count - 1 : tree.nodeOfGroup[group] as number;
  const first = tree.first[node] as number;
  const size = (tree.end[node] as number) - first;
  return Int32Array.from({ length: size }, (_, at) => first + at);
}

/** What an allocation makes of a row, given each entity's outcome and whether it is on. */
export function excessOf(
  row: Row,
  amounts: Float64Array,
  said: {
    readonly outcome: (at: number) => number;
    readonly on: (at: number) => number;
  },
): number {
  let sum = -row.bound;
  row.at.forEach((at, term) => {
    const amount = amounts[at] as number;
    sum += row.kind === "linear"
      ? (row.coefficient[term] as number) * amount
      : row.kind === "returns"
      ? row.least * amount - said.outcome(at)
      : said.on(at);
  });
  return sum;
}
