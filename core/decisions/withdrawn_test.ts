/**
 * Reservations of bids that are certain not to be answered are given back, and no others.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { createDecisions } from "./decisions.ts";
import {
  BID,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";
import { deskOf } from "./paying_desk_test.ts";

const scores = scoresOf(scorerOf(BID, { score: () => 0.1 }));
const asks = {
  ...{ by: "tester", render: ({ id }: { id: string }) => id },
};

Deno.test("a bid whose decision is not kept is withdrawn, unless a key could still find it", async () => {
  const desk = deskOf();
  const world = worldOf({ scores, budgets: desk });
  world.log.failure = new EngineError("store_unavailable", "Cannot");
  const decisions = createDecisions(world);
  const decide = (key: string | null) =>
    decisions.decide("acme", REQUEST, {
      ...asks,
      idempotent: key === null ? null : { route: "r", key, requestHash: "h" },
    });
  await assert.rejects(decide("k"), { code: "store_unavailable" });
  assert.deepEqual(desk.withdrawn, []);
  await assert.rejects(decide(null), { code: "store_unavailable" });
  assert.deepEqual(desk.withdrawn, ["spring.node_1-0.1"]);
});

Deno.test("a bid that another answer goes before is withdrawn", async () => {
  const desk = deskOf();
  const world = worldOf({
    ...{ scores, budgets: desk },
    idempotency: { find: () => Promise.resolve(null) },
  });
  const idempotent = { route: "r", key: "k", requestHash: "h" };
  const decide = () =>
    createDecisions(world).decide("acme", REQUEST, { ...asks, idempotent });
  assert.equal((await decide()).replayed, false);
  assert.equal((await decide()).replayed, true);
  assert.deepEqual(desk.withdrawn, ["spring.node_1-0.1"]);
});
