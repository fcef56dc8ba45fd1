/**
 * A locked file is waited for, but not for ever.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AGAIN, untilUnlocked } from "./locked.ts";

const LOCKED = new TypeError("database is locked");

Deno.test("untilUnlocked() goes on until the file is free", async () => {
  const answers = [LOCKED, AGAIN, LOCKED, "done"];
  const result = await untilUnlocked(() => give(answers.shift()), 10_000);
  assert.equal(result, "done");
  assert.deepEqual(answers, []);
});

Deno.test("untilUnlocked() gives up when its time is over", async () => {
  for (const answer of [LOCKED, AGAIN]) {
    const started = performance.now();
    await assert.rejects(untilUnlocked(() => give(answer), 60), TypeError);
    assert.ok(performance.now() - started < 1000);
  }
});

Deno.test("untilUnlocked() passes any other failure on at once", async () => {
  let attempts = 0;
  const work = () => give(attempts++ === 0 ? new TypeError("disk full") : "");
  await assert.rejects(untilUnlocked(work, 10_000), /disk full/);
  assert.equal(attempts, 1);
});

function give<T>(answer: T | Error): Promise<T> {
  return answer instanceof Error
    ? Promise.reject(answer)
    : Promise.resolve(answer);
}
