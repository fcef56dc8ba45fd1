/**
 * What is spooled is carried on in rounds; what changes is told once; a stop makes a last
 * round.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { Spooling } from "../decisions/log/writing/spooling.ts";
import { keepSpool, type SpoolEntry } from "./keep_spool.ts";

const AT = "2026-03-01T00:00:00.000Z";
const AWAY = new EngineError("store_unavailable", "Cannot use the database");
const GAP = {
  ...{ id: "gap_1", reason: "damaged", count: 2, tenants: ["acme"] } as const,
  detail: "up to 2 records",
};

/** What each round comes to; after the last, nothing is left. */
async function runRounds(
  rounds: readonly (() => Promise<number>)[],
  problem: string | null = null,
) {
  const logged: SpoolEntry[] = [];
  const enough = Promise.withResolvers<void>();
  let round = 0;
  const spooling: Pick<Spooling, "carryOn" | "standing"> = {
    carryOn: async (tell) => {
      if (round === 0) tell(GAP);
      if (round >= rounds.length) enough.resolve();
      return await rounds[round++]?.() ?? 0;
    },
    standing: () => ({
      ...{ waiting: 7, oldestAt: AT, bytes: 0, maxBytes: 1, gaps: {} },
      ...{ away: null, problem },
    }),
  };
  const work = keepSpool({
    ...{ spooling, clock: { now: () => AT }, roundMs: 1 },
    log: (entry) => logged.push(entry),
  });
  await enough.promise;
  const before = round;
  work.stop();
  await work.ended;
  assert.ok(round > before, "a stop makes a last round");
  return logged.map(({ event, level, entries }) => [event, level, entries]);
}

Deno.test("an outage and its end are told once, with what was carried on since", async () => {
  const away = () => Promise.reject(AWAY);
  const carried = (entries: number) => () => Promise.resolve(entries);
  assert.deepEqual(
    await runRounds([carried(3), away, away, away, carried(7), carried(1)]),
    [
      ["log_gap", "error", 2],
      ["log_spooling", "error", 7],
      ["log_carried", "info", 7],
    ],
  );
});

Deno.test("a spool that takes nothing is told of once", async () => {
  const nothing = () => Promise.resolve(0);
  assert.deepEqual(
    await runRounds([nothing, nothing, nothing], "there is no room"),
    [["log_gap", "error", 2], ["log_refusing", "error", 7]],
  );
});
