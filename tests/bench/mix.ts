/**
 * Fitting a media mix: chains on one thread and on two, what their draws are worth, and
 * the cost of a gradient.
 *
 * The data are a seeded market of the size of PyMC-Marketing's example: 179 weeks, two
 * channels, season, trend and a control. No sampler can do with less than one look at
 * every number of the data for each gradient.
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";
import { drawChains } from "../../models/learners/mix/draw_chains.ts";
import {
  collectChains,
  drawLaplace,
  type MixFit,
  planChain,
  type PreparedMix,
  prepareMix,
} from "../../models/learners/mix/fit.ts";
import { simulateWorld } from "../../models/learners/mix/fixtures/world.ts";
import {
  arrangePanel,
  type MixPanel,
} from "../../models/learners/mix/panel.ts";
import { createPosterior } from "../../models/learners/mix/posterior.ts";
import { type MixSpec, parseMixSpec } from "../../models/learners/mix/spec.ts";
import { summarizeMix } from "../../models/learners/mix/summary.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const SIZE = { periods: 179, channels: 2 };
const SEEDS = [1, 2, 3, 4];
const FIT_ROUNDS = 5;
const ROUNDS = 15;
const GRADIENTS = 2000;

interface Market {
  readonly spec: MixSpec;
  readonly panel: MixPanel;
}

const bench: Bench = {
  name: "mix",
  async run(): Promise<readonly Row[]> {
    const { spec: stated, rows } = simulateWorld(1, SIZE);
    const spec = parseMixSpec(stated);
    const market = { spec, panel: arrangePanel(spec, rows) };
    return [...await measureFits(market), ...await measureGradients(market)];
  },
};

export default bench;

async function measureFits({ spec, panel }: Market): Promise<Row[]> {
  const fit = async (threads: number): Promise<MixFit> => {
    const prepared = prepareMix(spec, panel);
    const plan = planChain(prepared);
    const chains = await drawChains(plan, { seeds: SEEDS, threads });
    return collectChains(prepared, chains);
  };
  const time = async (work: () => unknown) => {
    const from = performance.now();
    await work();
    return (performance.now() - from) / 1e3;
  };
  const laplace = () => drawLaplace(prepareMix(spec, panel), seededRandom(1));
  const [one = NaN, two = NaN, fast = NaN] = await interleave([
    () => time(() => fit(1)),
    () => time(() => fit(2)),
    () => time(laplace),
  ], FIT_ROUNDS);
  const { diagnostics } = summarizeMix(await fit(1), seededRandom(1));
  const worth = Math.min(
    diagnostics.essBulk ?? NaN,
    diagnostics.essTail ?? NaN,
  );
  const alone =
    `one thread; ${diagnostics.chains} chains, ${diagnostics.draws} draws`;
  return [
    { name: "mix-fit", value: one, unit: "s", against: "", ratio: null },
    {
      name: "mix-fit-2-threads",
      value: two,
      unit: "s",
      against: alone,
      ratio: two / one,
    },
    {
      name: "mix-fit-laplace",
      value: 1e3 * fast,
      unit: "ms",
      against: "the chains on one thread",
      ratio: fast / one,
    },
    {
      name: "mix-worth",
      value: worth / two,
      unit: "effective draws/s",
      against: "least of all coordinates and tails, two threads",
      ratio: null,
    },
  ];
}

async function measureGradients({ spec, panel }: Market): Promise<Row[]> {
  const prepared = prepareMix(spec, panel);
  const [gradient = NaN, pass = NaN] = await interleave([
    timeGradients(prepared),
    timePasses(prepared),
  ], ROUNDS);
  return [{
    name: "mix-gradient",
    value: gradient * 1e6,
    unit: "µs",
    against: "one multiply and add for each number of the data",
    ratio: gradient / pass,
  }];
}

function timeGradients({ survey: { problem, mode } }: PreparedMix) {
  const posterior = createPosterior(problem);
  const slopes = new Float64Array(posterior.size);
  return () => {
    const from = performance.now();
    for (let at = 0; at < GRADIENTS; at++) posterior.logDensity(mode, slopes);
    return (performance.now() - from) / 1e3 / GRADIENTS;
  };
}

function timePasses({ survey: { problem } }: PreparedMix) {
  const columns = problem.geos.flatMap(({ outcome, inputs, design }) => [
    outcome,
    ...inputs,
    ...design,
  ]);
  let kept = 0;
  return () => {
    const from = performance.now();
    for (let at = 0; at < GRADIENTS; at++) {
      let sum = 0;
      for (const column of columns) {
        for (let t = 0; t < column.length; t++) {
          sum += at * (column[t] as number);
        }
      }
      kept += sum;
    }
    if (Number.isNaN(kept)) throw new RangeError("Cannot sum data");
    return (performance.now() - from) / 1e3 / GRADIENTS;
  };
}
