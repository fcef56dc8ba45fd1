/**
 * The posterior of a media mix: log density and its exact slopes.
 *
 * @module
 */
import type { Target } from "../../math/trajectory.ts";
import { type Baseline, createNormalBaseline } from "./baseline_normal.ts";
import { createStudentBaseline } from "./baseline_student.ts";
import { createHierarchy, type Hierarchy } from "./hierarchy.ts";
import { type Layout, layOut } from "./layout.ts";
import { createLifts, type Lifts } from "./lift.ts";
import { createMedia, type Media } from "./media.ts";
import { linePrior } from "./priors.ts";
import type { GeoProblem, MixProblem } from "./problem.ts";

/** A posterior that can be asked. */
export interface Posterior extends Target {
  readonly problem: MixProblem;
  readonly layout: Layout;
  /** Channels at the point last asked for. */
  readonly media: Media;
  readonly lifts: Lifts;
  /** Baselines at the point last asked for, by geography. */
  readonly baselines: readonly Baseline[];
  /** Coordinates at the point last asked for, shape [geographies][values]. */
  readonly values: readonly Float64Array[];
  /** What media bring there, shape [geographies][periods]. */
  readonly totals: readonly Float64Array[];
}

/**
 * Builds the posterior of a problem.
 *
 * @param problem Scaled data and beliefs.
 * @returns Its density; nothing in it allocates.
 */
export function createPosterior(problem: MixProblem): Posterior {
  const layout = layOut(problem);
  const hierarchy = createHierarchy(problem, layout);
  const media = createMedia(problem, layout);
  const lifts = createLifts(problem, media);
  const room = () => problem.geos.map(() => new Float64Array(layout.values));
  const series = () =>
    problem.geos.map(({ known }) => new Float64Array(known.length));
  const parts = {
    problem,
    layout,
    media,
    lifts,
    hierarchy,
    baselines: problem.geos.map(
      problem.likelihood === "normal"
        ? createNormalBaseline
        : createStudentBaseline,
    ),
    beliefs: believeScales(problem, layout),
    values: room(),
    slopes: room(),
    totals: series(),
    rests: series(),
  };
  return {
    ...parts,
    size: layout.size,
    logDensity: (point, gradient) => evaluate(parts, point, gradient),
  };
}

interface Parts {
  readonly problem: MixProblem;
  readonly layout: Layout;
  readonly hierarchy: Hierarchy;
  readonly media: Media;
  readonly lifts: Lifts;
  readonly baselines: readonly Baseline[];
  readonly beliefs: (point: Float64Array, gradient: Float64Array) => number;
  readonly values: readonly Float64Array[];
  readonly slopes: readonly Float64Array[];
  readonly totals: readonly Float64Array[];
  readonly rests: readonly Float64Array[];
}

function evaluate(
  parts: Parts,
  point: Float64Array,
  gradient: Float64Array,
): number {
  const { hierarchy, media, lifts, values, slopes, totals } = parts;
  gradient.fill(0);
  for (const slope of slopes) slope.fill(0);
  hierarchy.spread(point, values);
  media.respond(values, totals);
  let density = lifts.evaluate(slopes);
  for (let geo = 0; geo < totals.length; geo++) {
    density += weigh(parts, geo, { point, gradient });
  }
  media.pull(parts.rests, slopes);
  density += hierarchy.gather(point, slopes, gradient);
  return density + parts.beliefs(point, gradient);
}

/** Log density of one geography's outcome. */
function weigh(
  { problem, layout, totals, rests, baselines }: Parts,
  geo: number,
  { point, gradient }: { point: Float64Array; gradient: Float64Array },
): number {
  const { outcome, known } = problem.geos[geo] as GeoProblem;
  const rest = rests[geo] as Float64Array;
  const total = totals[geo] as Float64Array;
  for (let t = 0; t < rest.length; t++) {
    rest[t] = ((outcome[t] as number) - (total[t] as number)) *
      (known[t] as number);
  }
  const baseline = baselines[geo] as Baseline;
  const noise = layout.noise + geo;
  const bends = layout.flexibility;
  const density = baseline.evaluate(rest, {
    logNoise: point[noise] as number,
    logFlexibility: bends === null ? 0 : point[bends] as number,
  }, { point, gradient, from: layout.coefficients[geo] ?? 0 });
  gradient[noise] = (gradient[noise] as number) + baseline.byNoise;
  if (bends !== null) {
    gradient[bends] = (gradient[bends] as number) + baseline.byFlexibility;
  }
  return density;
}

/** Beliefs about noise and flexibility. */
function believeScales(
  problem: MixProblem,
  { noise, flexibility }: Layout,
): Parts["beliefs"] {
  const byNoise = linePrior(problem.noise, "positive");
  const byFlexibility = linePrior(problem.flexibility, "positive");
  return (point, gradient) => {
    let density = 0;
    for (let at = noise; at < noise + problem.geos.length; at++) {
      const u = point[at] as number;
      density += byNoise.at(u);
      gradient[at] = (gradient[at] as number) + byNoise.slopeAt(u);
    }
    if (flexibility === null) return density;
    const u = point[flexibility] as number;
    gradient[flexibility] = (gradient[flexibility] as number) +
      byFlexibility.slopeAt(u);
    return density + byFlexibility.at(u);
  };
}
