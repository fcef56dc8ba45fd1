/**
 * Work on other threads: the same bytes as on this one, failures with their names, and
 * no end that hangs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { plantRows } from "../training/checks/planted_rows.ts";
import { encodeRows } from "../training/dataset.ts";
import {
  createFitter,
  FitterClosed,
  type RowsJob,
  WorkerLost,
} from "../training/fit.ts";
import { loadPlugins } from "../../plugins/load.ts";
import { createFitPool, createFitters, type PoolParts } from "./fit_pool.ts";

async function jobOf(
  params: Readonly<Record<string, unknown>> = {},
): Promise<RowsJob> {
  const { rows, schema, split } = await plantRows({ seed: 1, rows: 600 });
  const filled = {
    ...schema,
    inputs: schema.inputs.map((input) => ({ ...input, fill: 0 })),
  };
  const dataset = await encodeRows(filled, rows, split.train);
  const holdout = await encodeRows(filled, rows, split.holdout);
  return {
    kind: "rows",
    family: "propensity_logistic",
    ...{ params, dataset },
    seed: 1,
    validation: null,
    predict: [holdout.columns],
  };
}

Deno.test("a pool gives the same bytes and scores as this thread, several at a time", async () => {
  const here = createFitter(loadPlugins().families);
  const pool = createFitPool(2);
  try {
    const all = await Promise.all([1, 10, 100].map((l2) => jobOf({ l2 })));
    const steps: string[] = [];
    const report = (step: string) => void steps.push(step);
    const there = await Promise.all(all.map((job) => pool.run(job, report)));
    for (const [place, job] of all.entries()) {
      const wanted = await here.run(job, () => {});
      assert.deepEqual(there[place], wanted);
      const score = {
        kind: "score",
        onnx: wanted.onnx,
        sets: job.predict,
      } as const;
      assert.deepEqual(
        await pool.run(score, report),
        await here.run(score, report),
      );
    }
    assert.ok(steps.includes("regression"), "progress crosses threads");
    assert.ok(
      all.every(({ dataset }) =>
        dataset.columns.every(({ buffer }) => buffer instanceof ArrayBuffer)
      ),
      "the columns given stay where they are",
    );
  } finally {
    pool.close();
  }
});

Deno.test("a failure of the engine's keeps its code across threads, and the pool goes on", async () => {
  const pool = createFitPool(1);
  try {
    const { dataset, ...job } = await jobOf();
    const wrong = { ...dataset, label: dataset.label.map(() => 7) };
    await assert.rejects(
      pool.run({ ...job, dataset: wrong }, () => {}),
      { name: "EngineError", code: "dataset_invalid" },
    );
    await assert.rejects(
      pool.run({ ...job, dataset, params: { l2: -1 } }, () => {}),
      /l2/,
    );
    const { onnx } = await pool.run({ ...job, dataset }, () => {});
    assert.ok(onnx.length > 0);
  } finally {
    pool.close();
  }
});

Deno.test("what is open when all ends is refused, and nothing after", async () => {
  const fitters = createFitters(1);
  const fitter = fitters.open();
  const job = await jobOf();
  const jobs = [1, 2].map(() => fitter.run(job, () => {}));
  const ended = Promise.allSettled(jobs);
  fitters.close();
  for (const { status, ...rest } of await ended) {
    assert.equal(status, "rejected");
    assert.ok("reason" in rest && rest.reason instanceof FitterClosed);
  }
  await assert.rejects(fitter.run(job, () => {}), FitterClosed);
});

/** Threads that answer at once with nothing, and fail when they are told to. */
function plantThreads(answers: boolean) {
  const failing: (() => void)[] = [];
  const start: PoolParts["start"] = (hear, end) => {
    let isEnded = false;
    const thread = {
      postMessage: () => {
        if (isEnded || !answers) return;
        const answer = { onnx: new Uint8Array(), predicted: [] };
        queueMicrotask(() => hear(thread, { kind: "done", answer }));
      },
      terminate: () => void (isEnded = true),
    };
    failing.push(() => end(thread, new WorkerLost("out of memory")));
    return thread;
  };
  return { start, failing };
}

Deno.test("a thread that failed while it had nothing to do is given nothing more", async () => {
  const { start, failing } = plantThreads(true);
  const pool = createFitPool(1, { start, silenceMs: 200 });
  const job = await jobOf();
  await pool.run(job, () => {});
  failing[0]?.();
  await pool.run(job, () => {});
  assert.equal(failing.length, 2);
  pool.close();
});

Deno.test("a thread that says nothing for too long is lost, and the next job gets another", async () => {
  const { start, failing } = plantThreads(false);
  const pool = createFitPool(1, { start, silenceMs: 20 });
  const job = await jobOf();
  const jobs = [1, 2].map(() => pool.run(job, () => {}));
  for (const { status, ...rest } of await Promise.allSettled(jobs)) {
    assert.equal(status, "rejected");
    assert.ok("reason" in rest && rest.reason instanceof WorkerLost);
  }
  assert.equal(failing.length, 2);
  pool.close();
});
