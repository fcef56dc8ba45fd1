/**
 * Searches find the best of a known loss, the same however many trials run at a time,
 * go on after a stop, and contain what a family refuses.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowDataset } from "../../domain/dataset.ts";
import type { TrialRecord } from "../../domain/evidence.ts";
import { seededRandom } from "../../domain/random.ts";
import type { TrialStore } from "../../ports/models.ts";
import type { RowFamily } from "../../../plugins/contract.ts";
import { plantedSpec } from "../checks/planted_rows.ts";
import { type Fitter, FitterClosed, type RowsJob, WorkerLost } from "../fit.ts";
import type { RowsSpec, TuneSpec } from "../spec.ts";
import { tuneParams } from "./study.ts";

const FAMILY = {
  grain: "rows",
  name: "any",
  tunable: {
    rate: { from: 0.001, to: 1, log: true },
    size: { from: 1, to: 60, whole: true },
    base: { choices: ["good", "bad", "refused"] },
  },
} as unknown as RowFamily;

/** Labels of one half, so that a chance of 0.5 + x has a loss that grows with x. */
function rowsOf(rows: number): RowDataset {
  const label = Float64Array.from({ length: rows }, (_, row) => row % 2);
  return { rows, names: ["x"], columns: [label], label };
}

/** Chance that the labels are said to have: best at rate 0.03, size 20, base good. */
function chanceOf({ params }: RowsJob): number {
  const { rate = 1, size = 1, base = "bad" } = params as {
    readonly rate?: number;
    readonly size?: number;
    readonly base?: string;
  };
  if (base === "refused") throw new RangeError("Cannot fit: refused");
  const away = Math.abs(Math.log10(rate / 0.03)) / 3 +
    Math.abs(size - 20) / 60 + (base === "good" ? 0 : 0.5);
  return 0.5 + Math.min(0.49, 0.2 * away);
}

interface Watched extends Fitter {
  readonly jobs: RowsJob[];
}

/** Fits with so many at a time, each ending after a wait by chance; may be stopped. */
function createOracle(
  lanes: number,
  stopAfter = Infinity,
  chance = chanceOf,
): Watched {
  const jobs: RowsJob[] = [];
  const random = seededRandom(lanes);
  return {
    lanes,
    jobs,
    close: () => {},
    run: (async (job: RowsJob) => {
      if (jobs.length >= stopAfter) throw new FitterClosed();
      jobs.push(job);
      for (let turn = 20 * random.next(); turn > 0; turn--) await null;
      const said = chance(job);
      return {
        onnx: new Uint8Array(),
        predicted: job.predict.map(([column]) =>
          (column ?? new Float64Array()).map(() => said)
        ),
      };
    }) as unknown as Fitter["run"],
  };
}

function memoryTrials(): TrialStore & { readonly kept: TrialRecord[] } {
  const kept: TrialRecord[] = [];
  return {
    kept,
    list: () => Promise.resolve([...kept].sort((a, b) => a.number - b.number)),
    add: (_tenant, _study, trial) => {
      kept.push(structuredClone(trial));
      return Promise.resolve();
    },
  };
}

function tune(
  fitter: Fitter,
  { trials = memoryTrials(), method = "tpe", count = 60, given = {} }: {
    readonly trials?: TrialStore;
    readonly method?: TuneSpec["method"];
    readonly count?: number;
    readonly given?: Record<string, string | number>;
  } = {},
) {
  const spec = plantedSpec({
    spec: { params: given, tune: { trials: count, method } },
  }) as RowsSpec & { tune: TuneSpec };
  return tuneParams(FAMILY, spec, {
    parts: {
      train: rowsOf(9000),
      validation: rowsOf(100),
      judged: rowsOf(50),
      datasetHash: "d",
    },
    scope: {
      ...{ tenant: "acme", trials, fitter },
      code: "test",
      report: () => {},
    },
  });
}

const METHODS = [{ method: "halving" }, { method: "tpe" }] as const;

Deno.test.each(METHODS)(
  "$method finds nearly the best of a known loss",
  async ({ method }) => {
    const { params, trials } = await tune(createOracle(2), {
      method,
      count: 81,
    });
    const { rate, size, base } = params as Record<string, number | string>;
    assert.equal(base, "good");
    assert.ok(Math.abs(Math.log10(Number(rate) / 0.03)) < 0.6, `rate ${rate}`);
    assert.ok(Math.abs(Number(size) - 20) <= 15, `size ${size}`);
    assert.ok(Number.isInteger(size));
    const refused = trials.filter(({ params }) => params.base === "refused");
    assert.ok(refused.length > 0);
    assert.ok(refused.every(({ loss }) => loss === null));
  },
);

Deno.test.each(METHODS)(
  "$method is the same however many run at a time",
  async ({ method }) => {
    const one = await tune(createOracle(1), { method });
    for (const lanes of [2, 7]) {
      assert.deepEqual(await tune(createOracle(lanes), { method }), one);
    }
  },
);

Deno.test.each(METHODS)(
  "$method goes on where it was stopped",
  async ({ method }) => {
    const whole = await tune(createOracle(1), { method });
    const trials = memoryTrials();
    let fitted = 0;
    for (const stopAfter of [5, 17, 1, 30]) {
      const oracle = createOracle(3, stopAfter);
      await assert.rejects(tune(oracle, { method, trials }), FitterClosed);
      fitted += oracle.jobs.length;
      assert.equal(trials.kept.length, fitted, "each trial is kept at once");
    }
    const last = createOracle(3);
    assert.deepEqual(await tune(last, { method, trials }), whole);
    assert.equal(fitted + last.jobs.length, whole.trials.length);
  },
);

Deno.test("halving spends more rows on fewer parameters, and keeps those given", async () => {
  const given = { rate: 1, size: 60, base: "bad" };
  const oracle = createOracle(1);
  const { trials } = await tune(oracle, {
    ...{ method: "halving", count: 27, given },
  });
  const counts = new Map<number, number>();
  for (const { effort } of trials) {
    counts.set(effort, (counts.get(effort) ?? 0) + 1);
  }
  assert.deepEqual([...counts], [[1 / 9, 27], [1 / 3, 9], [1, 3]]);
  assert.deepEqual(trials[0]?.params, given);
  assert.deepEqual(trials[36]?.params, given);
  assert.deepEqual(
    [...new Set(oracle.jobs.map(({ dataset }) => dataset.rows))],
    [1000, 3000, 9000],
  );
});

Deno.test("tuning refuses where there is nothing to choose from or to judge by", async () => {
  const spec = plantedSpec({ spec: { tune: { trials: 3 } } }) as
    & RowsSpec
    & { tune: TuneSpec };
  const scope = {
    tenant: "acme",
    trials: memoryTrials(),
    fitter: createOracle(1),
    code: "test",
    report: () => {},
  };
  const train = rowsOf(100);
  const bare = { ...FAMILY, tunable: {} };
  await assert.rejects(
    tuneParams(bare, spec, {
      scope,
      parts: {
        train,
        validation: rowsOf(10),
        judged: rowsOf(10),
        datasetHash: "d",
      },
    }),
    { code: "request_invalid" },
  );
  await assert.rejects(
    tuneParams(FAMILY, spec, {
      scope,
      parts: {
        train,
        validation: rowsOf(10),
        judged: rowsOf(0),
        datasetHash: "d",
      },
    }),
    { code: "dataset_invalid" },
  );
});

Deno.test("halving takes the best of those that learnt from all rows", async () => {
  const misleading = ({ params, dataset }: RowsJob) => {
    const { size = 60 } = params as { readonly size?: number };
    const away = dataset.rows < 9000 ? (60 - size) / 600 : 0.2 + size / 300;
    return 0.5 + away;
  };
  const { params, trials } = await tune(
    createOracle(1, Infinity, misleading),
    { method: "halving", count: 27, given: { size: 60 } },
  );
  const whole = trials.filter(({ effort }) => effort === 1);
  const sizes = whole.map(({ params }) => Number(params.size));
  assert.ok(new Set(sizes).size > 1);
  assert.equal(params.size, Math.min(...sizes));
});

Deno.test("a trial is judged by rows that its fit is not given", async () => {
  const oracle = createOracle(1);
  await tune(oracle, { count: 3 });
  for (const { validation, predict } of oracle.jobs) {
    assert.equal(validation?.rows, 100);
    assert.deepEqual(predict.map(([column]) => column?.length), [50]);
  }
});

Deno.test("a lost worker ends the study, and says nothing of the parameters", async () => {
  const trials = memoryTrials();
  const oracle = createOracle(1, Infinity, (job) => {
    if (oracle.jobs.length === 4) throw new WorkerLost("out of memory");
    return chanceOf(job);
  });
  const given = { base: "good" };
  await assert.rejects(tune(oracle, { trials, given }), WorkerLost);
  assert.equal(trials.kept.length, 3);
});
