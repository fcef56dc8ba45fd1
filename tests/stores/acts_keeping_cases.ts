/**
 * How acts and checkpoints leave: acts up to where their log goes on, what is told of
 * changes never, and of old checkpoints all but the last of a day.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ActEvent, actEvent } from "../../core/domain/act.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import { startAuditWalk, UNRETIRED } from "../../core/domain/audit_log.ts";
import { verifyAudit } from "../../core/governance/verify_audit.ts";
import type { KeptCheckpoint } from "../../core/ports/log.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type { Case } from "./cases.ts";
import { changeOf, stepOf } from "./governance_cases.ts";

const AT = "2026-03-01T00:00:00.000Z";
const HOUR = 3_600_000;
const NO_ANCHORS = { decisions: 0, acts: 0 };

function actOf(number: number): ActEvent {
  const named = { by: "ann", human: true, key: null, reason: "" };
  const act = { act: "moe keys", about: "", ...named };
  return actEvent({ ...act, request: `req_${number}` }, AT, "done");
}

/** Acts, a change that ran, and acts: six records. */
async function fill({ governance }: Stores, tenant: string): Promise<void> {
  const content = sha256("content");
  await governance.keep(content, "content");
  await governance.record(tenant, [actOf(1), actOf(2)]);
  const pointer = { subject: "policies", seq: 1, change: "chg_1", trial: null };
  const change = changeOf(tenant, "chg_1");
  await governance.commit(tenant, stepOf(change, { ...pointer, content }));
  await governance.record(tenant, [actOf(4), actOf(5), actOf(6)]);
}

/** Says in the log that acts left, and what stayed of them. */
async function tell(
  { governance }: Stores,
  tenant: string,
  upTo: number,
): Promise<void> {
  const walk = startAuditWalk(await governance.anchor(tenant));
  (await governance.records(tenant, { after: 0, limit: upTo }))
    .filter(({ seq }) => seq <= upTo).forEach(walk.take);
  const { head: { hash: anchor }, leaving: count, stayed } = walk;
  await governance.record(tenant, [{
    ...{ v: 1, kind: "gap", tenant, id: `gap_${upTo}`, at: AT },
    ...{ reason: "retention", count, upTo, anchor, stayed },
  }]);
}

const places = async ({ governance }: Stores, tenant: string) =>
  (await governance.records(tenant, { after: 0, limit: 99 }))
    .map(({ seq }) => seq);

/** Every eight hours one, each of one more decision and of acts that stand still. */
function checkpointsFrom(fromMs: number, count: number): KeptCheckpoint[] {
  return Array.from({ length: count }, (_, place) => ({
    number: place + 1,
    at: new Date(fromMs + place * 8 * HOUR).toISOString(),
    note: `note ${place}`,
    sizes: { decisions: place + 1, acts: 3 },
  }));
}

async function keepAll(
  { checkpoints }: Stores,
  owner: string,
  all: readonly KeptCheckpoint[],
): Promise<void> {
  for (const one of all) assert.ok(await checkpoints.keep(owner, one));
}

/** The naive oracle: one after the other, whether it stays. */
function staying(
  all: readonly KeptCheckpoint[],
  before: string,
  anchors: { readonly decisions: number; readonly acts: number },
): number[] {
  const signing = (["decisions", "acts"] as const).map((part) =>
    all.findLast(({ sizes }) => sizes[part] === anchors[part])?.number
  );
  return all.filter(({ number, at }) => {
    const later = all.some((one) =>
      one.number > number && one.at.slice(0, 10) === at.slice(0, 10)
    );
    return at >= before || !later || signing.includes(number);
  }).map(({ number }) => number);
}

/** Cases about how acts and checkpoints leave. */
export const actsKeepingCases: readonly Case[] = [
  {
    name:
      "acts leave page by page, what is told of changes stays, and all holds",
    run: async (stores, tenant) => {
      const { governance, retention } = stores;
      await fill(stores, tenant);
      assert.deepEqual(await governance.anchor(tenant), UNRETIRED);
      await tell(stores, tenant, 5);
      assert.equal((await governance.anchor(tenant)).seq, 5);
      assert.deepEqual(await verifyAudit(governance, tenant), []);
      assert.equal(await retention.retireActs(tenant, 5, 3), 3);
      assert.deepEqual(await places(stores, tenant), [3, 5, 6, 7]);
      assert.deepEqual(await verifyAudit(governance, tenant), []);
      assert.equal(await retention.retireActs(tenant, 5, 3), 1);
      assert.equal(await retention.retireActs(tenant, 5, 3), 0);
      assert.deepEqual(await places(stores, tenant), [3, 6, 7]);
      assert.deepEqual(await verifyAudit(governance, tenant), []);
      await tell(stores, tenant, 7);
      await retention.retireActs(tenant, 7, 99);
      assert.deepEqual(await places(stores, tenant), [3, 8]);
      assert.equal((await governance.anchor(tenant)).seq, 7);
      assert.deepEqual(await verifyAudit(governance, tenant), []);
      await governance.record(tenant, [actOf(9)]);
      assert.deepEqual(await verifyAudit(governance, tenant), []);
      assert.deepEqual(await places(stores, `${tenant}-x`), []);
    },
  },
  {
    name: "a change that is taken away from before the anchor is missed",
    run: async (stores, tenant) => {
      const { governance, retention } = stores;
      await fill(stores, tenant);
      await governance.record(tenant, [{
        ...{ v: 1, kind: "gap", tenant, id: "gap_1", at: AT },
        ...{ reason: "retention", count: 5, upTo: 5 },
        anchor:
          (await governance.records(tenant, { after: 4, limit: 1 }))[0]?.hash ??
            "",
        stayed: UNRETIRED.stayed,
      }]);
      await retention.retireActs(tenant, 5, 99);
      const damages = await verifyAudit(governance, tenant);
      assert.deepEqual(damages, [{ seq: 5, kind: "changed", about: null }]);
    },
  },
  {
    name:
      "of old checkpoints the last of each day stays, and what anchors need",
    run: async (stores, tenant) => {
      const { checkpoints, retention } = stores;
      const all = checkpointsFrom(Date.parse(AT), 30);
      await keepAll(stores, tenant, all);
      await keepAll(stores, `${tenant}-x`, all);
      const before = "2026-03-07T12:00:00.000Z";
      const asked = { before, anchors: { decisions: 8, acts: 0 } };
      const want = staying(all, before, asked.anchors);
      const left = all.length - want.length;
      assert.ok(left > 10 && want.includes(8) && want.includes(30));
      assert.equal(await retention.countThinned(tenant, asked), left);
      assert.equal(await retention.thinCheckpoints(tenant, asked, 4), 4);
      const rest = await retention.thinCheckpoints(tenant, asked, 99);
      assert.equal(rest, left - 4);
      assert.equal(await retention.thinCheckpoints(tenant, asked, 99), 0);
      const kept = await checkpoints.list(tenant, 0, 99);
      assert.deepEqual(kept.map(({ number }) => number), want);
      assert.equal((await checkpoints.list(`${tenant}-x`, 0, 99)).length, 30);
    },
  },
  {
    name:
      "the newest checkpoint stays however old it is, and none where all is new",
    run: async (stores, tenant) => {
      const { checkpoints, retention } = stores;
      const all = checkpointsFrom(Date.parse(AT), 3);
      await keepAll(stores, tenant, all);
      const anchors = NO_ANCHORS;
      const early = { before: AT, anchors };
      assert.equal(await retention.thinCheckpoints(tenant, early, 99), 0);
      const late = { before: "2030-01-01T00:00:00.000Z", anchors };
      assert.equal(await retention.thinCheckpoints(tenant, late, 99), 2);
      const [kept, ...others] = await checkpoints.list(tenant, 0, 99);
      assert.deepEqual([kept?.number, others.length], [3, 0]);
    },
  },
];
