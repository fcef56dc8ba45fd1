/**
 * Changes as their authors and reviewers meet them: what is refused, and in which words.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Actor, AT_ONCE, type Change } from "../domain/change.ts";
import type { ChangeAct } from "../domain/change_event.ts";
import type { Findings } from "../ports/governance.ts";
import type { PlainAct } from "./authoring.ts";
import { createChanges } from "./changes.ts";
import { createMemoryStore } from "./memory_store_test.ts";
import {
  ANN,
  approval,
  approved,
  BOB,
  BOT,
  FIN,
  openChanges,
  proposalOf,
  refOf,
  submitted,
} from "./scene_test.ts";

Deno.test("a relaxation takes two people, the owner among them", async () => {
  const { changes } = openChanges();
  const change = await submitted(changes, "a");
  assert.deepEqual(change.quorum, { approvals: 2, groups: ["finance"] });
  const once = await changes.act(refOf(change), approval(BOB, change));
  assert.equal(once.state, "in_review");
  const twice = await changes.act(refOf(change), approval(FIN, change));
  assert.equal(twice.state, "approved");
});

Deno.test("a change moves nothing before it is activated, and all at once then", async () => {
  const { changes } = openChanges();
  const change = await approved(changes, "a");
  assert.equal((await changes.active(null, "policies")).content, null);
  await changes.act(refOf(change), { act: "activate", by: ANN });
  const active = await changes.active(null, "policies");
  assert.equal(active.content, change.content);
  assert.equal(await changes.content(change.content), "a");
});

Deno.test.each<{
  readonly note: string;
  readonly found: Partial<Findings>;
  readonly want: { readonly approvals: number; readonly groups: string[] };
}>([
  {
    note: "a tightening takes one person",
    found: { class: "tightening" },
    want: { approvals: 1, groups: [] },
  },
  {
    note: "what is not proven to tighten is taken for mixed",
    found: { class: "tightening", proven: false },
    want: { approvals: 2, groups: ["finance"] },
  },
  {
    note: "a mixed change does not get around the owners",
    found: { class: "mixed" },
    want: { approvals: 2, groups: ["finance"] },
  },
  {
    note: "guardians are asked whatever the class",
    found: { class: "equivalent", guardians: ["privacy"] },
    want: { approvals: 1, groups: ["privacy"] },
  },
])("the quorum: $note", async ({ found, want }) => {
  const { changes } = openChanges(found);
  assert.deepEqual((await submitted(changes, "a")).quorum, want);
});

Deno.test("a quorum grows from round to round and never shrinks", async () => {
  const { changes, found } = openChanges({ class: "tightening" });
  const ref = refOf(await submitted(changes, "a"));
  const want = { approvals: 2, groups: ["finance"] };
  for (const each of ["relaxing", "tightening"] as const) {
    await changes.edit(ref, { by: ANN, content: each });
    found({ class: each });
    await changes.check(ref, ANN);
    const again = await changes.act(ref, { act: "submit", by: ANN });
    assert.deepEqual(again.quorum, want);
  }
});

Deno.test("who asks for more people gets them, and one who agreed is not enough then", async () => {
  const { changes } = openChanges({ class: "tightening" });
  const change = await submitted(changes, "a");
  const ref = refOf(change);
  await changes.act(ref, approval(BOB, change));
  const more = await changes.act(ref, {
    ...{ act: "require", by: BOB, reason: "delicate" },
    quorum: { approvals: 1, groups: ["finance"] },
  });
  assert.equal(more.state, "in_review");
  const all = await changes.act(ref, approval(FIN, change));
  assert.equal(all.state, "approved");
});

/** Acts on a change in review, and the words in which they are refused. */
const REFUSED: readonly {
  readonly note: string;
  readonly act: (change: Change) => PlainAct;
  readonly want: RegExp;
}[] = [
  {
    note: "its author approves",
    act: (change) => approval(ANN, change),
    want: /whoever wrote it may not approve it/,
  },
  {
    note: "a service approves",
    act: (change) => approval(BOT, change),
    want: /only a person may do that/,
  },
  {
    note: "somebody approves what was there before",
    act: (change) => ({
      ...{ act: "approve", by: BOB },
      signs: { ...change, evidence: change.evidence?.hash ?? "", cycle: 0 },
    }),
    want: /it is not what the reviewer saw/,
  },
  {
    note: "it is rejected without a reason",
    act: () => ({ act: "reject", by: BOB, reason: " " }),
    want: /a reason must be given/,
  },
  {
    note: "somebody else withdraws it",
    act: () => ({ act: "withdraw", by: BOB }),
    want: /only who wrote it may do that/,
  },
  {
    note: "it is activated before it is approved",
    act: () => ({ act: "activate", by: BOB }),
    want: /it is in review/,
  },
];

Deno.test.each([...REFUSED])("it is refused if $note", async (row) => {
  const { changes } = openChanges();
  const change = await submitted(changes, "a");
  await assert.rejects(changes.act(refOf(change), row.act(change)), {
    code: "approval_invalid",
    message: row.want,
  });
  assert.deepEqual(await changes.find(refOf(change)), change);
});

Deno.test("one person approves once", async () => {
  const { changes } = openChanges();
  const change = await submitted(changes, "a");
  await changes.act(refOf(change), approval(BOB, change));
  await assert.rejects(changes.act(refOf(change), approval(BOB, change)), {
    message: /one person approves once/,
  });
});

Deno.test("callers do not bring evidence, nor ways around the review", async () => {
  const { changes } = openChanges();
  const ref = refOf(await submitted(changes, "a"));
  for (const act of ["check", "restore", "engage", "adopt", "expire"]) {
    const forged = { act, by: ANN, reason: "r", problems: [] } as ChangeAct;
    await assert.rejects(changes.act(ref, forged as PlainAct), {
      code: "request_invalid",
    });
  }
});

Deno.test("an edit voids approvals, even one that is edited back", async () => {
  const { changes } = openChanges();
  const ref = refOf(await approved(changes, "a"));
  await changes.edit(ref, { by: ANN, content: "b" });
  await changes.edit(ref, { by: ANN, content: "a" });
  await changes.check(ref, ANN);
  const again = await changes.act(ref, { act: "submit", by: ANN });
  const once = await changes.act(ref, approval(BOB, again));
  assert.equal(once.state, "in_review");
});

Deno.test("a reviewer who mends it is an author from then on", async () => {
  const { changes } = openChanges();
  const ref = refOf(await submitted(changes, "a"));
  await changes.edit(ref, { by: BOB, content: "b" });
  await changes.check(ref, ANN);
  const again = await changes.act(ref, { act: "submit", by: ANN });
  await assert.rejects(changes.act(ref, approval(BOB, again)), {
    message: /whoever wrote it/,
  });
});

Deno.test.each<{ readonly note: string; readonly found: Partial<Findings> }>([
  { note: "has a problem", found: { problems: ["case 1 fails"] } },
  {
    note: "failed",
    found: { items: [{ name: "meaning", passed: false, summary: "no" }] },
  },
  { note: "is missing", found: { items: [] } },
])("what $note is not reviewed", async ({ found }) => {
  const { changes } = openChanges(found);
  const ref = refOf(await changes.propose(null, proposalOf("a")));
  assert.equal((await changes.check(ref, ANN)).state, "draft");
  await assert.rejects(changes.act(ref, { act: "submit", by: ANN }), {
    message: /it is draft/,
  });
});

Deno.test.each([
  { note: "another subject", also: { subject: "policy" } },
  { note: "no title", also: { title: " " } },
  { note: "no reason", also: { reason: "" } },
  {
    note: "a canary for nobody",
    also: { rollout: { ...AT_ONCE, canaryHours: 1 } },
  },
])("a proposal with $note is refused", async ({ also }) => {
  const { changes } = openChanges();
  await assert.rejects(
    changes.propose(null, { ...proposalOf("a"), ...also }),
    { code: "request_invalid" },
  );
  assert.deepEqual(await changes.list(null), []);
});

Deno.test("what somebody may try follows from who they are", async () => {
  const { changes } = openChanges();
  const change = await submitted(changes, "a");
  const may = (by: Actor) => changes.permitted(change, by);
  assert.ok(may(BOB).includes("approve") && !may(BOB).includes("withdraw"));
  assert.ok(may(ANN).includes("withdraw") && !may(ANN).includes("approve"));
  assert.ok(!may(BOT).includes("reject") && !may(BOT).includes("lapse"));
});

Deno.test("a quorum of nobody is refused", () => {
  assert.throws(() =>
    createChanges({
      store: createMemoryStore(),
      adapters: [],
      clock: { now: () => "" },
      ids: { next: () => "" },
      quorum: { tightening: 0, equivalent: 1, relaxing: 2, mixed: 2 },
    }), RangeError);
});
