/**
 * Acts on record: their beginning before anything is done, and their end.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Act, ActEvent } from "../domain/act.ts";
import { EngineError } from "../domain/error.ts";
import { createActing } from "./acting.ts";
import { createMemoryStore } from "./memory_store_test.ts";
import { verifyAudit } from "./verify_audit.ts";

const ACT: Act = {
  act: "POST /keys/{id}/revoke",
  about: "k-1",
  by: "ada",
  human: true,
  key: "0123456789abcdef",
  reason: "it leaked",
  request: "req_1",
};
const clock = { now: () => "2026-03-01T12:00:00.000Z" };

Deno.test("an act begins on record, and its end is on record", async () => {
  const store = createMemoryStore();
  const acting = createActing(store, clock);
  const told = () =>
    store.events().map((event) => (event as unknown as ActEvent).end);
  const done = await acting({ scope: null, act: ACT }, () => {
    assert.deepEqual(told(), [null], "before anything is done");
    return Promise.resolve(7);
  });
  assert.equal(done, 7);
  const refusal = new EngineError("approval_invalid", "Cannot");
  await assert.rejects(
    acting({ scope: null, act: ACT }, () => Promise.reject(refusal)),
    refusal,
  );
  await assert.rejects(
    acting({ scope: null, act: ACT }, () => Promise.reject(new TypeError())),
  );
  assert.deepEqual(told(), [
    ...[null, "done", null, "approval_invalid", null, "internal_error"],
  ]);
  assert.deepEqual(await verifyAudit(store, null), []);
});

Deno.test("what cannot be put on record is not begun, unless it must work all the same", async () => {
  const down = new EngineError("store_unavailable", "Cannot use the database");
  const acting = createActing({ record: () => Promise.reject(down) }, clock);
  let done = 0;
  const work = () => Promise.resolve(++done);
  await assert.rejects(acting({ scope: "acme", act: ACT }, work), down);
  assert.equal(done, 0);
  assert.equal(
    await acting(
      { scope: "acme", act: ACT, evenUnrecorded: true },
      work,
    ),
    1,
  );
});

Deno.test("a log that hangs holds up neither what must work nor the end of an act", async () => {
  const begun: (string | null)[] = [];
  let isHanging = true;
  const acting = createActing({
    record: (_scope, [event]) => {
      begun.push((event as unknown as ActEvent).end);
      return isHanging ? new Promise(() => {}) : Promise.resolve();
    },
  }, clock);
  const asked = { scope: "acme", act: ACT };
  const work = () => {
    isHanging = true;
    return Promise.resolve("done all the same");
  };
  const end = await acting({ ...asked, evenUnrecorded: true }, work);
  assert.equal(end, "done all the same");
  isHanging = false;
  assert.equal(await acting(asked, work), "done all the same");
  assert.deepEqual(begun, [null, "done", null, "done"]);
});

Deno.test("texts of callers are kept in bounds and well-formed", async () => {
  const store = createMemoryStore();
  const reason = `${"x".repeat(499)}\u{1F600}`;
  await createActing(store, clock)(
    { scope: null, act: { ...ACT, reason, about: "a".repeat(10_000) } },
    () => Promise.resolve(),
  );
  const [event] = store.events() as unknown as ActEvent[];
  assert.equal(event?.about.length, 500);
  assert.ok(event?.reason.isWellFormed());
  assert.deepEqual(await verifyAudit(store, null), []);
});
