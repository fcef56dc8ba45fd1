/**
 * Changes, what is active and the audit log: kept together or not at all, whoever comes
 * between.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findAuditDamage } from "../../core/domain/audit_log.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import {
  type ActivePointer,
  AT_ONCE,
  type Change,
} from "../../core/domain/change.ts";
import type { ChangeEvent } from "../../core/domain/change_event.ts";
import type { ChangeFilter, ChangeStep } from "../../core/ports/governance.ts";
import type { Case } from "./cases.ts";

const AT = "2026-03-01T00:00:00.000Z";
const SUBJECT = "policies";
const CONTENT = sha256("content");

/** A draft of a tenant. */
export function changeOf(
  tenant: string | null,
  id: string,
  also: Partial<Change> = {},
): Change {
  return {
    ...{ id, tenant, kind: "policies", subject: SUBJECT, title: "A change" },
    ...{ reason: "better", state: "draft", since: AT, version: 1, cycle: 0 },
    ...{ content: CONTENT, base: null, evidence: null, quorum: null },
    ...{ contributors: ["ann"], approvals: [], rollout: AT_ONCE },
    ...{ createdBy: "ann", createdAt: AT },
    ...also,
  };
}

/** What was written down of a change as it stands. */
export function eventOf(
  change: Change,
  also: Partial<ChangeEvent> = {},
): ChangeEvent {
  const { id, kind, subject, version, state, cycle, content, base } = change;
  return {
    ...{ change: id, kind, subject, version, cycle, content, base },
    ...{ act: "edit", from: null, to: state, by: "ann", human: true },
    ...{ groups: [], at: AT, reason: "", evidence: null, class: null },
    ...{ quorum: null, moved: null, findings: null },
    ...also,
  };
}

/** A step that keeps one change, and moves the pointer if asked. */
export function stepOf(
  change: Change,
  pointer: ActivePointer | null = null,
): ChangeStep {
  const expected = change.version === 1 ? null : change.version - 1;
  const moved = pointer && {
    ...{ seq: pointer.seq, before: null, after: pointer.content, trial: null },
  };
  return {
    changes: [{ change, expected }],
    pointer,
    events: [eventOf(change, { moved })],
  };
}

function pointerOf(seq: number, change: string): ActivePointer {
  return { subject: SUBJECT, seq, content: CONTENT, change, trial: null };
}

/** Cases about changes. */
export const governanceCases: readonly Case[] = [
  {
    name: "a change, what is active and the log are kept together",
    run: async ({ governance }, tenant) => {
      const change = changeOf(tenant, "chg_1", {
        afterReview: { openedBy: "ann", closedBy: null },
        title: 'quotes " and \u0000 and 😀',
      });
      const trial = {
        ...{ change: "chg_1", cycle: 1, content: CONTENT },
        ...{ stage: "canary" as const, permille: 50 },
      };
      const pointer = { ...pointerOf(1, "chg_1"), trial };
      assert.equal((await governance.active(tenant, SUBJECT)).seq, 0);
      assert.deepEqual(await governance.head(tenant), {
        seq: 0,
        hash: "0".repeat(64),
      });
      assert.ok(await governance.commit(tenant, stepOf(change, pointer)));
      assert.deepEqual(await governance.find(tenant, "chg_1"), change);
      assert.deepEqual(await governance.active(tenant, SUBJECT), pointer);
      const second = pointerOf(2, "chg_1");
      const later = { ...change, version: 2 };
      assert.ok(await governance.commit(tenant, stepOf(later, second)));
      assert.deepEqual(await governance.pointers(tenant), [second]);
      assert.deepEqual(await governance.moves(tenant, SUBJECT), [
        ...[pointer, second],
      ]);
      const everywhere = await governance.everyPointer();
      assert.deepEqual(
        everywhere.filter(({ scope }) => scope === tenant),
        [{ scope: tenant, pointer: second }],
      );
      const all = { after: 0, limit: 10 };
      const records = await governance.records(tenant, all);
      assert.deepEqual(findAuditDamage(records), []);
      assert.deepEqual(
        records.map(({ record }) => JSON.parse(record).version),
        [1, 2],
      );
      const { seq, hash } = await governance.head(tenant);
      assert.deepEqual([seq, hash], [2, records[1]?.hash]);
      assert.deepEqual(
        await governance.records(tenant, { after: 1, limit: 1 }),
        records.slice(1),
      );
      assert.deepEqual(
        await governance.records(tenant, { ...all, change: "chg_2" }),
        [],
      );
      assert.equal(await governance.find(`${tenant}-x`, "chg_1"), null);
      assert.deepEqual(await governance.pointers(`${tenant}-x`), []);
    },
  },
  {
    name: "what runs everywhere is the last move of each subject of each scope",
    run: async ({ governance }, tenant) => {
      const scopes = [null, `${tenant}-a`, `${tenant}-b`];
      const subjects = [SUBJECT, `switch:${tenant}`, `model:${tenant}/a`];
      for (const [at, scope] of scopes.entries()) {
        const { seq } = await governance.active(scope, SUBJECT);
        for (const [turn, subject] of subjects.slice(at).entries()) {
          const from = subject === SUBJECT ? seq : 0;
          for (const move of Array.from({ length: turn + 2 }).keys()) {
            const change = changeOf(scope, `chg_${tenant}_${turn}_${move}`);
            const pointer = {
              ...pointerOf(from + move + 1, change.id),
              subject,
            };
            assert.ok(await governance.commit(scope, stepOf(change, pointer)));
          }
        }
      }
      const everywhere = await governance.everyPointer();
      for (const scope of scopes) {
        const here = everywhere.filter((one) => one.scope === scope);
        const told = here.map(({ pointer }) => pointer);
        assert.deepEqual(told, await governance.pointers(scope));
      }
    },
  },
  {
    name: "changes are listed page by page, latest first",
    run: async ({ governance }, tenant) => {
      for (const id of ["chg_2", "chg_1", "chg_3"]) {
        await governance.commit(tenant, stepOf(changeOf(tenant, id)));
      }
      const ids = async (filter: ChangeFilter) =>
        (await governance.list(tenant, filter)).map(({ id }) => id);
      assert.deepEqual(await ids({ limit: 2 }), ["chg_3", "chg_2"]);
      assert.deepEqual(await ids({ before: "chg_2" }), ["chg_1"]);
      assert.deepEqual(await ids({ before: "chg_1", limit: 2 }), []);
      assert.deepEqual(await ids({ kind: "switch" }), []);
      assert.equal((await ids({ kind: "policies" })).length, 3);
    },
  },
  {
    name:
      "what a trial was seen to do adds up, and begins anew with each round",
    run: async ({ rollouts }, scope) => {
      const stage = { scope, change: "chg_1", stage: "canary" } as const;
      const counts = { decisions: 3, flips: 2, tighter: 1, looser: 1 };
      const first = { ...stage, cycle: 1 };
      await rollouts.add(first, counts);
      await rollouts.add(first, { ...counts, decisions: 4 });
      const seen = { decisions: 7, flips: 4, tighter: 2, looser: 2 };
      assert.deepEqual(await rollouts.seen(first), seen);
      const { decisions } = await rollouts.seen({ ...stage, cycle: 2 });
      assert.equal(decisions, 0);
    },
  },
  {
    name: "a step that does not begin where things are keeps nothing",
    run: async ({ governance }, tenant) => {
      const change = changeOf(tenant, "chg_1");
      assert.ok(await governance.commit(tenant, stepOf(change)));
      const moved = { ...change, version: 2, state: "checked" as const };
      const stale = { ...change, version: 4 };
      const other = changeOf(tenant, "chg_2");
      for (
        const step of [
          stepOf(change),
          stepOf(stale),
          stepOf(moved, pointerOf(2, "chg_1")),
          {
            ...stepOf(moved),
            changes: [
              { change: other, expected: null },
              { change: stale, expected: 3 },
            ],
          },
        ]
      ) {
        assert.equal(await governance.commit(tenant, step), false);
      }
      assert.deepEqual(await governance.list(tenant, {}), [change]);
      assert.equal((await governance.active(tenant, SUBJECT)).seq, 0);
      assert.equal((await governance.head(tenant)).seq, 1);
    },
  },
  {
    name: "of many that move a pointer at once, one does",
    run: async ({ governance }, tenant) => {
      const steps = Array.from({ length: 12 }, (_, at) => {
        const change = changeOf(tenant, `chg_${at}`);
        return stepOf(change, pointerOf(1, change.id));
      });
      const kept = await Promise.all(
        steps.map((step) => governance.commit(tenant, step)),
      );
      assert.equal(kept.filter((one) => one).length, 1);
      const winner = `chg_${kept.indexOf(true)}`;
      assert.equal((await governance.active(tenant, SUBJECT)).change, winner);
      assert.equal((await governance.list(tenant, {})).length, 1);
      assert.equal((await governance.head(tenant)).seq, 1);
    },
  },
  {
    name: "many that write to one log make one chain",
    run: async ({ governance }, tenant) => {
      const ids = Array.from({ length: 20 }, (_, at) => `chg_${at}`);
      await Promise.all(
        ids.map((id) =>
          governance.commit(tenant, stepOf(changeOf(tenant, id)))
        ),
      );
      const records = await governance.records(tenant, { after: 0, limit: 99 });
      assert.equal(records.length, ids.length);
      assert.deepEqual(findAuditDamage(records), []);
    },
  },
  {
    name: "changes are found by state, subject and open review, latest first",
    run: async ({ governance }, tenant) => {
      const made = [
        changeOf(tenant, "chg_1"),
        changeOf(tenant, "chg_2", {
          ...{ kind: "switch", subject: "switch:s", state: "active" },
        }),
        changeOf(tenant, "chg_3", {
          state: "active",
          afterReview: { openedBy: "ann", closedBy: null },
        }),
        changeOf(tenant, "chg_4", {
          state: "active",
          afterReview: { openedBy: "ann", closedBy: "bob" },
        }),
      ];
      for (const change of made) {
        await governance.commit(tenant, stepOf(change));
      }
      const ids = async (filter: Parameters<typeof governance.list>[1]) =>
        (await governance.list(tenant, filter)).map(({ id }) => id);
      assert.deepEqual(await ids({}), ["chg_4", "chg_3", "chg_2", "chg_1"]);
      assert.deepEqual(await ids({ states: ["draft"] }), ["chg_1"]);
      assert.deepEqual(await ids({ subject: "switch:s" }), ["chg_2"]);
      assert.deepEqual(await ids({ reviewOpen: true }), ["chg_3"]);
      assert.deepEqual(await ids({ states: [] }), []);
    },
  },
  {
    name: "what belongs to the deployment belongs to no tenant",
    run: async ({ governance }, tenant) => {
      const id = `chg_${tenant}`;
      const { seq } = await governance.head(null);
      const change = changeOf(null, id);
      assert.ok(await governance.commit(null, stepOf(change)));
      assert.deepEqual(await governance.find(null, id), change);
      assert.equal(await governance.find(tenant, id), null);
      assert.equal((await governance.head(null)).seq, seq + 1);
      assert.ok((await governance.scopes()).includes(null));
      assert.ok(!(await governance.scopes()).includes(tenant));
    },
  },
];
