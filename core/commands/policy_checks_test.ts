/**
 * Checks on a thread of their own find what they find here, and end.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PolicyDocument } from "../domain/verdict.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import { findOutPolicies } from "../verdicts/proposal/find_out.ts";
import { createPolicyChecks } from "./policy_checks.ts";

const JOB = {
  content: compilePolicySet([capAt(4)]).text,
  base: compilePolicySet([capAt(5)]).text,
  ...{ scope: null, beside: null },
};

Deno.test("policies are checked on another thread as they are on this one", async () => {
  const checks = createPolicyChecks();
  const found = await checks.findOut(JOB);
  assert.equal(found.class, "tightening");
  assert.deepEqual(found, findOutPolicies(JOB));
  const unsound = await checks.findOut({ ...JOB, content: "{}" });
  assert.equal(unsound.problems.length, 1);
});

Deno.test("checks that are closed, or take too long, fail and leave nothing behind", async () => {
  const checks = createPolicyChecks();
  const closed = assert.rejects(checks.findOut(JOB), /the engine is closing/);
  checks.close();
  await closed;
  await assert.rejects(createPolicyChecks(0).findOut(JOB), {
    code: "request_invalid",
    message: /takes longer than 0 seconds/,
  });
});

Deno.test("what a thread fails of is told", async () => {
  const base = "[0]";
  await assert.rejects(
    createPolicyChecks().findOut({ ...JOB, base }),
    /Cannot check policies/,
  );
});

function capAt(to: number): PolicyDocument {
  return {
    ...{ policy: "ceiling", version: 1, owner: "growth", about: "A most" },
    on: ["bid"],
    rules: [{ id: "most", effect: "cap", to, reason: "Enough" }],
    cases: [{
      note: "cut",
      facts: { amount: { micros: 9 } },
      ...{ want: ["most"], wantMicros: to },
    }],
  };
}

Deno.test("many checks run a few at a time, and closing ends those that wait", async () => {
  const job = { content: "[]", base: "[]", scope: null, beside: null };
  const threads = countThreads();
  const checks = createPolicyChecks();
  const found = await Promise.all(
    Array.from({ length: 5 }, () => checks.findOut(job)),
  );
  assert.ok(found.every((one) => one.class === "equivalent"));
  assert.equal(threads.most(), 2);
  const ended = Promise.allSettled(
    Array.from({ length: 5 }, () => checks.findOut(job)),
  );
  checks.close();
  assert.deepEqual(
    (await ended).map(({ status }) => status),
    Array.from({ length: 5 }, () => "rejected"),
  );
});

/** Counts the threads that run at once, from now on. */
function countThreads() {
  const { Worker } = globalThis;
  let alive = 0;
  let most = 0;
  globalThis.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      most = Math.max(most, ++alive);
    }
    override terminate() {
      alive -= 1;
      super.terminate();
    }
  };
  return {
    /** The most there were; counts no longer. */
    most: () => {
      globalThis.Worker = Worker;
      return most;
    },
  };
}
