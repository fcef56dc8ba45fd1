/**
 * Trees learnt from files predict the test file, by our names or by LightGBM's.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../domain/random.ts";
import { type CommandScope, parseArguments } from "../command.ts";
import { learnBoost } from "./boost.ts";
import { parseBoostParams } from "./boost_params.ts";
import { readTable } from "./table.ts";

function printRows(seed: number, rows: number): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const x = random.normal();
    const region = ["North", "South", ""][Math.floor(3 * random.next())] ?? "";
    const mean = x * (region === "South" ? 2 : -1);
    const clicked = random.next() < 1 / (1 + Math.exp(-2 * mean)) ? 1 : 0;
    const spend = mean + random.normal();
    return [random.next() < 0.1 ? "NA" : x, region, clicked, spend].join();
  });
  return ["x,region,clicked,spend", ...lines, ""].join("\n");
}

async function learn(target: string, params: object, rows = 4000) {
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
    await Deno.writeTextFile(`${folder}/train.csv`, printRows(1, rows));
    await Deno.writeTextFile(`${folder}/test.csv`, printRows(2, 1000));
    const { operands, options } = parseArguments(learnBoost, [
      ...["--train", `${folder}/train.csv`, "--test", `${folder}/test.csv`],
      ...["--target", target, "--categorical", "region"],
      ...["--drop", target === "spend" ? "clicked" : "spend"],
      ...["--params", JSON.stringify(params), "--json"],
    ]);
    const scope = { terminal } as unknown as CommandScope;
    assert.equal(await learnBoost.run(scope, operands, options), 0);
    assert.equal(lines.length, 1);
    const result = JSON.parse(lines[0] ?? "");
    const predictions = await readTable(result.predictions);
    return { result, predictions, warnings };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("moe learn boost predicts chances where labels are 0 and 1", async () => {
  const { result, predictions } = await learn("clicked", { trees: 50 });
  assert.equal(result.loss, "logistic");
  assert.deepEqual(result.rows, { train: 4000, test: 1000 });
  assert.equal(result.trees, 50);
  assert.ok(result.metrics.auc > 0.85, `${result.metrics.auc}`);
  assert.ok(result.metrics.logloss < 0.5);
  assert.ok(result.fit_seconds > 0 && result.peak_bytes > 1e6);
  const [said = new Float64Array()] = predictions.columns;
  assert.equal(said.length, 1000);
  assert.ok(said.every((chance) => chance > 0 && chance < 1));
});

Deno.test.each([
  { loss: "regression", metric: "r2", least: 0.4, most: 1 },
  { loss: "quantile", metric: "share_below", least: 0.75, most: 0.85 },
])(
  "moe learn boost fits numbers: $loss",
  async ({ loss, metric, ...limits }) => {
    const params = { objective: loss, alpha: 0.8, trees: 60, seed: 3 };
    const { result } = await learn("spend", params);
    const value = result.metrics[metric];
    assert.ok(value > limits.least && value < limits.most, `${value}`);
  },
);

Deno.test("moe learn boost stops early on rows set apart, and keeps columns in order", async () => {
  const stopped = await learn("clicked", {
    trees: 500,
    learningRate: 0.5,
    patience: 5,
    monotone: { x: 1 },
  });
  assert.ok(stopped.result.trees < 100, `${stopped.result.trees}`);
  assert.deepEqual(stopped.warnings, []);
  await assert.rejects(learn("clicked", { monotone: { y: 1 } }), {
    code: "request_invalid",
    message: /no column "y"/,
  });
});

Deno.test("moe learn boost warns, and does not stop early, where too few rows are set apart", async () => {
  const params = { trees: 40, patience: 1, minChildRows: 2 };
  const { result, warnings } = await learn("clicked", params, 60);
  assert.equal(result.trees, 40);
  assert.match(
    warnings.join(),
    /do not stop early: \d+ rows set apart are too few/,
  );
});

Deno.test("moe learn boost names the target and the row that a loss refuses", async () => {
  await assert.rejects(learn("spend", { loss: "poisson", patience: 5 }), {
    code: "dataset_invalid",
    message: /poisson loss to "spend": row \d+ has -/,
  });
});

Deno.test("parseBoostParams() takes LightGBM's names, and its defaults", () => {
  const ours = parseBoostParams(
    '{"trees":7,"leaves":9,"minChildRows":3,"l2":2,"rowShare":0.5,"threads":1,"maxDepth":4}',
    8,
  );
  const theirs = parseBoostParams(
    '{"num_iterations":7,"num_leaves":9,"min_data_in_leaf":3,"lambda_l2":2,"bagging_fraction":0.5,"num_threads":1,"max_depth":4,"verbose":-1}',
    8,
  );
  assert.deepEqual(theirs, ours);
  const usual = parseBoostParams("", 8);
  assert.deepEqual(
    [usual.trees, usual.leaves, usual.learningRate, usual.maxBins],
    [100, 31, 0.1, 255],
  );
  assert.deepEqual([usual.l2, usual.minChildRows, usual.threads], [0, 20, 2]);
  assert.equal(parseBoostParams("", 1).threads, 1);
});

Deno.test.each([
  { text: '{"num_leafs":3}', message: /did you mean "num_leaves"/ },
  { text: '{"leaves":1}', message: /a whole number from 2 to 4096/ },
  { text: '{"rowShare":0}', message: /a number above 0 to 1/ },
  { text: '{"alpha":1}', message: /a number above 0 and below 1/ },
  {
    text: '{"trees":3,"num_trees":4}',
    message: /"num_trees": it is given twice/,
  },
  { text: '{"loss":"poison"}', message: /did you mean "poisson"/ },
  { text: '{"monotone":{"x":2}}', message: /it must be such as/ },
  { text: "[1]", message: /no JSON object/ },
  { text: "{", message: /it is not JSON/ },
])("parseBoostParams() refuses $text", ({ text, message }) => {
  assert.throws(() => parseBoostParams(text, 2), {
    code: "request_invalid",
    message,
  });
});
