/**
 * `moe learn uplift` on experiments made here: what it prints, writes and refuses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../domain/random.ts";
import { parseArguments } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { learnUplift } from "./uplift.ts";

const ROWS = 1_200;

/** A mail that helps the young, a call that helps nobody; `bought` comes after. */
function experiment(helps: boolean): string {
  const random = seededRandom(21);
  const lines = ["age,city,arm,visit,bought,split"];
  for (let row = 0; row < ROWS; row++) {
    const age = Math.floor(18 + 60 * random.next());
    const city = ["Bern", "Olten, SO"][row % 2];
    const arm = ["mail", "nothing", "call"][Math.floor(3 * random.next())];
    const gain = helps && arm === "mail" && age < 40 ? 0.5 : 0;
    const visit = random.next() < 0.2 + gain ? 1 : 0;
    const bought = visit === 1 && random.next() < 0.4 ? 1 : 0;
    const split = row < ROWS / 2 ? "train" : "test";
    lines.push(`${age},"${city}",${arm},${visit},${bought},${split}`);
  }
  return lines.join("\n");
}

const ASKED = [
  ["--treatment", "arm"],
  ["--outcome", "visit"],
  ["--control", "nothing"],
  ["--drop", "bought,split"],
  ["--learner", "s_trees,t_logistic"],
  ["--replicates", "40"],
  ["--splits", "2"],
].flat();

async function run(text: string, args: readonly string[]) {
  const folder = await Deno.makeTempDir();
  const lines: string[] = [];
  const warnings: string[] = [];
  const terminal: Terminal = {
    line: (text) => void lines.push(text),
    warn: (text) => void warnings.push(text),
    progress: () => {},
    done: () => {},
  };
  try {
    const csv = `${folder}/people.csv`;
    await Deno.writeTextFile(csv, text);
    const placed = args.map((arg) => arg.replace("FOLDER", folder));
    const { operands, options } = parseArguments(learnUplift, [
      "--csv",
      csv,
      ...placed,
    ]);
    const scope = { configuration: {} as never, terminal };
    assert.equal(await learnUplift.run(scope, operands, options), 0);
    const files: Record<string, string> = {};
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile) files[name] = await Deno.readTextFile(`${folder}/${name}`);
    }
    return { lines, warnings, files };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runJson(text: string, args: readonly string[]) {
  const { lines, ...left } = await run(text, [...args, "--json"]);
  assert.equal(lines.length, 1);
  return { said: JSON.parse(lines[0] ?? ""), ...left };
}

/** What the clock and the machine do not change. */
function lasting({ said }: Awaited<ReturnType<typeof runJson>>) {
  const { fit_seconds: _, peak_bytes: __, predictions: ___, ...rest } = said;
  for (const learner of rest.learners) delete learner.seconds;
  return rest;
}

Deno.test("learn uplift finds whom an arm helps, and says the same twice", async () => {
  const first = await runJson(experiment(true), ASKED);
  const { said, files, warnings } = first;
  assert.ok(said.arms.mail.metrics.qini > 0.1);
  assert.ok(said.arms.mail.intervals.qini[0] > 0);
  assert.ok(
    said.arms.call.intervals.qini[0] < said.arms.mail.intervals.qini[0],
  );
  assert.equal(said.verdict.heterogeneity, true);
  assert.equal(said.overlap.verdict, "sound");
  assert.deepEqual(
    said.learners.map(({ name }: { name: string }) => name),
    ["s_trees", "t_trees", "t_logistic"],
  );
  assert.ok(["s_trees", "t_logistic"].includes(said.best_learner));
  assert.deepEqual(warnings, []);
  const [head, ...rows] = files["people.csv.predictions.csv"]?.trim()
    .split("\n") ?? [];
  assert.equal(head, "row,uplift_1,uplift_2");
  assert.ok(Math.abs(rows.length - ROWS / 2) <= 3, "one half is held out");
  assert.ok(said.fit_seconds > 0 && said.peak_bytes > 0);
  assert.deepEqual(
    lasting(await runJson(experiment(true), ASKED)),
    lasting(first),
  );
});

Deno.test("learn uplift values policies: the mail to the young beats all constant ones", async () => {
  const cost = ["--cost", "mail=0.1,call=0.1"];
  const { said } = await runJson(experiment(true), [...ASKED, ...cost]);
  const values = Object.fromEntries(
    said.policies.values.map((one: { name: string; snips: number }) => [
      one.name,
      one.snips,
    ]),
  );
  assert.deepEqual(Object.keys(values), [
    "nobody",
    "all call",
    "all mail",
    "personal",
  ]);
  assert.ok(values.personal > Math.max(values.nobody, values["all mail"]));
  assert.ok(said.policies.gain > 2 * said.policies.gain_standard_error);
});

Deno.test("learn uplift says so where nothing can be told apart", async () => {
  const { lines } = await run(experiment(false), ASKED);
  const text = lines.join("\n");
  assert.match(text, /no detectable heterogeneity/);
  assert.match(text, /not shown to earn more than "/);
  assert.match(text, /looks randomised/);
});

Deno.test("learn uplift takes a split column, rows of a split, and some arms alone", async () => {
  const drop = ASKED.map((arg) => arg === "bought,split" ? "bought" : arg);
  const by = await runJson(experiment(true), [
    ...drop,
    ...["--arms", "mail", "--split-column", "split"],
  ]);
  assert.equal(by.said.splits, 1);
  assert.deepEqual(Object.keys(by.said.arms), ["mail"]);
  const [head, first] = by.files["people.csv.predictions.csv"]?.split("\n") ??
    [];
  assert.equal(head, "row,uplift");
  assert.ok(Number(first?.split(",")[0]) >= ROWS / 2);
});

Deno.test("learn uplift takes the word that says so for control", async () => {
  const [at, without] = [ASKED.indexOf("--control"), ASKED.slice()];
  without.splice(at, 2);
  const { said } = await runJson(experiment(true), without);
  assert.deepEqual(Object.keys(said.arms), ["call", "mail"]);
});

Deno.test("learn uplift draws a Qini curve for each arm", async () => {
  const { said } = await runJson(
    experiment(true),
    [...ASKED, "--plots", "FOLDER/plots"],
  );
  assert.deepEqual(
    said.plots.map((path: string) => path.split("/").at(-1)),
    ["qini_1.svg", "qini_2.svg"],
  );
});

Deno.test("learn uplift warns of a column that is known only after the outcome", async () => {
  const drop = ASKED.map((arg) => arg === "bought,split" ? "split" : arg);
  const { warnings } = await run(experiment(true), drop);
  assert.match(warnings.join(), /"bought" tells the outcome .* --drop bought/);
});

Deno.test.each([
  {
    note: "a treatment whose control it cannot tell",
    change: ["nothing", "nobody"],
    code: "dataset_invalid",
    says: /--control.*"call"/,
  },
  {
    note: "a column that is not there",
    change: ["bought,split", "buoght"],
    code: "dataset_invalid",
    says: /"buoght".*"bought"/,
  },
  {
    note: "a learner that is not there",
    change: ["s_trees,t_logistic", "q"],
    code: "request_invalid",
    says: /some of s_trees/,
  },
])("learn uplift refuses $note", async ({ change, code, says }) => {
  const [from, to] = change;
  const args = ASKED.map((arg) => arg === from ? to ?? "" : arg);
  await assert.rejects(run(experiment(true), args), { code, message: says });
});

/** A sound experiment with its rows changed. */
function changed(change: (line: string, row: number) => string): string {
  return experiment(true).split("\n")
    .map((line, row) => row === 0 ? line : change(line, row)).join("\n");
}

Deno.test.each([
  {
    note: "an id among the columns",
    text: experiment(true).split("\n").map((line, row) =>
      row === 0 ? `id,${line}` : `p-${row},${line}`
    ).join("\n"),
    says: /"id": 1200 words in 1200 rows; leave it out with --drop id/,
  },
  {
    note: "a treatment that is missing here and there",
    text: changed((line, row) => row % 9 ? line : line.replace("call", "N/A")),
    says: /"arm": it is missing in some rows/,
  },
  {
    note: "a file of one arm",
    text: changed((line) => line.replace(/mail|nothing/, "call")),
    says: /all rows say "call"; uplift needs control/,
  },
  {
    note: "a file of which no column is left",
    text: experiment(true),
    drop: "age,city,bought,split",
    says: /no column is left beside it/,
  },
])("learn uplift refuses $note", async ({ text, says, drop }) => {
  const args = ASKED.map((arg) => arg === "bought,split" ? drop ?? arg : arg);
  const refused = { code: "dataset_invalid", message: says };
  await assert.rejects(run(text, args), refused);
});

Deno.test("learn uplift finds words beyond blank lines", async () => {
  const text = changed((line, row) => row === 3 ? `\r\n${line}` : line);
  const { said } = await runJson(text, [...ASKED, "--splits", "1"]);
  assert.equal(said.rows, ROWS);
});

Deno.test("learn uplift says that an outcome which never varies cannot be measured", async () => {
  const text = changed((line) =>
    line.replace(/,[01],[01],(train|test)$/, ",0,0,$1")
  );
  const { lines } = await run(text, ASKED);
  const said = lines.join("\n");
  assert.match(said, /heterogeneity cannot be measured/);
  assert.doesNotMatch(said, / {2}to /);
});

Deno.test("learn uplift gives no value to a policy that few rows followed", async () => {
  const few = changed((line, row) =>
    row % 20 === 0 ? line : line.replace(",call,", ",nothing,")
  );
  const { said } = await runJson(few, ASKED);
  const [call] = said.policies.values.filter((one: { name: string }) =>
    one.name === "all call"
  );
  assert.equal(call.snips, null);
  assert.match(call.refused, /effective rows, and 30 are the least/);
});

Deno.test.each([
  { option: "--params", given: '{"trees":0}', says: /JSON object with some/ },
  { option: "--cost", given: "post=3", says: /WORD=NUMBER/ },
  { option: "--arms", given: "post", says: /no row has "post"/ },
  { option: "--train-index", given: "/nowhere", says: /does not exist/ },
])("learn uplift refuses $option $given", async ({ option, given, says }) => {
  const test = option === "--train-index" ? ["--test-index", given] : [];
  await assert.rejects(
    run(experiment(true), [...ASKED, option, given, ...test]),
    { message: says },
  );
});
