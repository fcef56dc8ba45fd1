/**
 * What hangs leaves a scrape without its own series, and with all others.
 *
 * @module
 */
import assert from "node:assert/strict";
import { askInTime } from "./in_time.ts";
import { OPERATED } from "./operated_test.ts";

/** An engine whose store hangs until it is let go. */
function openHung() {
  const { promise: hung, resolve: letGo } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const hangs = (what: string) => async () => {
    asked.push(what);
    await hung;
    return [];
  };
  const engine = askInTime({
    ...OPERATED,
    signals: { freshness: hangs("freshness") },
    streamLag: hangs("stream"),
    jobs: { list: hangs("jobs") },
    trust: {
      ...OPERATED.trust,
      everyConsistency: hangs("views"),
    },
    health: async () => {
      await hangs("health")();
      return { database: null };
    },
  }, 5);
  const askAll = () =>
    Promise.allSettled<unknown>([
      engine.signals.freshness(),
      engine.streamLag(),
      engine.jobs.list(),
      engine.health?.(),
      engine.trust.everyConsistency(),
    ]);
  return { askAll, asked, letGo };
}

Deno.test("what hangs is given up, asked once for all who wait, and again when it has answered", async () => {
  const { askAll, asked, letGo } = openHung();
  for (const _scrape of [1, 2, 3]) {
    const answers = await askAll();
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map(() => "rejected"),
    );
  }
  const once = ["freshness", "stream", "jobs", "health", "views"];
  assert.deepEqual(asked, once);
  letGo();
  await askAll();
  const answers = await askAll();
  assert.deepEqual(
    answers.map((one) => one.status === "fulfilled" ? one.value : one.reason),
    [[], [], [], { database: null }, []],
  );
  assert.equal(asked.length, 2 * once.length);
});

Deno.test("an engine that tells no health is asked for none", () => {
  assert.equal(askInTime(OPERATED).health, undefined);
});
