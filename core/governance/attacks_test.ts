/**
 * What somebody may try to get past a review: other spellings of a name, quorums and
 * moments that compare with nothing, words that look like others' lines, and one broken
 * change that holds up all.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AT_ONCE, isReservedName, isSameName } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type { PlainAct } from "./authoring.ts";
import {
  ANN,
  approval,
  approved,
  BOB,
  FIN,
  openChanges,
  proposalOf,
  refOf,
  submitted,
} from "./scene_test.ts";

Deno.test.each([
  "Ann",
  " ann",
  "ann ",
  "ａｎｎ",
  "a\u200Bnn",
])("%j is ann, who wrote it", async (name) => {
  const { changes } = openChanges();
  const change = await submitted(changes, "mine");
  await assert.rejects(
    changes.act(refOf(change), approval({ ...ANN, name }, change)),
    { code: "approval_invalid", message: /wrote it may not approve it/ },
  );
});

Deno.test("two spellings of a reviewer's name are one approval", async () => {
  const { changes } = openChanges();
  const change = await submitted(changes, "mine");
  const ref = refOf(change);
  await changes.act(ref, approval(FIN, change));
  await assert.rejects(
    changes.act(ref, approval({ ...FIN, name: "FIN" }, change)),
    { message: /one person approves once/ },
  );
});

Deno.test("approvals that a log holds under two spellings count once", async () => {
  const { changes } = openChanges();
  const change = await approved(changes, "mine");
  const [first] = change.approvals;
  assert.ok(first);
  const twice = [first, { ...first, by: first.by.toUpperCase() }];
  const { approvals, missing } = changes.review({
    ...change,
    approvals: twice,
  });
  assert.equal(approvals.length, 1);
  assert.match(missing ?? "", /1 more approval/);
});

Deno.test("accents and inner spaces are spellings; another letter is another name", () => {
  assert.ok(isSameName("Zo\u00EB  Ng", "zoe\u0308 ng"));
  assert.ok(isReservedName("Ｅngine ") && isReservedName("INSTALLATION"));
  assert.equal(isSameName("ann", "anna"), false);
});

Deno.test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0,
  1.5,
  "2" as unknown as number,
])("nobody asks for %s approvals", async (approvals) => {
  const { changes } = openChanges();
  const change = await submitted(changes, "mine");
  const quorum = { approvals, groups: [] };
  await assert.rejects(
    changes.act(refOf(change), {
      ...{ act: "require", by: BOB, reason: "more eyes", quorum },
    }),
    { code: "approval_invalid" },
  );
});

Deno.test.each([
  { ...AT_ONCE, shadowHours: 1e300 },
  { ...AT_ONCE, canaryHours: Number.NaN, canaryPermille: 10 },
  { ...AT_ONCE, startAt: "+012026-01-01T00:00:00.000Z" },
  { ...AT_ONCE, startAt: "2026-04-01T00:00:00+02:00" },
  { ...AT_ONCE, expiresAt: "never" },
  {
    ...AT_ONCE,
    startAt: "2026-04-02T00:00:00.000Z",
    expiresAt: "2026-04-01T00:00:00.000Z",
  },
])("a rollout as %o is refused", async (rollout) => {
  const { changes } = openChanges();
  await assert.rejects(
    changes.propose(null, proposalOf("mine", rollout)),
    { code: "request_invalid" },
  );
});

Deno.test("a start that compares with nothing is refused", async () => {
  const { changes } = openChanges();
  const change = await approved(changes, "mine");
  await assert.rejects(
    changes.act(refOf(change), {
      ...{ act: "schedule", by: ANN, startAt: "+012026-01-01T00:00:00.000Z" },
    }),
    { code: "approval_invalid" },
  );
});

Deno.test.each([
  "fine\nstate        approved",
  "\u001B[2Jfine",
  "\u202Eenif",
  "x".repeat(600),
])("%j is no title and no reason", async (text) => {
  const { changes } = openChanges();
  const proposal = proposalOf("mine");
  for (const words of [{ title: text }, { reason: text }]) {
    await assert.rejects(
      changes.propose(null, { ...proposal, ...words }),
      { code: "request_invalid", message: /is one line/ },
    );
  }
  const change = await submitted(changes, "mine");
  const act: PlainAct = { act: "reject", by: BOB, reason: text };
  await assert.rejects(changes.act(refOf(change), act), {
    message: /is one line/,
  });
  await assert.rejects(
    changes.edit(refOf(change), { by: ANN, title: text }),
    { message: /is one line/ },
  );
});

Deno.test("what was agreed with does not start if the engine no longer understands it", async () => {
  const { changes, adapter } = openChanges();
  const change = await approved(changes, "mine");
  const ref = refOf(change);
  adapter.recheck = () => Promise.resolve(['there is no fact "x" any more']);
  await assert.rejects(changes.act(ref, { act: "activate", by: ANN }), {
    message: /does not hold any more: there is no fact "x" any more; edit it/,
  });
  assert.equal((await changes.active(null, "policies")).seq, 0);
  adapter.recheck = () => Promise.resolve([]);
  const active = await changes.act(ref, { act: "activate", by: ANN });
  assert.equal(active.state, "active");
});

Deno.test("one change that fails does not hold up the others", async () => {
  const { changes, store, pass } = openChanges();
  const soon = { ...AT_ONCE, startAt: "2026-03-01T01:00:00.000Z" };
  const poisoned = await approved(changes, "poisoned", soon);
  await changes.act(refOf(poisoned), { act: "activate", by: ANN });
  store.texts.delete(poisoned.content);
  const other = await changes.propose(null, {
    ...proposalOf("other"),
    rollout: { ...AT_ONCE, expiresAt: "2026-03-01T01:00:00.000Z" },
  });
  pass(2);
  const { moved, waiting } = await changes.tick();
  assert.deepEqual(moved.map(({ id }) => id), [other.id]);
  assert.deepEqual(waiting.map(({ id }) => id), [poisoned.id]);
});

Deno.test.each(["", "{", "null", "{}", "[]"])(
  "verifying goes on past a record that is %j now",
  async (record) => {
    const { changes, store } = openChanges();
    await submitted(changes, "mine");
    const [first] = store.log;
    assert.ok(first);
    store.log[0] = { ...first, record };
    const damages = await changes.verify(null);
    assert.deepEqual(damages[0], { seq: 1, kind: "changed", about: null });
  },
);

Deno.test("a failure of the store is no reason to leave a change out", async () => {
  const { changes, store } = openChanges();
  await submitted(changes, "mine");
  store.list = () => {
    throw new EngineError("store_unavailable", "Away");
  };
  await assert.rejects(changes.tick(), { code: "store_unavailable" });
});
