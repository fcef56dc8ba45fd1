/**
 * Workers that are lost, wait for one another, and end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { OWN_PORTS } from "../domain/model_ports.ts";
import { createScorePool, type PooledModel } from "./score_pool.ts";
import { type ScoreThread, ThreadLost } from "./score_thread.ts";
import type { ScoreRequest } from "./score_worker.ts";

/** Threads that answer with the number of the thread, and what they were asked. */
function threads(answer: (thread: number, request: ScoreRequest) => unknown) {
  const asked: string[] = [];
  let started = 0;
  const start = (): ScoreThread => {
    const thread = ++started;
    return {
      ask: async (request) => {
        const { kind } = request;
        asked.push(
          "key" in request ? `${thread} ${kind} ${request.key}` : kind,
        );
        await Promise.resolve();
        await answer(thread, request);
        return request.kind === "run" ? Float64Array.of(thread) : null;
      },
      end: () => void asked.push(`${thread} ended`),
    };
  };
  return { asked, start };
}

const ROWS = { data: new Float32Array(1), rows: 1 };

function model(key: string, bytes = 0): PooledModel {
  return {
    key,
    ports: OWN_PORTS,
    load: () => Promise.resolve(new Uint8Array(bytes)),
  };
}

Deno.test("a worker loads each model once, and goes where it is loaded", async () => {
  const { asked, start } = threads(() => {});
  const pool = createScorePool(2, start);
  await pool.run(model("a"), ROWS);
  await pool.run(model("a"), ROWS);
  await Promise.all([pool.run(model("a"), ROWS), pool.run(model("b"), ROWS)]);
  await pool.run(model("b"), ROWS);
  assert.deepEqual(asked.filter((one) => one.includes("open")), [
    "1 open a",
    "2 open b",
  ]);
  await pool.close();
  assert.deepEqual(asked.slice(-2).sort(), ["1 ended", "2 ended"]);
});

Deno.test("a lost worker is replaced, and the batch is scored once more", async () => {
  const { asked, start } = threads((thread, { kind }) => {
    if (thread === 1 && kind === "run") throw new ThreadLost("gone");
  });
  const pool = createScorePool(1, start);
  const both = await Promise.all([
    pool.run(model("a"), ROWS),
    pool.run(model("a"), ROWS),
  ]);
  assert.deepEqual(both, [Float64Array.of(2), Float64Array.of(2)]);
  assert.ok(asked.includes("1 ended"));
  await pool.close();
});

Deno.test("a model that loses every worker fails; what a model says is told", async () => {
  const lost = createScorePool(
    1,
    threads((_, { kind }) => {
      if (kind === "run") throw new ThreadLost("gone");
    }).start,
  );
  await assert.rejects(lost.run(model("a"), ROWS), ThreadLost);
  await lost.close();
  const { asked, start } = threads((_, { kind }) => {
    if (kind === "open") throw new Error("no model");
  });
  const pool = createScorePool(1, start);
  await assert.rejects(pool.run(model("a"), ROWS), /no model/);
  await assert.rejects(pool.run(model("a"), ROWS), /no model/);
  assert.deepEqual(asked, ["1 open a", "1 open a"]);
  await pool.close();
});

Deno.test("a worker keeps eight models and gives up the one used longest ago", async () => {
  const { asked, start } = threads(() => {});
  const pool = createScorePool(1, start);
  for (const key of "abcdefgha") await pool.run(model(key), ROWS);
  await pool.run(model("i"), ROWS);
  assert.deepEqual(asked.filter((one) => one.includes("drop")), ["1 drop b"]);
  await pool.close();
});

Deno.test("large models give way sooner, the one that is asked for never", async () => {
  const { asked, start } = threads(() => {});
  const pool = createScorePool(1, start);
  const large = 10 * 2 ** 20;
  for (const key of ["a", "b"]) await pool.run(model(key, large), ROWS);
  await pool.run(model("c", 2 * large), ROWS);
  await pool.run(model("c", 2 * large), ROWS);
  const drops = asked.filter((one) => one.includes("drop"));
  assert.deepEqual(drops, ["1 drop a", "1 drop b"]);
  await pool.close();
});

Deno.test("closing waits for what runs and refuses what waits", async () => {
  const gate = Promise.withResolvers<void>();
  const { start } = threads((_, { kind }) => kind === "run" && gate.promise);
  const pool = createScorePool(1, start);
  const running = pool.run(model("a"), ROWS);
  const waiting = pool.run(model("a"), ROWS);
  const refused = assert.rejects(waiting, /scores are closed/);
  const closed = pool.close();
  gate.resolve();
  assert.deepEqual(await running, Float64Array.of(1));
  await Promise.all([refused, closed]);
  await assert.rejects(pool.run(model("a"), ROWS), /scores are closed/);
});
