/**
 * A fitted media mix as curves that plans are made with.
 *
 * @module
 */
import type { FittedCurve, ResponseCurve, SeriesDataset } from "@moe/plugin";
import type { Carry } from "../learners/mix/adstock.ts";
import { type MixFit, walkDraws } from "../learners/mix/fit.ts";
import type { Cell } from "../learners/mix/media.ts";
import type { Posterior } from "../learners/mix/posterior.ts";
import { HALF_ANGLE } from "../learners/mix/saturation.ts";
import type { Random } from "@moe/plugin";
import { type PanelPlan, type SpendPlace, tidy } from "./panel.ts";

/** Draws that a curve comes with. */
export const CURVE_DRAWS = 200;
/** What a cut geometric carry-over may lack to pass as a whole one. */
const CUT = 1e-3;

/** What curves are made of. */
export interface CurveScope {
  readonly fit: MixFit;
  readonly plan: PanelPlan;
  /** Asked for at the point that the curves themselves are of. */
  readonly posterior: Posterior;
  readonly random: Random;
}

/**
 * Makes curves, with draws and carry-over.
 *
 * @param datasets What was learnt from.
 * @param scope The fit.
 * @returns One for each spend series, in their order.
 */
export function toCurves(
  datasets: readonly SeriesDataset[],
  scope: CurveScope,
): FittedCurve[] {
  const { fit, plan, posterior, random } = scope;
  const all = datasets.flatMap(({ spend }) => spend);
  const points = all.map(({ entity }) => {
    const cell = cellAt(posterior, plan.places.get(entity));
    return {
      curve: curveOf(fit, cell, plan.places.get(entity)),
      carry: cell ? describeCarry(cell.carry) : { decay: 0 },
    };
  });
  const draws: ResponseCurve[][] = all.map(() => []);
  walkDraws(
    fit,
    { posterior, most: CURVE_DRAWS, random },
    (draw) =>
      all.forEach(({ entity }, at) => {
        const place = plan.places.get(entity);
        draws[at]?.push(curveOf(fit, cellAt(draw.posterior, place), place));
      }),
  );
  return all.map(({ entity, parent, series }, at) => {
    const spent = tidy(series);
    const point = points[at] as typeof points[number];
    return {
      entity,
      parent,
      curve: point.curve,
      ...point.carry,
      draws: draws[at] as ResponseCurve[],
      seenMicros: [
        spent.reduce((a, b) => Math.min(a, b), Infinity),
        spent.reduce((a, b) => Math.max(a, b), 0),
      ],
    };
  });
}

function cellAt(
  { media }: Posterior,
  place: SpendPlace | undefined,
): Cell | undefined {
  return place &&
    media.cells[place.geo]?.find(({ channel }) => channel === place.channel);
}

/** Steady response; flat at zero for who never spent. */
function curveOf(
  { built }: MixFit,
  cell: Cell | undefined,
  place: SpendPlace | undefined,
): ResponseCurve {
  const scale = place && built.scales[place.geo];
  if (!cell || !place || !scale) {
    return { type: "hill", ceiling: 0, half: 1e6, slope: 1 };
  }
  const { kind, logHalf, slope } = cell.saturation;
  const ceiling = cell.ceiling * scale.unit;
  const half = Math.exp(logHalf) * (scale.inputs[place.channel] as number);
  if (kind === "hill") return { type: kind, ceiling, half, slope };
  if (kind === "michaelis_menten") return { type: kind, ceiling, half };
  return { type: "logistic", ceiling, rate: 2 * HALF_ANGLE / half };
}

/** Weights, unless a decay says it all; the decay has the same mean lag. */
function describeCarry(
  { kind, weights }: Carry,
): Pick<FittedCurve, "decay" | "carryOver"> {
  const lag = weights.reduce((sum, weight, at) => sum + at * weight, 0);
  const kept = weights.length > 1
    ? (weights[1] as number) / (weights[0] as number)
    : 0;
  if (kind === "geometric" && kept ** weights.length < CUT) {
    return { decay: kept };
  }
  return { decay: lag / (1 + lag), carryOver: [...weights] };
}
