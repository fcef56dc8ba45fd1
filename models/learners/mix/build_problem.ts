/**
 * From a specification and data to a posterior: scales, beliefs, experiments.
 *
 * @module
 */
import { EngineError, suggestName } from "@moe/plugin";
import { ADSTOCK_COORDINATES } from "./adstock.ts";
import { chooseTerms, type Term, termColumns } from "./baseline_terms.ts";
import { statePrior } from "./beliefs.ts";
import { buildLift } from "./build_lift.ts";
import type { MixGeo, MixPanel } from "./panel.ts";
import type { ChannelProblem, GeoProblem, MixProblem } from "./problem.ts";
import { SATURATION_COORDINATES } from "./saturation.ts";
import type { ChannelSpec, MixSpec } from "./spec.ts";

/** A spend works for eight weeks unless said otherwise. */
const LASTING_DAYS = 56;

/** Units that scaled numbers are in, by geography. */
export interface GeoScale {
  /** Mean of the outcome. */
  readonly centre: number;
  /** Deviation of the outcome. */
  readonly unit: number;
  /** Largest input of each channel, shape [channels]; 1 if it has none. */
  readonly inputs: Float64Array;
  /** Spend of each channel in all, shape [channels]. */
  readonly spent: Float64Array;
}

/** A posterior with what gives it back its units. */
export interface BuiltProblem {
  readonly problem: MixProblem;
  readonly scales: readonly GeoScale[];
  readonly terms: readonly Term[];
}

/**
 * Builds a posterior.
 *
 * @param spec How to learn.
 * @param panel What to learn from.
 * @returns Scaled data and beliefs, and the units.
 * @throws {EngineError} `dataset_invalid` if nothing can be learnt; `request_invalid`
 * if a belief or an experiment does not fit its channel.
 */
export function buildProblem(spec: MixSpec, panel: MixPanel): BuiltProblem {
  const terms = chooseTerms(spec, panel);
  const scales = panel.geos.map((geo) => scaleOf(spec, panel, geo));
  const geos = panel.geos.map((geo, at) =>
    scaleGeo(geo, scales[at] as GeoScale, {
      terms,
      periodDays: panel.periodDays,
    })
  );
  const channels = spec.channels.map((channel, at) =>
    buildChannel(spec, channel, {
      at,
      scales,
      panel,
      outcome: outcomeSize(panel),
    })
  );
  const varying = geos.length < 2
    ? 0
    : channels.flatMap((one) => one.coordinates.filter(({ varies }) => varies))
      .length;
  const problem: MixProblem = {
    channels,
    geos,
    lifts: spec.lift_tests.map((lift) => buildLift(lift, { panel, scales })),
    likelihood: spec.likelihood,
    spread: { type: "gamma", shape: 2, rate: 5 },
    flexibility: { type: "gamma", shape: 2, rate: 2 },
    noise: { type: "half_normal", sd: 1 },
    centring: new Float64Array(varying * geos.length),
  };
  return { problem, scales, terms };
}

function scaleOf(
  { target }: MixSpec,
  { channels }: MixPanel,
  { name, outcome, input, spend }: MixGeo,
): GeoScale {
  const known = outcome.filter(Number.isFinite);
  const centre = sum(known) / Math.max(1, known.length);
  const squares = sum(known.map((value) => (value - centre) ** 2));
  const unit = Math.sqrt(squares / Math.max(1, known.length));
  if (!(unit > 1e-9 * Math.abs(centre))) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot fit media mix: column "${target}" never varies in geography "${name}"`,
    );
  }
  return {
    centre,
    unit,
    inputs: Float64Array.from(
      channels,
      (_, at) =>
        (input[at] as Float64Array).reduce((a, b) => Math.max(a, b), 0) || 1,
    ),
    spent: Float64Array.from(
      channels,
      (_, at) =>
        (input[at] as Float64Array).some((one) => one > 0)
          ? sum(spend[at] as Float64Array)
          : 0,
    ),
  };
}

function scaleGeo(
  geo: MixGeo,
  { centre, unit, inputs, spent }: GeoScale,
  { terms, periodDays }: { terms: readonly Term[]; periodDays: number },
): GeoProblem {
  const known = geo.outcome.map((value) => Number.isFinite(value) ? 1 : 0);
  return {
    name: geo.name,
    outcome: geo.outcome.map((value) =>
      Number.isFinite(value) ? (value - centre) / unit : 0
    ),
    known,
    inputs: geo.input.map((series, at) =>
      series.map((amount) => amount / (inputs[at] as number))
    ),
    gains: spent.map((money) => money / unit),
    design: termColumns(terms, geo, periodDays),
    deviations: Float64Array.from(
      terms,
      ({ group, deviation }) =>
        group === "baseline" ? 3 + Math.abs(centre) / unit : deviation,
    ),
    flexible: Uint8Array.from(terms, ({ flexible }) => flexible ? 1 : 0),
  };
}

/** Outcome in all, or its ups and downs if it is around 0. */
function outcomeSize({ geos }: MixPanel): number {
  const known = geos.flatMap(({ outcome }) => [...outcome])
    .filter(Number.isFinite);
  const total = known.reduce((a, b) => a + b, 0);
  const mean = total / known.length;
  const ups = known.reduce((a, b) => a + Math.abs(b - mean), 0);
  return Math.max(total, ups);
}

function buildChannel(
  spec: MixSpec,
  channel: ChannelSpec,
  { at, scales, panel, outcome }: {
    at: number;
    scales: readonly GeoScale[];
    panel: MixPanel;
    outcome: number;
  },
): ChannelProblem {
  const adstock = channel.adstock ?? spec.adstock;
  const saturation = channel.saturation ?? spec.saturation;
  const parts = [
    { part: "roas", names: ["roas"] },
    { part: "adstock", names: ADSTOCK_COORDINATES[adstock] },
    { part: "saturation", names: SATURATION_COORDINATES[saturation] },
  ] as const;
  checkPriors(channel, parts.flatMap(({ names }) => [...names]));
  const roas = usualReturn(spec, panel, { at, scales }) * outcome;
  const { periodDays } = panel;
  return {
    name: channel.name,
    adstock,
    lags: channel.l_max ?? spec.l_max ??
      Math.max(2, Math.round(LASTING_DAYS / periodDays)),
    saturation,
    coordinates: parts.flatMap(({ part, names }) =>
      names.map((name) => ({
        name,
        support: name === "decay" || name === "peak" ? "unit" : "positive",
        prior: statePrior(channel.priors[name], {
          name,
          channel: channel.name,
          roas,
          periodDays,
        }),
        varies: spec.pooling[part] === "partial" && scales.length > 1,
      }))
    ),
  };
}

/**
 * Share of the outcome that a unit of a channel's spend brings if media bring theirs,
 * split by the root of spend.
 */
function usualReturn(
  spec: MixSpec,
  { channels }: MixPanel,
  { at, scales }: { at: number; scales: readonly GeoScale[] },
): number {
  const spent = channels.map((_, one) =>
    scales.reduce((all, { spent }) => all + (spent[one] as number), 0)
  );
  const own = spent[at] as number;
  const roots = spent.reduce((all, one) => all + Math.sqrt(one), 0);
  if (own > 0) return spec.media_share * Math.sqrt(own) / roots / own;
  throw new EngineError(
    "dataset_invalid",
    `Cannot fit media mix: channel "${
      channels[at]
    }" has no spend; leave it out`,
  );
}

function checkPriors(
  { name, priors }: ChannelSpec,
  known: readonly string[],
): void {
  const unknown = Object.keys(priors).find((one) => !known.includes(one));
  if (unknown === undefined) return;
  throw new EngineError(
    "request_invalid",
    `Cannot read media mix specification: channel "${name}" has no number "${unknown}" to state a prior of; ${
      suggestName(unknown, known)
    }`,
  );
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
