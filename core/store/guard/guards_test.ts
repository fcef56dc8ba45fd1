/**
 * Guards on a clock and dependencies that the test moves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { createGuards } from "./guards.ts";

const LONGEST_MS = 15;

function away(cause?: string): () => Promise<never> {
  return () =>
    Promise.reject(
      new EngineError("store_unavailable", "Cannot use the database: gone", {
        facts: { cause: cause ?? "CONNECTION_CLOSED" },
      }),
    );
}

async function fail(guard: ReturnType<ReturnType<typeof createGuards>["of"]>) {
  await assert.rejects(guard.run(away(), LONGEST_MS));
}

Deno.test("what is away is not asked for a moment, then by one alone", async () => {
  let now = 0;
  const guards = createGuards(() => now);
  const guard = guards.of("postgres");
  for (let time = 0; time < 5; time++) await fail(guard);
  let asked = 0;
  const ask = () => (asked++, Promise.resolve("answer"));
  const refused = { code: "store_unavailable", facts: { breaker: "postgres" } };
  await assert.rejects(guard.run(ask, LONGEST_MS), refused);
  assert.equal(asked, 0);
  now = 1000;
  const probe = Promise.withResolvers<string>();
  const probing = guard.run(() => probe.promise, LONGEST_MS);
  await assert.rejects(guard.run(ask, LONGEST_MS), refused);
  assert.deepEqual(guards.states()[0], {
    ...{ dependency: "postgres", state: "half_open" },
  });
  probe.resolve("back");
  assert.equal(await probing, "back");
  assert.equal(await guard.run(ask, LONGEST_MS), "answer");
  assert.equal(guards.states()[0]?.state, "closed");
});

Deno.test("what hangs is given up, and used again as soon as it answers", async () => {
  const guards = createGuards();
  const guard = guards.of("kv");
  const hanging = Promise.withResolvers<void>();
  const late = { code: "store_unavailable", facts: { late: "kv" } };
  await assert.rejects(guard.run(() => hanging.promise, LONGEST_MS), late);
  assert.deepEqual(guards.states()[1], { dependency: "kv", state: "open" });
  hanging.resolve();
  await hanging.promise;
  await Promise.resolve();
  assert.equal(guards.states()[1]?.state, "closed");
});

Deno.test("a statement that is refused is no outage, and a success between forgives", async () => {
  const guards = createGuards();
  const guard = guards.of("postgres");
  for (let time = 0; time < 10; time++) {
    await assert.rejects(guard.run(away("23505"), LONGEST_MS));
    await assert.rejects(
      guard.run(() => Promise.reject(new TypeError("ours")), LONGEST_MS),
    );
  }
  for (let time = 0; time < 20; time++) {
    await fail(guard);
    if (time % 4 === 3) await guard.run(() => Promise.resolve(), LONGEST_MS);
  }
  assert.equal(guards.states()[0]?.state, "closed");
  for (let time = 0; time < 5; time++) {
    await assert.rejects(guard.run(away("57P03"), LONGEST_MS));
  }
  assert.equal(guards.states()[0]?.state, "open");
});

Deno.test("an answer that is heard is no failure, however long this thread was held", async () => {
  const guards = createGuards();
  const holdThread = () => {
    const until = performance.now() + LONGEST_MS + 5;
    while (performance.now() < until);
  };
  for (const dependency of ["kv", "postgres"] as const) {
    for (let time = 0; time < 6; time++) {
      const asked = Promise.resolve("answer");
      const running = guards.of(dependency).run(() => asked, LONGEST_MS);
      holdThread();
      assert.equal(await running, "answer");
    }
  }
  assert.deepEqual(guards.states().map(({ state }) => state), [
    ...["closed", "closed", "closed", "closed"],
  ]);
});

Deno.test("a part fails by itself, and every use is told", async () => {
  const guards = createGuards();
  const told: string[] = [];
  guards.onUse((dependency, outcome) => told.push(`${dependency} ${outcome}`));
  const slow = () => {
    const until = performance.now() + LONGEST_MS + 5;
    while (performance.now() < until);
    return Promise.resolve(1);
  };
  for (let time = 0; time < 3; time++) {
    assert.equal(await guards.of("onnx", "a").run(slow, LONGEST_MS), 1);
  }
  await assert.rejects(guards.of("onnx", "a").run(slow, LONGEST_MS));
  assert.equal(
    await guards.of("onnx", "b").run(() => Promise.resolve(2), LONGEST_MS),
    2,
  );
  assert.equal(guards.states()[2]?.state, "open");
  assert.deepEqual(told, [
    ...Array(3).fill("onnx late"),
    ...["onnx refused", "onnx ok"],
  ]);
});

Deno.test("what is at hand is given at once, and told; what is thrown at once is a failure", async () => {
  const guards = createGuards();
  const told: string[] = [];
  guards.onUse((dependency, outcome) => told.push(`${dependency} ${outcome}`));
  const guard = guards.of("onnx");
  assert.equal(guard.run((): number | Promise<number> => 1, LONGEST_MS), 1);
  const thrown = guard.run((): number | Promise<number> => {
    throw new TypeError("ours");
  }, LONGEST_MS);
  await assert.rejects(async () => await thrown, TypeError);
  assert.deepEqual(told, ["onnx ok", "onnx failed"]);
});
