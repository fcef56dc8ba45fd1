/**
 * Entities as columns, whichever way a problem holds them, and what must hold of
 * every one of them.
 *
 * @module
 */
import {
  type AllocationColumns,
  type AllocationCurve,
  type AllocationEntity,
  type AllocationProblem,
  type ColumnarProblem,
  CURVE_KINDS,
} from "../../../domain/allocation.ts";

/** A problem in either form. */
export type AnyProblem = AllocationProblem | ColumnarProblem;

const OTHER = CURVE_KINDS.indexOf("other");

/** Reads the columns of a problem, or makes them of its entities. */
export function readColumns(problem: AnyProblem): AllocationColumns {
  return "columns" in problem ? problem.columns : fillColumns(problem);
}

function fillColumns(
  { entities, groups }: AllocationProblem,
): AllocationColumns {
  const size = entities.length;
  const column = () => new Float64Array(size);
  const groupIndex = new Map(groups.map(({ id }, at) => [id, at]));
  const columns = {
    size,
    ids: entities.map(({ id }) => id),
    kind: new Uint8Array(size),
    ceiling: column(),
    scale: column(),
    slope: column(),
    lo: column(),
    hi: column(),
    group: new Int32Array(size),
    off: new Uint8Array(size),
    step: column(),
    weight: column(),
    others: new Map<number, AllocationCurve>(),
  };
  for (let at = 0; at < size; at++) {
    const entity = entities[at] as AllocationEntity;
    const { id, group, lo, hi, off, step = 0, weight = 1 } = entity;
    const index = group === null ? -1 : groupIndex.get(group);
    if (index === undefined) {
      throw new RangeError(
        `Cannot allocate to "${id}": there is no group "${group}"`,
      );
    }
    columns.lo[at] = lo;
    columns.hi[at] = hi;
    columns.group[at] = index;
    columns.off[at] = off ? 1 : 0;
    columns.step[at] = step;
    columns.weight[at] = weight;
    writeCurve(columns, at, entity.curve);
  }
  return columns;
}

/** Columns that a curve may be written to. */
interface CurveColumns {
  readonly kind: Uint8Array;
  readonly ceiling: Float64Array;
  readonly scale: Float64Array;
  readonly slope: Float64Array;
  readonly others: Map<number, AllocationCurve>;
}

/** Writes one curve. */
function writeCurve(
  columns: CurveColumns,
  at: number,
  curve: AllocationCurve,
): void {
  if (curve.type === "piecewise" || curve.type === "sampled") {
    columns.kind[at] = OTHER;
    columns.others.set(at, curve);
    return;
  }
  columns.kind[at] = CURVE_KINDS.indexOf(curve.type);
  columns.ceiling[at] = curve.ceiling;
  columns.scale[at] = curve.type === "logistic" ? curve.rate : curve.half;
  columns.slope[at] = curve.type === "hill" ? curve.slope : 1;
}

/** Entities as objects, made of columns where a problem holds those. */
export function listEntities(problem: AnyProblem): readonly AllocationEntity[] {
  if ("entities" in problem) return problem.entities;
  const { columns, groups } = problem;
  return Array.from({ length: columns.size }, (_, at) => ({
    id: nameOf(columns, at),
    group: groups[columns.group[at] as number]?.id ?? null,
    curve: readCurve(columns, at),
    lo: columns.lo[at] as number,
    hi: columns.hi[at] as number,
    off: columns.off?.[at] === 1,
    step: columns.step?.[at] ?? 0,
    weight: columns.weight?.[at] ?? 1,
  }));
}

/** Curve of the entity at a place. */
export function readCurve(
  columns: AllocationColumns,
  at: number,
): AllocationCurve {
  const ceiling = columns.ceiling[at] as number;
  const scale = columns.scale[at] as number;
  const slope = columns.slope[at] as number;
  switch (CURVE_KINDS[columns.kind[at] as number]) {
    case "hill":
      return { type: "hill", ceiling, half: scale, slope };
    case "logistic":
      return { type: "logistic", ceiling, rate: scale };
    case "michaelis_menten":
      return { type: "michaelis_menten", ceiling, half: scale };
    default:
      return columns.others?.get(at) ?? { type: "piecewise", points: [] };
  }
}

/** Name of the entity at a place. */
export function nameOf({ ids }: AllocationColumns, at: number): string {
  return ids === null ? String(at) : ids[at] ?? String(at);
}

/**
 * Checks that entities, groups and budget are what they must be.
 *
 * @throws {RangeError} Naming the first that is not.
 */
export function checkProblem(
  { groups, budget }: AnyProblem,
  columns: AllocationColumns,
): void {
  const groupIds = new Set(groups.map(({ id }) => id));
  const ids = columns.ids === null ? null : new Set(columns.ids);
  if (
    ids !== null && ids.size < columns.size || groupIds.size < groups.length
  ) {
    throw new RangeError("Cannot allocate budget: two ids are the same");
  }
  if (!(budget >= 0 && budget < Infinity)) {
    throw new RangeError(
      `Cannot allocate budget "${budget}": expected 0 or more`,
    );
  }
  for (let at = 0; at < columns.size; at++) {
    const reason = findFault(columns, at, groups.length);
    if (reason === null) continue;
    throw new RangeError(
      `Cannot allocate to "${nameOf(columns, at)}": ${reason}`,
    );
  }
}

function findFault(
  columns: AllocationColumns,
  at: number,
  groups: number,
): string | null {
  const lo = columns.lo[at] as number;
  const hi = columns.hi[at] as number;
  if (!(lo >= 0 && hi >= 0 && lo < Infinity && hi < Infinity)) {
    return "bounds must be finite and not negative";
  }
  const group = columns.group[at] as number;
  if (!(group >= -1 && group < groups)) return `there is no group ${group}`;
  const step = columns.step?.[at] ?? 0;
  const weight = columns.weight?.[at] ?? 1;
  if (!(step >= 0 && step < Infinity && weight >= 0 && weight < Infinity)) {
    return "step and weight must be finite and not negative";
  }
  if (columns.kind[at] === OTHER) {
    return findCurveFault(columns.others?.get(at), lo);
  }
  const scale = columns.scale[at] as number;
  const ceiling = columns.ceiling[at] as number;
  const slope = columns.kind[at] === 0 ? columns.slope[at] as number : 1;
  const shaped = scale > 0 && scale < Infinity && slope > 0 &&
    slope < Infinity && ceiling >= 0 && ceiling < Infinity;
  return shaped ? null : "its curve has no shape";
}

function findCurveFault(
  curve: AllocationCurve | undefined,
  lo: number,
): string | null {
  switch (curve?.type) {
    case "piecewise": {
      const { points } = curve;
      const [first] = points[0] ?? [NaN];
      if (!(first >= 0 && first <= lo)) {
        return "its curve starts above its least";
      }
      const ascending = points.every(([amount, outcome], index) =>
        Number.isFinite(outcome) && amount < Infinity &&
        (index === 0 || amount > (points[index - 1]?.[0] ?? Infinity))
      );
      return ascending ? null : "the points of its curve do not ascend";
    }
    case "sampled":
      return curve.draws.length > 0 && curve.draws.every(isShaped)
        ? null
        : "its curve has no shape";
    default:
      return "it has no curve";
  }
}

function isShaped(curve: AllocationCurve): boolean {
  if (curve.type === "piecewise" || curve.type === "sampled") return false;
  const scale = curve.type === "logistic" ? curve.rate : curve.half;
  const slope = curve.type === "hill" ? curve.slope : 1;
  return [scale, slope].every((x) => x > 0 && x < Infinity) &&
    curve.ceiling >= 0 && curve.ceiling < Infinity;
}
