/**
 * A regression learnt from files predicts the test file, and says how well.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../domain/random.ts";
import type { CommandScope } from "../command.ts";
import { parseArguments } from "../command.ts";
import { fillColumns } from "./glm_columns.ts";
import { learnGlm } from "./glm.ts";
import { parseGlmParams } from "./glm_params.ts";
import { readTable } from "./table.ts";

function printRows(seed: number, rows: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const x = random.normal();
    const region = ["North", "South", ""][Math.floor(3 * random.next())] ?? "";
    const odds = x + (region === "South" ? 2 : 0) - 0.5;
    const clicked = random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
    return [random.next() < 0.1 ? "NA" : x, region, clicked].join();
  });
  return ["x,region,clicked", ...lines, ""].join("\n");
}

async function learn(
  args: readonly string[],
  train = printRows(1, 2000),
  test = printRows(2, 500),
) {
  const folder = await Deno.makeTempDir();
  const lines: string[] = [];
  const warnings: string[] = [];
  const terminal = {
    line: (text: string) => void lines.push(text),
    warn: (text: string) => void warnings.push(text),
    progress: () => {},
    done: () => {},
  };
  try {
    await Deno.writeTextFile(`${folder}/train.csv`, train);
    await Deno.writeTextFile(`${folder}/test.csv`, test);
    const { operands, options } = parseArguments(learnGlm, [
      ...["--train", `${folder}/train.csv`],
      ...["--test", `${folder}/test.csv`],
      ...args,
    ]);
    const scope = { terminal } as unknown as CommandScope;
    assert.equal(await learnGlm.run(scope, operands, options), 0);
    const predictions = await readTable(`${folder}/test.csv.predictions.csv`);
    return { lines, warnings, predictions };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TARGET = ["--target", "clicked", "--categorical", "region"];

Deno.test("moe learn glm predicts the test file and prints JSON alone", async () => {
  const { lines, predictions } = await learn([...TARGET, "--json"]);
  assert.equal(lines.length, 1);
  const result = JSON.parse(lines[0] ?? "");
  assert.equal(result.family, "logistic");
  assert.ok(result.metrics.auc > 0.75, `${result.metrics.auc}`);
  assert.ok(result.metrics.logloss < 0.62);
  assert.ok(result.fit_seconds > 0 && result.peak_bytes > 0);
  assert.deepEqual(Object.keys(result.coefficients), [
    "x",
    "region=North",
    "region=South",
  ]);
  const { x, ["region=South"]: south, ["region=North"]: north } =
    result.coefficients;
  assert.ok(Math.abs(x - 1) < 0.25 && Math.abs(south - 2) < 0.4);
  assert.ok(Math.abs(north) < 0.4);
  assert.equal(predictions.rows, 500);
  assert.ok(predictions.columns[0]?.every((p) => p > 0 && p < 1));
});

Deno.test("moe learn glm leaves columns out, and shows a person what counts", async () => {
  const params = ["--params", '{"family":"linear","lambda":0.2}'];
  const { lines } = await learn([...TARGET, ...params]);
  assert.match(lines[0] ?? "", /^linear regression: 2000 rows learnt, 500/);
  assert.ok(lines.some((line) => line.startsWith("rmse")));
  const { lines: none } = await learn([
    ...TARGET,
    ...["--params", '{"lambda":9}'],
  ]);
  assert.ok(none.some((line) => line.startsWith("0 columns count")));
});

/** Rows of one number and a label. */
function rowsOf(write: (row: number) => string): string {
  const lines = Array.from({ length: 200 }, (_, row) => write(row));
  return ["x,y", ...lines, ""].join("\n");
}

const SOUND = rowsOf((row) => `${row % 7},${row % 2}`);

Deno.test.each([
  {
    note: "an id among the columns",
    train: rowsOf((row) => `id-${row},${row % 2}`),
    says: /"x": 200 words in 200 rows; leave it out with --drop x/,
    also: ["--categorical", "x"],
  },
  {
    note: "a target that float64 cannot square",
    train: rowsOf((row) => `${row},${row % 2 ? 1e300 : -1e300}`),
    says: /coefficients are not finite/,
  },
  {
    note: "a label that the family cannot explain, by its name",
    train: rowsOf((row) => `${row},${row - 1}`),
    says: /"-1" of target "y", row 1: a label must be/,
    also: ["--params", '{"family":"poisson"}'],
  },
  {
    note: "a test row that is infinite",
    test: "x,y\n1,0\ninf,1\n",
    says: /"x" of the test file: its value in row 2 is infinite/,
  },
  {
    note: "a test row beyond float32",
    test: "x,y\n1e39,0\n",
    says: /row 1 is infinite or beyond float32/,
  },
])("moe learn glm refuses $note", async (given) => {
  const { train = SOUND, test = SOUND, says, also = [] } = given;
  const learning = learn(["--target", "y", ...also], train, test);
  await assert.rejects(learning, { code: "dataset_invalid", message: says });
});

Deno.test("moe learn glm warns of moments that float32 merges", async () => {
  const moments = rowsOf((row) => `${1.7e12 + 1000 * row},${row % 2}`);
  const args = ["--target", "y", "--json"];
  const { lines, warnings } = await learn(args, moments, moments);
  assert.match(warnings.join(), /"x" has 200 different numbers/);
  assert.equal(JSON.parse(lines[0] ?? "").warnings.length, 1);
  const { warnings: none } = await learn(args, SOUND, SOUND);
  assert.deepEqual(none, []);
});

Deno.test("fillColumns() fills with the training mean and spreads words", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "a,w\n1,x\n,y\n3,\n");
  const train = await readTable(path, { categorical: ["w"] });
  await Deno.writeTextFile(path, "a,w\n,z\n7,y\n");
  const test = await readTable(path, { like: train });
  await Deno.remove(path);
  const { names, columns } = fillColumns(test, train);
  assert.deepEqual(names, ["a", "w=x", "w=y"]);
  assert.deepEqual(columns.map((column) => [...column]), [
    [2, 7],
    [0, 0],
    [0, 1],
  ]);
  const infinite = [Float64Array.of(1, Infinity, 2), new Float64Array(3)];
  assert.throws(
    () =>
      fillColumns({ ...train, columns: infinite }, {
        ...train,
        columns: infinite,
      }),
    /"a" .*: its value in row 2 is infinite/,
  );
});

Deno.test.each([
  { note: "our names", text: '{"l1":2,"l2":3}', want: { l1: 2, l2: 3 } },
  { note: "no name", text: "", want: { l1: 0, l2: 1 } },
  { note: "l1 alone", text: '{"l1":2}', want: { l1: 2, l2: 0 } },
  {
    note: "glmnet",
    text: '{"lambda":0.5,"alpha":0.25}',
    want: { l1: 12.5, l2: 37.5 },
  },
  { note: "glmnet's lasso", text: '{"lambda":0.5}', want: { l1: 50, l2: 0 } },
  {
    note: "scikit-learn's net",
    text: '{"alpha":0.5,"l1_ratio":0.2}',
    want: { l1: 10, l2: 40 },
  },
  { note: "scikit-learn's C", text: '{"C":0.5}', want: { l1: 0, l2: 2 } },
  {
    note: "scikit-learn's C with a ratio",
    text: '{"C":0.5,"l1_ratio":0.5}',
    want: { l1: 1, l2: 1 },
  },
])("parseGlmParams() reads the penalty in $note", ({ text, want }) => {
  assert.deepEqual(parseGlmParams(text).penalties(100), want);
});

Deno.test.each([
  {
    note: "a misspelt name",
    text: '{"lamda":1}',
    want: /did you mean "lambda"/,
  },
  { note: "an unknown family", text: '{"loss":"poison"}', want: /"poisson"/ },
  {
    note: "alpha alone",
    text: '{"alpha":1}',
    want: /give lambda.*give l1_ratio/,
  },
  { note: "a ratio alone", text: '{"l1_ratio":1}', want: /needs alpha or C/ },
  { note: "two ways", text: '{"l2":1,"C":1}', want: /said twice/ },
  { note: "a negative penalty", text: '{"l2":-1}', want: /from 0 up/ },
  { note: "words for a number", text: '{"l2":"1"}', want: /from 0 up/ },
  { note: "no JSON", text: "l2=1", want: /not JSON/ },
  { note: "no object", text: "[1]", want: /no JSON object/ },
  { note: "half a step", text: '{"steps":0.5}', want: /whole number/ },
])("parseGlmParams() refuses $note", ({ text, want }) => {
  assert.throws(() => parseGlmParams(text), want);
});
