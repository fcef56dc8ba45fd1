/**
 * One key, one effect, one answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Decision } from "../domain/decision.ts";
import { createDecisions } from "./decisions.ts";
import { REQUEST, worldOf } from "./memory_ports_test.ts";

function keyed(requestHash: string, key = "k-1") {
  return {
    by: "tester",
    idempotent: { route: "POST /optimization/score", key, requestHash },
    render: ({ id }: Decision) => `{"id":"${id}"}`,
  };
}

Deno.test("the same key and body give the first answer, verbatim, and one effect", async () => {
  const world = worldOf();
  const decisions = createDecisions(world);
  const first = await decisions.decide("acme", REQUEST, keyed("h"));
  const second = await decisions.decide("acme", REQUEST, keyed("h"));
  assert.equal(second.answer, first.answer);
  assert.equal(second.replayed, true);
  assert.equal(second.decision, null);
  assert.equal(world.log.rows.length, 1);
});

Deno.test("the same key with another body is refused", async () => {
  const decisions = createDecisions(worldOf());
  await decisions.decide("acme", REQUEST, keyed("h"));
  await assert.rejects(
    decisions.decide("acme", REQUEST, keyed("other")),
    { code: "idempotency_key_reused" },
  );
});

Deno.test("a key under way is told so, and free again afterwards", async () => {
  const world = worldOf();
  const decisions = createDecisions(world);
  const gate = Promise.withResolvers<void>();
  world.log.gate = gate.promise;
  const first = decisions.decide("acme", REQUEST, keyed("h"));
  await assert.rejects(decisions.decide("acme", REQUEST, keyed("h")), {
    code: "idempotency_key_in_flight",
  });
  await assert.rejects(decisions.decide("acme", REQUEST, keyed("other")), {
    code: "idempotency_key_reused",
  });
  gate.resolve();
  const { answer } = await first;
  const again = await decisions.decide("acme", REQUEST, keyed("h"));
  assert.equal(again.answer, answer);
});

Deno.test("two nodes with one key keep one effect: the log's key decides", async () => {
  const world = worldOf();
  const gate = Promise.withResolvers<void>();
  world.log.gate = gate.promise;
  const nodes = [createDecisions(world), createDecisions(world)];
  const both = nodes.map((node) => node.decide("acme", REQUEST, keyed("h")));
  gate.resolve();
  const [one, other] = await Promise.all(both);
  assert.equal(one?.answer, other?.answer);
  assert.deepEqual([one?.replayed, other?.replayed].sort(), [false, true]);
  assert.equal(world.log.rows.length, 1);
});

Deno.test("a failed request leaves its key free", async () => {
  const world = worldOf();
  const decisions = createDecisions(world);
  world.log.failure = new TypeError("broken");
  await assert.rejects(decisions.decide("acme", REQUEST, keyed("h")), {
    code: "store_unavailable",
  });
  world.log.failure = null;
  const { replayed } = await decisions.decide("acme", REQUEST, keyed("h"));
  assert.equal(replayed, false);
});

Deno.test("tenants do not share keys", async () => {
  const world = worldOf();
  const decisions = createDecisions(world);
  await decisions.decide("acme", REQUEST, keyed("h"));
  const { replayed } = await decisions.decide("other", REQUEST, keyed("x"));
  assert.equal(replayed, false);
});
