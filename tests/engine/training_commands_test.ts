/**
 * `moe train` with tuning, its gates, `moe models card` and `moe models reproduce`, each
 * as a person runs it; and a study that is killed goes on where it was.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { type Opened, VERSION } from "../../core/commands/open.ts";
import { runCommand } from "../../core/commands/run.ts";
import { EMAIL_SPEC } from "../../core/simulation/specs.ts";
import { createFitter, type Fitter } from "../../core/training/fit.ts";
import { trainModel } from "../../core/training/train.ts";
import { loadPlugins } from "../../plugins/load.ts";
import { ROOT } from "../architecture/paths.ts";
import { bringIn, environmentOf, openCompany, TENANT } from "../company.ts";
import { PERMISSIONS } from "../servers/engine.ts";

const SPEC = {
  ...EMAIL_SPEC,
  slices: ["audience.zip_code_category"],
  tune: { trials: 2, method: "tpe" },
};

/** A company in a folder, and its command line. */
interface Company {
  readonly folder: string;
  /** Writes the specification and answers its path. */
  specify(spec: object): Promise<string>;
  moe(...args: string[]): Promise<{ code: number; lines: string[] }>;
}

/** Fills a folder with a company. */
async function withCompany(
  work: (of: Company) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "training_" });
  const variables = environmentOf({ databaseUrl: null, folder });
  const configuration = readConfiguration((name) => variables[name]);
  const specify = async (spec: object) => {
    await Deno.writeTextFile(`${folder}/spec.json`, JSON.stringify(spec));
    return `${folder}/spec.json`;
  };
  const moe = async (...args: string[]) => {
    const lines: string[] = [];
    const terminal = {
      line: (text: string) => void lines.push(text),
      warn: () => {},
      progress: () => {},
      done: () => {},
    };
    const tenant = ["--tenant", TENANT];
    const code = await runCommand({ configuration, terminal }, [
      ...[...args, ...tenant],
    ]);
    return { code, lines };
  };
  try {
    const opened = await openCompany({ databaseUrl: null, folder });
    try {
      await bringIn(opened, folder, 1500);
    } finally {
      await opened.close();
    }
    await work({ folder, specify, moe });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("training, as a person does it", async (t) => {
  await withCompany(async (company) => {
    await t.step(
      "a study that is killed goes on where it was",
      () => resumeStudy(company),
    );
    await t.step(
      "a version is tuned, told, reproduced, and approved only as its gates allow",
      () => trainAndApprove(company),
    );
  });
});

async function trainAndApprove({ folder, specify, moe }: Company) {
  const file = await specify({
    ...SPEC,
    gates: [{ metric: "auc", min: 0.99 }],
  });
  const options = ["--spec", file, "--as", "ann", "--tune", "5", "--json"];
  const { lines: [text = ""] } = await moe("train", ...options);
  const { model_version: ref, metrics, evidence } = JSON.parse(text);
  assert.equal(ref, "email_visit@3");
  assert.ok(metrics.auc > 0.55, `${metrics.auc}`);
  assert.ok("qini" in metrics && "policy_value_micros" in metrics);
  const [low, high] = Object.values(evidence.intervals.auc) as number[];
  assert.ok(Number(low) < metrics.auc && metrics.auc < Number(high));
  assert.equal(evidence.trials.length, 5);
  assert.equal(evidence.slices.length, 3);
  assert.deepEqual(
    evidence.gates.map((gate: { holds: boolean }) => gate.holds),
    [false],
  );
  assert.deepEqual(
    evidence.findings.map((found: { code: string }) => found.code),
    ["few_positives", "history_late"],
  );

  const { code } = await moe("models", "reproduce", ref);
  assert.equal(code, 0);
  await assert.rejects(
    moe("train", "media_response", "--spec", file),
    { code: "request_invalid", message: /"media_response" for rows/ },
  );
  const approve = ["models", "approve", ref, "--as", "bob"];
  await assert.rejects(moe(...approve), {
    code: "approval_invalid",
    message: /auc is .*, at least 0.99 wanted/,
  });
  await moe(...approve, "--reason", "the threshold was a joke");

  const out = `${folder}/card`;
  await moe("models", "card", ref, "--out", out);
  const card = await Deno.readTextFile(`${out}/card.md`);
  for (
    const said of [
      ...["# email_visit@3", "the threshold was a joke", "5 trials"],
      ...["`history_late`", "audience.zip_code_category", "Urban"],
    ]
  ) assert.ok(card.includes(said), said);
  for (const [, name = ""] of card.matchAll(/\(\.\/(\w+\.svg)\)/g)) {
    assert.match(await Deno.readTextFile(`${out}/${name}`), /^<svg/);
  }
  await assert.rejects(moe("evaluate", ref), {
    code: "dataset_invalid",
    message: /labels came about since/,
  });
}

async function resumeStudy({ folder, specify }: Company) {
  const trials = 40;
  const spec = { ...SPEC, tune: { ...SPEC.tune, trials } };
  await specify(spec);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, "tests/engine/tuning_node.ts", folder],
    cwd: ROOT,
    env: environmentOf({ databaseUrl: null, folder }),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const told = await killAfterTrials(child, 5);
  assert.ok(told >= 5 && told < trials, `${told} trials were told`);
  const opened = await openCompany({ databaseUrl: null, folder });
  try {
    const again = await trainCounting(opened, spec);
    assert.ok(again.fits <= 1 + trials - told, `${again.fits} fits`);
    const once = await trainCounting(opened, spec);
    assert.equal(once.fits, 1, "the study is over");
    assert.equal(once.record.artifactHash, again.record.artifactHash);
    const { models } = opened.stores;
    const evidence = await models.evidence(TENANT, once.record);
    assert.deepEqual(
      evidence.trials.map(({ number }) => number),
      Array.from({ length: trials }, (_, number) => number),
    );
  } finally {
    await opened.close();
  }
}

/** Kills the process when it has told of so many trials; of how many it told. */
async function killAfterTrials(
  child: Deno.ChildProcess,
  wanted: number,
): Promise<number> {
  let printed = "";
  let told = 0;
  for await (const bytes of child.stdout) {
    printed += new TextDecoder().decode(bytes);
    told = Math.max(0, ...printed.split("\n").slice(0, -1).map(Number));
    if (told >= wanted) break;
  }
  child.kill("SIGKILL");
  await child.status;
  return told;
}

/** Trains in this thread, and counts what was fitted. */
async function trainCounting({ stores, clock }: Opened, spec: object) {
  const { families } = loadPlugins();
  const fitter = createFitter(families);
  let fits = 0;
  const counting: Fitter = {
    ...fitter,
    run: (job, report) => {
      fits += job.kind === "rows" ? 1 : 0;
      return fitter.run(job, report);
    },
  };
  const record = await trainModel(
    { stores, families, clock, code: VERSION, openFitter: () => counting },
    { tenant: TENANT, spec, by: "ann", report: () => {} },
  );
  return { record, fits };
}
