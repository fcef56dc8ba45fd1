/**
 * Comparisons are kept when there is something new, and at the end.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelWatch } from "../ports/models.ts";
import type { Comparison } from "../scores/beside.ts";
import { keepCompared } from "./keep_compared.ts";

const AT = "2026-03-01T00:00:00.000Z";
const PAIR: Comparison = {
  ...{ tenant: "acme", champion: "bidder@1", beside: "bidder@2" },
  ...{ alias: "shadow", rows: 3, unscored: 0 },
  ...{ meanDifference: 0.5, meanDistance: 0.5, rankAgreement: 1 },
};

Deno.test("a comparison is kept for its version once, and again when rows came", async () => {
  const kept: ModelWatch[] = [];
  const failures: string[] = [];
  let pairs: Comparison[] = [PAIR, { ...PAIR, alias: "challenger", rows: 0 }];
  let refuse = true;
  const work = keepCompared({
    engine: { compared: () => pairs },
    watches: {
      keep: async (tenant, watch) => {
        assert.equal(tenant, "acme");
        await Promise.resolve();
        if (refuse) throw new Error("store");
        kept.push(watch);
      },
    },
    clock: { now: () => AT },
    log: ({ event }) => void failures.push(event),
    roundMs: 1,
  });
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((turn) => setTimeout(turn, 1));
  };
  await until(() => failures.length > 0);
  refuse = false;
  await until(() => kept.length > 0);
  await new Promise((turn) => setTimeout(turn, 10));
  assert.equal(kept.length, 1);
  pairs = [{ ...PAIR, rows: 9 }];
  work.stop();
  await work.ended;
  const { tenant: _, ...findings } = PAIR;
  const told = { name: "bidder", version: 2, kind: "shadow", at: AT };
  assert.deepEqual(kept[0], { ...told, findings });
  assert.deepEqual(kept.at(-1), {
    ...told,
    findings: { ...findings, rows: 9 },
  });
});

Deno.test("a comparison is kept again when rows came that could not be scored", async () => {
  const kept: unknown[] = [];
  let unscored = 0;
  const work = keepCompared({
    engine: { compared: () => [{ ...PAIR, unscored: unscored++ }] },
    watches: {
      keep: (_tenant, { findings }) => {
        kept.push((findings as Comparison).unscored);
        return Promise.resolve();
      },
    },
    clock: { now: () => AT },
    log: ({ detail }) => void kept.push(detail),
  });
  work.stop();
  await work.ended;
  assert.deepEqual(kept, [0, 1]);
});
