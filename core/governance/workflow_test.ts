/**
 * The workflow asked about changes that it would not have led to itself: each step into
 * force looks at everything anew, whatever state it finds.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type ActivePointer,
  type Actor,
  AT_ONCE,
  type Change,
  ENGINE,
} from "../domain/change.ts";
import type { ChangeAct } from "../domain/change_event.ts";
import { QUORUM_SIZES, signatureOf } from "./approval.ts";
import { makeEvidence } from "./evidence.ts";
import type { ChangeContext } from "./step.ts";
import { advance } from "./workflow.ts";

const AT = "2026-03-01T00:00:00.000Z";
const ANN: Actor = { name: "ann", human: true, groups: [] };
const BOB: Actor = { name: "bob", human: true, groups: [] };

const EVIDENCE = makeEvidence({
  ...{ class: "tightening", proven: true, owners: [], guardians: [] },
  ...{ items: [], problems: [] },
}, { content: "new", base: "old" });

const SIGNS = {
  content: "new",
  base: "old",
  evidence: EVIDENCE.hash,
  cycle: 1,
};

const APPROVED: Change = {
  ...{ id: "chg_1", tenant: null, kind: "policies", subject: "policies" },
  ...{ title: "A change", reason: "better", state: "approved", since: AT },
  ...{ version: 5, cycle: 1, content: "new", base: "old", evidence: EVIDENCE },
  quorum: { approvals: 1, groups: [] },
  contributors: ["ann"],
  approvals: [{ ...SIGNS, by: "bob", groups: [], at: AT, reason: "" }],
  rollout: AT_ONCE,
  ...{ createdBy: "ann", createdAt: AT },
};

const ACTIVE: ActivePointer = {
  ...{ subject: "policies", seq: 3, content: "old", change: "chg_0" },
  trial: null,
};

const CONTEXT: ChangeContext = {
  ...{ at: AT, active: ACTIVE, reviewOpen: false, formerly: ["old"] },
  ...{ requires: [], quorum: QUORUM_SIZES },
};

const SWITCH: Change = {
  ...APPROVED,
  ...{ kind: "switch", subject: "switch:s", state: "checked", approvals: [] },
};

Deno.test("what is as it should be goes into force", () => {
  const answer = advance(APPROVED, { act: "activate", by: ANN }, CONTEXT);
  assert.ok(!("refused" in answer));
  assert.equal(answer.change.state, "active");
  assert.deepEqual(answer.pointer, {
    ...{ ...ACTIVE, seq: 4 },
    ...{ content: "new", change: "chg_1" },
  });
});

/** Changes and acts of which one thing is wrong, and why they are refused. */
const WRONG: readonly {
  readonly note: string;
  readonly change: Change;
  readonly act: ChangeAct;
  readonly context?: Partial<ChangeContext>;
  readonly want: RegExp;
}[] = [
  {
    note: "approved without an approval",
    change: { ...APPROVED, approvals: [] },
    act: { act: "activate", by: ANN },
    want: /needs 1 more approval/,
  },
  ...(["content", "base", "evidence", "cycle"] as const).map((name) => ({
    note: `approved for another ${name}`,
    change: {
      ...APPROVED,
      approvals: APPROVED.approvals.map((one) => ({
        ...one,
        [name]: name === "cycle" ? 0 : "other",
      })),
    },
    act: { act: "activate", by: ANN } as const,
    want: /needs 1 more approval/,
  })),
  {
    note: "approved by somebody who wrote it later",
    change: { ...APPROVED, contributors: ["ann", "bob"] },
    act: { act: "activate", by: ANN },
    want: /needs 1 more approval/,
  },
  {
    note: "approved without evidence",
    change: { ...APPROVED, evidence: null },
    act: { act: "activate", by: ANN },
    want: /it was not checked/,
  },
  {
    note: "with evidence of another content",
    change: {
      ...APPROVED,
      evidence: makeEvidence(EVIDENCE, { content: "other", base: "old" }),
    },
    act: { act: "activate", by: ANN },
    want: /evidence is of another content or base/,
  },
  {
    note: "with evidence that was changed",
    change: { ...APPROVED, evidence: { ...EVIDENCE, class: "equivalent" } },
    act: { act: "activate", by: ANN },
    want: /evidence does not have its hash/,
  },
  {
    note: "approved with a signature of other evidence",
    change: { ...APPROVED, state: "in_review", approvals: [] },
    act: { act: "approve", by: BOB, signs: { ...SIGNS, evidence: "other" } },
    want: /not what the reviewer saw/,
  },
  {
    note: "expired by somebody who calls himself the engine",
    change: APPROVED,
    act: { act: "expire", by: { ...ENGINE } },
    want: /only the engine does that/,
  },
  {
    note: "adopted over something",
    change: { ...APPROVED, state: "checked" },
    act: { act: "adopt", by: ANN, reason: "r" },
    want: /something is active already/,
  },
  {
    note: "adopted for a tenant",
    change: { ...APPROVED, state: "checked", tenant: "acme" },
    act: { act: "adopt", by: ANN, reason: "r" },
    context: { active: { ...ACTIVE, seq: 0 } },
    want: /only the deployment's policies/,
  },
  {
    note: "a switch adopted",
    change: SWITCH,
    act: { act: "adopt", by: ANN, reason: "r" },
    context: { active: { ...ACTIVE, seq: 0 } },
    want: /only the deployment's policies/,
  },
  {
    note: "a switch turned on over another base",
    change: SWITCH,
    act: { act: "engage", by: ANN, reason: "r", confirmBy: AT },
    context: { active: { ...ACTIVE, content: "newer" } },
    want: /its base is not active any more/,
  },
  {
    note: "a switch confirmed by who turned it on",
    change: {
      ...{ ...SWITCH, state: "active" },
      confirmation: {
        ...{ turnedOnBy: "ann", dueAt: AT, confirmedBy: null, lapsed: false },
      },
    },
    act: { act: "confirm", by: ANN },
    want: /whoever turned it on may not confirm it/,
  },
  {
    note: "submitted over another base",
    change: { ...APPROVED, state: "checked" },
    act: { act: "submit", by: ANN },
    context: { active: { ...ACTIVE, content: "newer" } },
    want: /its base is not active any more/,
  },
  {
    note: "rebased onto its own base",
    change: APPROVED,
    act: { act: "rebase", by: ANN },
    want: /its base is what is active already/,
  },
  {
    note: "a switch rolled back",
    change: { ...SWITCH, state: "draft" },
    act: { act: "restore", by: ANN, reason: "r", problems: [] },
    want: /released by a reviewed change/,
  },
];

Deno.test.each([...WRONG])("refused: $note", (row) => {
  const context = { ...CONTEXT, ...row.context };
  const answer = advance(row.change, row.act, context);
  assert.match("refused" in answer ? answer.refused : "", row.want);
});

Deno.test.each([
  {
    note: "expired, if its time ran out",
    change: { ...APPROVED, rollout: { ...AT_ONCE, expiresAt: AT } },
    active: ACTIVE,
    want: "expired",
  },
  {
    note: "suspended, if something else is active",
    change: APPROVED,
    active: { ...ACTIVE, content: "newer" },
    want: "suspended",
  },
])("a change to be activated is $note", ({ change, active, want }) => {
  const act = { act: "activate" as const, by: ANN };
  const answer = advance(change, act, { ...CONTEXT, active });
  assert.ok(!("refused" in answer));
  assert.equal(answer.change.state, want);
  assert.equal(answer.pointer, null);
});

Deno.test("a clock that is behind does not turn a history around", () => {
  const at = "2026-02-01T00:00:00.000Z";
  const act = { act: "activate" as const, by: ANN };
  const answer = advance(APPROVED, act, { ...CONTEXT, at });
  assert.ok(!("refused" in answer));
  assert.equal(answer.event.at, AT);
});

Deno.test("a signature is of what is there", () => {
  assert.deepEqual(signatureOf(APPROVED), SIGNS);
  assert.equal(signatureOf({ ...APPROVED, evidence: null }), null);
});
