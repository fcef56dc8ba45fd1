/**
 * Bayesian media mix: carry-over, diminishing returns and a baseline, with draws of
 * the whole posterior, and several outcomes at once that lend each other strength.
 *
 * Small data are drawn by NUTS, which takes seconds and whose intervals hold; large
 * ones by a corrected Laplace approximation, because a posterior of thousands of
 * periods is close to normal and NUTS would take minutes on the engine's own thread.
 * `mode` overrides that.
 *
 * @see ../learners/mix/README.md for the model and the reasons for its defaults
 * @module
 */
import {
  defineModel,
  type FitScope,
  type FittedPanel,
  type MixEvidence,
  type Random,
  type Report,
  type SeriesDataset,
} from "@moe/plugin";
import { z } from "zod";
import { ADSTOCKS } from "../learners/mix/adstock.ts";
import { drawChain } from "../learners/mix/explore.ts";
import {
  collectChains,
  drawLaplace,
  type MixFit,
  planChain,
  prepareMix,
} from "../learners/mix/fit.ts";
import { createPosterior, type Posterior } from "../learners/mix/posterior.ts";
import { createPredictor } from "../learners/mix/predict.ts";
import { SATURATIONS } from "../learners/mix/saturation.ts";
import { parseMixSpec } from "../learners/mix/spec.ts";
import { summarizeMix } from "../learners/mix/summary.ts";
import { toCurves } from "./curves.ts";
import { type PanelPlan, planPanel, toPanel } from "./panel.ts";

const Returns = z.strictObject({
  /** What a unit of spend is believed to bring, and how far off that may be. */
  mean: z.number().positive(),
  sd: z.number().positive(),
});

const Params = z.strictObject({
  adstock: z.enum(ADSTOCKS).default("geometric"),
  saturation: z.enum(SATURATIONS).default("hill"),
  /** Periods in which a spend works; eight weeks unless given. */
  lags: z.int().min(1).max(365).optional(),
  trend: z.enum(["none", "linear", "piecewise", "local_level"]).optional(),
  /** Sine and cosine pairs over the year, for data that cover one. */
  yearlyPairs: z.int().min(0).max(12).optional(),
  /** Sine and cosine pairs over the week, for daily data. */
  weeklyPairs: z.int().min(0).max(3).default(3),
  /** Normal, or Student's for outcomes with outliers. */
  likelihood: z.enum(["normal", "student_t"]).default("normal"),
  /** Beliefs about returns by entity; of its parent where several are pooled. */
  roas: z.record(z.string(), Returns).default({}),
  mode: z.enum(["auto", "nuts", "laplace"]).default("auto"),
  chains: z.int().min(1).max(8).default(2),
  warmup: z.int().min(50).max(5000).default(300),
  draws: z.int().min(50).max(5000).default(300),
});

type Params = z.infer<typeof Params>;

/** Periods × channels up to which NUTS takes seconds. */
const NUTS_CELLS = 2000;

export default defineModel({
  name: "media_mix",
  version: "1.0.0",
  apiVersion: 1,
  about: "Bayesian media mix: response with uncertainty, pooled over outcomes",
  grain: "series",
  params: Params,
  fit(scope) {
    const { predict, ...fitted } = learn({
      ...scope,
      dataset: [scope.dataset],
      validation: null,
    });
    return {
      ...fitted,
      predict: (other) => predict([other])[0] ?? new Float64Array(),
    };
  },
  fitPanel: (scope) => learn(scope),
});

function learn(
  { dataset, params, random, report }: FitScope<
    readonly SeriesDataset[],
    Params
  >,
): FittedPanel {
  const plan = planPanel(dataset);
  const fit = draw(plan, { dataset, params, random, report });
  const posterior = createPosterior(fit.built.problem);
  const coefficients = setMiddle(fit, posterior);
  return {
    predict: (others) => {
      const panel = toPanel(plan, others);
      setMiddle(fit, posterior);
      const predictor = createPredictor(fit.built, posterior, panel);
      predictor.predict(coefficients);
      return predictor.geos.map(({ outcome }) => outcome);
    },
    mix: describe(fit, dataset, { plan, random }),
    curves: toCurves(dataset, { fit, plan, posterior, random }),
  };
}

function draw(
  plan: PanelPlan,
  { dataset, params, random, report }: {
    dataset: readonly SeriesDataset[];
    params: Params;
    random: Random;
    report: Report;
  },
): MixFit {
  const panel = toPanel(plan, dataset);
  const spec = specOf(plan, params);
  report("mode", null);
  const prepared = prepareMix(spec, panel);
  const cells = plan.channels.length *
    dataset.reduce((sum, { days }) => sum + days.length, 0);
  const quick = params.mode === "auto" && cells > NUTS_CELLS;
  if (quick || params.mode === "laplace") return drawLaplace(prepared, random);
  const job = planChain(prepared);
  const chains = Array.from(
    { length: params.chains },
    (_, chain) =>
      drawChain(
        job,
        random,
        (share) => report("draws", (chain + share) / params.chains),
      ),
  );
  return collectChains(prepared, chains);
}

function specOf({ channels, controls }: PanelPlan, params: Params) {
  const { adstock, saturation, lags, trend, roas } = params;
  const pairs = params.yearlyPairs;
  return parseMixSpec({
    date: "day",
    target: "outcome",
    channels: channels.map((name) => ({
      name,
      priors: roas[name] ? { roas: roas[name] } : {},
    })),
    controls: Object.keys(controls),
    adstock,
    saturation,
    likelihood: params.likelihood,
    seasonality: {
      weekly: params.weeklyPairs,
      ...pairs === undefined ? {} : { yearly: pairs },
    },
    pooling: { saturation: "partial" },
    warmup: params.warmup,
    ...lags === undefined ? {} : { l_max: lags },
    ...trend === undefined ? {} : { trend },
    ...params.mode === "laplace" ? {} : { draws: params.draws },
  });
}

/** Asks the posterior at the mean of all draws; returns the baseline's coefficients. */
function setMiddle(
  { chains, size }: MixFit,
  posterior: Posterior,
): Float64Array[] {
  const middle = new Float64Array(size);
  const count = chains.reduce((sum, rows) => sum + rows.length / size, 0);
  for (const rows of chains) {
    for (let from = 0; from < rows.length; from += size) {
      for (let i = 0; i < size; i++) {
        middle[i] = (middle[i] as number) + (rows[from + i] as number) / count;
      }
    }
  }
  posterior.logDensity(middle, new Float64Array(size));
  return posterior.baselines.map(({ coefficients }) => coefficients.slice());
}

function describe(
  fit: MixFit,
  datasets: readonly SeriesDataset[],
  { plan, random }: { plan: PanelPlan; random: Random },
): MixEvidence {
  const { channels, decomposition, diagnostics } = summarizeMix(fit, random);
  const { rHat, essBulk, essTail, divergences, method } = diagnostics;
  const spends = datasets.flatMap(({ spend }) => spend);
  return {
    channels: spends.flatMap(({ entity }) => {
      const place = plan.places.get(entity);
      const whole = place && channels[place.channel];
      if (!place || !whole) return [];
      const own = whole.geos[`${place.geo}`] ?? whole;
      const { share, roas, marginalRoas } = own;
      return [{ name: entity, contribution: share, roas, marginalRoas }];
    }),
    decomposition: Object.fromEntries(
      Object.entries(decomposition.parts).map(([name, part]) => [
        name,
        [...part],
      ]),
    ),
    method,
    rHat,
    effectiveDraws: essBulk === null ? null : Math.min(essBulk, essTail ?? 0),
    divergences,
  };
}
