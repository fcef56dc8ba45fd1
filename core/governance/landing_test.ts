/**
 * Changes on their way into force and out of it: who comes second, trials, schedules and
 * rollbacks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Actor, AT_ONCE, type Change } from "../domain/change.ts";
import {
  ANN,
  approved,
  BOB,
  BOT,
  CANARY,
  openChanges,
  proposalOf,
  refOf,
} from "./scene_test.ts";

Deno.test("whoever comes second is suspended, rebases and starts a new round", async () => {
  const { changes } = openChanges();
  const [one, two] = [
    await approved(changes, "a"),
    await approved(changes, "b"),
  ];
  await changes.act(refOf(one), { act: "activate", by: ANN });
  const late = await changes.act(refOf(two), { act: "activate", by: ANN });
  assert.equal(late.state, "suspended");
  assert.equal((await changes.active(null, "policies")).content, one.content);
  const rebased = await changes.rebase(refOf(two), { by: ANN });
  assert.equal(rebased.base, one.content);
  assert.equal(await changes.content(rebased.content), "a+b");
  await changes.check(refOf(two), ANN);
  const again = await changes.act(refOf(two), { act: "submit", by: ANN });
  assert.equal(again.cycle, 2);
});

Deno.test("where both changed the same, a person merges", async () => {
  const { changes } = openChanges();
  const one = await approved(changes, "a");
  const two = await changes.propose(null, proposalOf("a"));
  await changes.act(refOf(one), { act: "activate", by: ANN });
  await assert.rejects(changes.rebase(refOf(two), { by: ANN }), {
    message: /give the content/,
  });
});

Deno.test("a canary decides for its share, then for all, when its hours are over", async () => {
  const { changes, pass } = openChanges();
  const change = await approved(changes, "a", CANARY);
  await changes.act(refOf(change), { act: "activate", by: ANN });
  const { content, trial } = await changes.active(null, "policies");
  assert.deepEqual([content, trial?.stage, trial?.permille], [
    ...[null, "canary", 50],
  ]);
  await assert.rejects(
    changes.act(refOf(change), { act: "activate", by: ANN }),
    { message: /it is canary until/ },
  );
  pass(6);
  const { moved } = await changes.tick();
  assert.deepEqual(moved.map(({ state }) => state), ["active"]);
  assert.equal((await changes.active(null, "policies")).trial, null);
});

Deno.test("a breach ends a canary at once, and what was active stays so", async () => {
  const { changes } = openChanges();
  const first = await changes.adopt(null, proposalOf("first"));
  const change = await approved(changes, "a", CANARY);
  await changes.act(refOf(change), { act: "activate", by: ANN });
  const findings = { metric: "denials", permille: 900 };
  const ended = await changes.act(refOf(change), {
    ...{ act: "breach", by: BOT, reason: "too many denials", findings },
  });
  assert.equal(ended.state, "rolled_back");
  const { content, trial } = await changes.active(null, "policies");
  assert.deepEqual([content, trial], [first.content, null]);
  const events = await changes.history(refOf(change));
  assert.deepEqual(events.at(-1)?.findings, findings);
});

Deno.test("while one is on trial, another waits", async () => {
  const { changes, pass } = openChanges();
  const one = await approved(changes, "a", CANARY);
  const startAt = "2026-03-01T01:00:00.000Z";
  const two = await approved(changes, "b", { ...AT_ONCE, startAt });
  await changes.act(refOf(one), { act: "activate", by: ANN });
  await changes.act(refOf(two), { act: "activate", by: ANN });
  pass(2);
  const { moved, waiting } = await changes.tick();
  assert.deepEqual(moved, []);
  assert.match(waiting[0]?.reason ?? "", /is on trial/);
});

Deno.test("a schedule is not moved before what was agreed", async () => {
  const { changes } = openChanges();
  const startAt = "2026-03-02T00:00:00.000Z";
  const change = await approved(changes, "a", { ...AT_ONCE, startAt });
  const schedule = (at: string) =>
    changes.act(refOf(change), { act: "schedule", by: ANN, startAt: at });
  await assert.rejects(schedule("2026-03-01T12:00:00.000Z"), {
    message: /it was agreed to start at/,
  });
  const later = await schedule("2026-03-03T00:00:00.000Z");
  assert.equal(later.state, "scheduled");
});

Deno.test("a rollback is one person's, and is looked at before anything goes on", async () => {
  const { changes } = openChanges();
  const first = await changes.adopt(null, proposalOf("first"));
  const change = await approved(changes, "a");
  await changes.act(refOf(change), { act: "activate", by: ANN });
  const asked = { kind: "policies", subject: "policies" } as const;
  const back = await changes.rollBack(null, {
    ...{ ...asked, to: first.content, by: ANN, reason: "denies everybody" },
  });
  assert.equal((await changes.find(refOf(change))).state, "rolled_back");
  const next = await approved(changes, "b");
  const go = () => changes.act(refOf(next), { act: "activate", by: ANN });
  await assert.rejects(go(), { message: /a rollback waits/ });
  const look = (by: Actor) =>
    changes.act(refOf(back), { act: "acknowledge", by, reason: "seen" });
  await assert.rejects(look(ANN), { message: /may not look at it alone/ });
  await look(BOB);
  assert.equal((await go()).state, "active");
});

Deno.test("a rollback takes what is on trial off it, to be compared anew", async () => {
  const { changes } = openChanges();
  const first = await changes.adopt(null, proposalOf("first"));
  const second = await approved(changes, "a");
  await changes.act(refOf(second), { act: "activate", by: ANN });
  const trial = await approved(changes, "b", CANARY);
  await changes.act(refOf(trial), { act: "activate", by: ANN });
  await changes.rollBack(null, {
    ...{ kind: "policies", subject: "policies", to: first.content } as const,
    ...{ by: ANN, reason: "denies everybody" },
  });
  assert.equal((await changes.find(refOf(trial))).state, "suspended");
  assert.equal((await changes.active(null, "policies")).trial, null);
});

Deno.test("of two nodes that activate at once, the later one is told what became of it", async () => {
  const { changes, store } = openChanges();
  const one = await approved(changes, "a");
  const two = await approved(changes, "b");
  const activate = (change: Change) =>
    changes.act(refOf(change), { act: "activate", by: ANN });
  store.between(() => activate(one));
  const told = await activate(two);
  assert.equal(told.state, "suspended");
  assert.deepEqual(told, await changes.find(refOf(two)));
  assert.equal((await changes.active(null, "policies")).content, one.content);
});
