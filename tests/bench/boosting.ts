/**
 * Boosted trees: 200,000 rows of 28 columns, 100 trees of 31 leaves, 255 bins; and
 * scoring by onnxruntime and by the trees as arrays.
 *
 * A fit is timed from the columns to the trees, in a process of its own, in turn with
 * LightGBM's; the least of the rounds counts, as others use the machine.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import { openTerminal } from "../../core/commands/terminal.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { evaluateTrees } from "../../core/trees/flat_trees.ts";
import { readTrees } from "../../core/trees/read_trees.ts";
import { fitBoosting } from "../../models/learners/boosting/boosting.ts";
import type { BoostingOptions } from "../../models/learners/boosting/options.ts";
import { treesOnnx } from "../../models/learners/boosting/trees_onnx.ts";
import { runApart } from "./apart.ts";
import { type Bench, interleave, type Row } from "./bench.ts";
import { type BoostedRows, COLUMNS, plantBoostedRows } from "./boosted_rows.ts";
import { type BoostingPeer, findPeer } from "./boosting_peer.ts";

/** What the process tells. */
export interface BoostingAnswer {
  readonly seconds: number;
  readonly auc: number;
  /** The rows themselves included. */
  readonly peakMiB: number;
}

/** LightGBM's defaults. */
export const OPTIONS: BoostingOptions = {
  loss: "logistic",
  trees: 100,
  leaves: 31,
  learningRate: 0.1,
  l2: 0,
  minChildWeight: 1e-3,
  minChildRows: 20,
  maxBins: 255,
  rowShare: 1,
  columnShare: 1,
  patience: Infinity,
};

/** Rows that the AUC is taken on. */
export const TEST_ROWS = 50_000;
/** Seeds of the rows to learn from and to test on. */
export const SEEDS = { learn: 1, test: 2 };

const ROWS = Number(Deno.env.get("MOE_BENCH_ROWS") ?? 200_000);
const ROUNDS = 5;
const SCORED = [1, 100, 10_000];
const SCORING_ROUNDS = 15;

const bench: Bench = { name: "boosting", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  const learn = plantBoostedRows(ROWS, SEEDS.learn);
  const test = plantBoostedRows(TEST_ROWS, SEEDS.test);
  const peer = await findPeer({ learn, test });
  if (!peer) {
    openTerminal().warn(
      "boosting: LightGBM is absent, name its Python by MOE_BENCH_PYTHON",
    );
  }
  try {
    return [...await measureFits(peer), ...await measureScoring(learn)];
  } finally {
    await peer?.end();
  }
}

type PeerAnswer = Omit<BoostingAnswer, "peakMiB">;

async function measureFits(peer: BoostingPeer | null): Promise<Row[]> {
  const ours: BoostingAnswer[][] = [[], []];
  const theirs: PeerAnswer[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, threads] of [1, 2].entries()) {
      const args = [ROWS, threads].map(String);
      const { answer } = await runApart<BoostingAnswer>(
        "boosting_process.ts",
        args,
      );
      ours[at]?.push(answer);
      if (peer) theirs[at]?.push(await peer.fit(threads));
    }
  }
  const [one, two] = ours.map(quickest) as [
    BoostingAnswer,
    BoostingAnswer,
  ];
  const [peerOne, peerTwo] = theirs.map(quickest);
  const name = peer ? `LightGBM ${peer.version}` : "LightGBM, absent";
  const over = (other: PeerAnswer | undefined, { seconds }: PeerAnswer) =>
    other ? seconds / other.seconds : null;
  return [
    {
      name: "boosting-fit",
      value: one.seconds,
      unit: "s",
      against: `${name}, one thread`,
      ratio: over(peerOne, one),
    },
    {
      name: "boosting-fit-2",
      value: two.seconds,
      unit: "s",
      against: `${name}, two threads`,
      ratio: over(peerTwo, two),
    },
    {
      name: "boosting-second-core",
      value: two.seconds,
      unit: "s",
      against: "one thread",
      ratio: over(one, two),
    },
    {
      name: "boosting-rows",
      value: ROWS * OPTIONS.trees / one.seconds,
      unit: "rows/s a tree",
      against: "",
      ratio: null,
    },
    {
      name: "boosting-memory",
      value: one.peakMiB,
      unit: "MiB peak",
      against: "",
      ratio: null,
    },
    {
      name: "boosting-auc",
      value: one.auc,
      unit: "AUC",
      against: name,
      ratio: peerOne ? one.auc / peerOne.auc : null,
    },
  ];
}

function quickest<T extends PeerAnswer>(fits: readonly T[]): T | undefined {
  return fits.toSorted((a, b) => a.seconds - b.seconds)[0];
}

async function measureScoring(learn: BoostedRows): Promise<Row[]> {
  const scope = { validation: null, random: seededRandom(1), report: () => {} };
  const onnx = treesOnnx(fitBoosting(learn, OPTIONS, scope));
  const trees = readTrees(onnx);
  if (!trees) throw new Error("the trees were not found in the model");
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
  });
  const rows: Row[] = [];
  for (const count of SCORED) {
    const features = featuresOf(learn, count);
    const single = Array.from(
      { length: count },
      (_, at) => features.subarray(at * COLUMNS, (at + 1) * COLUMNS),
    );
    const repeats = Math.max(1, 1000 / count);
    const [ours = NaN, theirs = NaN] = await interleave([
      () =>
        timed(repeats, () => single.forEach((x) => evaluateTrees(trees, x))),
      () =>
        timed(repeats, () =>
          session.run({
            features: new ort.Tensor("float32", features, [count, COLUMNS]),
          })),
    ], SCORING_ROUNDS);
    rows.push({
      name: `boosting-score-${count}`,
      value: 1e6 * ours,
      unit: "µs",
      against: "onnxruntime, one thread",
      ratio: ours / theirs,
    });
  }
  await session.release();
  return rows;
}

/** Seconds of one of so many times. */
async function timed(repeats: number, work: () => unknown): Promise<number> {
  const started = performance.now();
  for (let time = 0; time < repeats; time++) await work();
  return (performance.now() - started) / 1000 / repeats;
}

function featuresOf({ columns }: BoostedRows, count: number): Float32Array {
  const features = new Float32Array(count * COLUMNS);
  columns.forEach((column, at) => {
    for (let row = 0; row < count; row++) {
      features[row * COLUMNS + at] = column[row] ?? NaN;
    }
  });
  return features;
}
