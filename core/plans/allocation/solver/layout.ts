/**
 * From columns in the problem's order to a tableau in the order of its tree.
 *
 * @module
 */
import {
  type AllocationColumns,
  type AllocationCurve,
  CURVE_KINDS,
} from "../../../domain/allocation.ts";
import { setDomain } from "./envelope.ts";
import {
  findBase,
  HILL,
  LOGISTIC,
  SIMPLE,
  type Tableau,
  TABULATED,
  ZERO,
} from "./tableau.ts";
import { tabulate } from "./tabulated.ts";

/** Lays columns out in an order. Bounds must be valid. */
export function buildTableau(
  columns: AllocationColumns,
  order: Int32Array,
): Tableau {
  const { size } = columns;
  const column = () => new Float64Array(size);
  const t: Tableau = {
    size,
    kind: new Uint8Array(size),
    ceiling: column(),
    half: column(),
    slope: column(),
    logScale: column(),
    bend: column(),
    step: column(),
    off: new Uint8Array(size),
    least: column(),
    hi: column(),
    lo: column(),
    knee: column(),
    steep: column(),
    flat: column(),
    warm: column().fill(NaN),
    tabulated: new Map(),
    hull: new Map(),
    shift: null,
    fee: null,
    base: 0,
  };
  for (let at = 0; at < size; at++) {
    placeEntity(t, at, { columns, from: order[at] as number });
  }
  findBase(t);
  return t;
}

/** Reads one entity, its domain and its envelope. */
export function placeEntity(
  t: Tableau,
  at: number,
  { columns, from }: {
    readonly columns: AllocationColumns;
    readonly from: number;
  },
): void {
  const weight = columns.weight?.[from] ?? 1;
  const off = (columns.off?.[from] ?? 0) === 1;
  t.step[at] = columns.step?.[from] ?? 0;
  setCurve(t, at, {
    kind: CURVE_KINDS[columns.kind[from] as number],
    ceiling: weight * (columns.ceiling[from] as number),
    scale: columns.scale[from] as number,
    slope: columns.slope[from] as number,
  });
  if (t.kind[at] === TABULATED) {
    setTable(t, at, { curve: columns.others?.get(from), weight });
  } else {
    t.tabulated.delete(at);
  }
  t.warm[at] = NaN;
  setDomain(t, at, {
    lo: columns.lo[from] as number,
    hi: columns.hi[from] as number,
    off,
  });
}

function setCurve(
  t: Tableau,
  at: number,
  { kind, ceiling, scale, slope: given }: {
    readonly kind: typeof CURVE_KINDS[number] | undefined;
    readonly ceiling: number;
    readonly scale: number;
    readonly slope: number;
  },
): void {
  const slope = kind === "hill" ? given : 1;
  const half = kind === "logistic" ? 1 / scale : scale;
  t.ceiling[at] = ceiling;
  t.half[at] = half;
  t.slope[at] = slope;
  t.logScale[at] = Math.log(half / slope / ceiling);
  t.bend[at] = slope > 1 && ceiling > 0
    ? half * ((slope - 1) / (slope + 1)) ** (1 / slope)
    : 0;
  t.kind[at] = kind === "other"
    ? TABULATED
    : ceiling === 0
    ? ZERO
    : kind === "logistic"
    ? LOGISTIC
    : slope === 1
    ? SIMPLE
    : HILL;
}

function setTable(
  t: Tableau,
  at: number,
  { curve, weight }: {
    readonly curve: AllocationCurve | undefined;
    readonly weight: number;
  },
): void {
  if (curve?.type !== "piecewise" && curve?.type !== "sampled") return;
  const tabulated = tabulate(curve);
  t.tabulated.set(at, tabulated);
  t.ceiling[at] = weight;
  t.half[at] = 1;
  t.bend[at] = tabulated.smoothFrom;
}
