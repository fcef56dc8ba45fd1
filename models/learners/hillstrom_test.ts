/**
 * Both learners on a real randomised e-mail experiment, where present: 64,000
 * customers, three arms, whether they visited; half learnt from, half held out.
 *
 * @module
 */
import assert from "node:assert/strict";
import { auc, calibrationError, logLoss, seededRandom } from "@moe/plugin/test";
import { fitBoosting, scoreEnsemble } from "./boosting/boosting.ts";
import { calibrate, chooseCalibration } from "./calibration/choose.ts";
import { fitGlm, predictGlm } from "./linear/glm.ts";

const DATA = new URL("../../../shared/data/hillstrom/", import.meta.url);
const present = isPresent();
const note = present ? "" : " (skipped: ../shared/data/hillstrom is absent)";

const NUMBERS = ["recency", "history", "mens", "womens", "newbie"];
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "zip_code": ["Rural", "Surburban", "Urban"],
  channel: ["Multichannel", "Phone", "Web"],
};
const ARMS = ["Mens E-Mail", "No E-Mail", "Womens E-Mail"];
const BOOSTING = {
  loss: "logistic" as const,
  trees: 200,
  leaves: 15,
  learningRate: 0.05,
  l2: 5,
  minChildWeight: 5,
  rowShare: 0.8,
  columnShare: 0.8,
  patience: 30,
};

interface Rows {
  readonly columns: Float64Array[];
  readonly label: Float64Array;
}

Deno.test({
  name: `fitGlm() beats the base rate on Hillstrom's visits${note}`,
  ignore: !present,
  fn() {
    const { learn, held } = readHillstrom({ crossed: true });
    const started = performance.now();
    const options = { family: "logistic" as const, l1: 0, l2: 10, steps: 300 };
    const said = predictGlm(fitGlm(learn, options), held.columns);
    judge("logistic", held, { said, started });
  },
});

Deno.test({
  name: `fitBoosting() beats the base rate on Hillstrom's visits${note}`,
  ignore: !present,
  fn() {
    const { learn, held } = readHillstrom({ crossed: false });
    const isWatched = (row: number) => row % 5 === 0;
    const watched = pick(learn, isWatched);
    const seen = pick(learn, (row) => !isWatched(row));
    const started = performance.now();
    const random = seededRandom(1);
    const model = fitBoosting(seen, BOOSTING, {
      validation: watched,
      random,
      report: () => {},
    });
    const { calibration } = chooseCalibration({
      scores: scoreEnsemble(model, watched.columns),
      label: watched.label,
    }, random);
    const said = calibrate(calibration, scoreEnsemble(model, held.columns));
    const name = `trees (${model.trees.length}, ${calibration.kind})`;
    judge(name, held, { said, started });
  },
});

function judge(
  name: string,
  { label }: Rows,
  { said, started }: { said: Float64Array; started: number },
): void {
  const share = label.reduce((sum, value) => sum + value, 0) / label.length;
  const base = logLoss(label, new Float64Array(label.length).fill(share));
  const loss = logLoss(label, said);
  const area = auc(label, said);
  const gap = calibrationError(label, said);
  const line = `${name}: AUC ${area.toFixed(4)}, log loss ${
    loss.toFixed(5)
  } against ${base.toFixed(5)}, calibration error ${gap.toFixed(4)}, ${
    Math.round(performance.now() - started)
  } ms`;
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${line}\n`));
  assert.ok(area > 0.62 && loss < base - 0.006 && gap < 0.01, line);
}

function readHillstrom(
  { crossed }: { crossed: boolean },
): { learn: Rows; held: Rows } {
  const [head = [], ...rows] = readLines("hillstrom.csv")
    .map((line) => line.replaceAll(/"[^"]*"/g, "quoted").split(","));
  const cell = (name: string) => {
    const at = head.indexOf(name);
    return rows.map((row) => row[at] ?? "");
  };
  const plain = [
    ...NUMBERS.map((name) => Float64Array.from(cell(name), Number)),
    ...Object.entries(WORDS).flatMap(([name, words]) =>
      words.map((word) => indicator(cell(name), word))
    ),
  ];
  const arms = ARMS.map((arm) => indicator(cell("segment"), arm));
  const crosses = crossed
    ? arms.flatMap((arm) =>
      plain.map((column) => column.map((x, row) => x * (arm[row] ?? 0)))
    )
    : [];
  const all = {
    columns: [...plain, ...arms, ...crosses],
    label: Float64Array.from(cell("visit"), Number),
  };
  const test = new Set(
    readLines("split_seed42_test_idx.csv").map(Number),
  );
  return {
    learn: pick(all, (row) => !test.has(row)),
    held: pick(all, (row) => test.has(row)),
  };
}

function indicator(words: readonly string[], word: string): Float64Array {
  return Float64Array.from(words, (one) => one === word ? 1 : 0);
}

function pick(
  { columns, label }: Rows,
  wanted: (row: number) => boolean,
): Rows {
  const keep = (values: Float64Array) => values.filter((_, row) => wanted(row));
  return { columns: columns.map(keep), label: keep(label) };
}

function readLines(file: string): string[] {
  return Deno.readTextFileSync(new URL(file, DATA)).trim().split(/\r?\n/);
}

function isPresent(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}
