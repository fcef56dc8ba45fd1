/**
 * The life of models: a log that chains, roles that two persons move, and what was
 * tried and seen.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import { NO_EVIDENCE } from "../../core/domain/evidence.ts";
import type { Alias, ModelEvent } from "../../core/domain/model_event.ts";
import { findBreak } from "../../core/domain/model_log.ts";
import type { ModelRegistry, NewModel } from "../../core/ports/models.ts";
import type { Case } from "./cases.ts";

const ARTIFACT = new Uint8Array([7, 8, 9]);
const NAME = "bidder";
const REFUSED = { code: "approval_invalid" };

const MODEL: NewModel = {
  name: NAME,
  family: "bidder@1",
  use: { kind: "plan", currency: "EUR" },
  schema: { inputs: [], actions: [], crossed: false },
  unit: "probability",
  metrics: {},
  lineage: {
    asOf: "2026-03-01T00:00:00.000Z",
    code: "1",
    seed: 7,
    rows: 10,
    datasetHash: "d",
    views: [],
    spec: "{}",
  },
  artifactKind: "curves",
  artifactHash: sha256(ARTIFACT),
  createdBy: "ann",
  createdAt: "2026-03-01T00:00:00.000Z",
};

/** A registry of one tenant in which each act is a minute after the one before. */
export function openBidder(models: ModelRegistry, tenant: string) {
  let minute = 0;
  const now = () => new Date(Date.UTC(2026, 2, 1, 0, ++minute)).toISOString();
  const wish = (alias: Alias) => ({ name: NAME, alias, by: "ann", reason: "" });
  return {
    register: () =>
      models.register(tenant, { ...MODEL, createdAt: now() }, ARTIFACT),
    approve: (
      version: number,
      alias: Alias | null = "champion",
      reason = "",
    ) =>
      models.review(tenant, { name: NAME, version }, {
        ...{ by: "bob", at: now(), approve: true, alias, reason },
      }),
    propose: (version: number | null, alias: Alias = "champion") =>
      models.propose(tenant, { ...wish(alias), version, at: now() }),
    settle: (seq: number, by = "bob", approve = true) =>
      models.settle(tenant, { name: NAME, seq }, { by, at: now(), approve }),
    rollBack: (alias: Alias = "champion", from?: number) =>
      models.rollBack(tenant, { ...wish(alias), from, at: now() }),
    roles: (at = "9999-01-01T00:00:00.000Z") => models.roles(tenant, NAME, at),
    champions: async () => {
      const found = await models.champion(tenant, NAME);
      return [found?.champion.version, found?.previous?.version];
    },
    events: () => models.events(tenant, NAME),
  };
}

function told({ kind, version, alias, settles }: ModelEvent): string {
  const what = alias === null ? `${version}` : `${version} ${alias}`;
  return settles === null ? `${kind} ${what}` : `${kind} ${what} by ${settles}`;
}

/** Cases about the life of models. */
export const modelCases: readonly Case[] = [
  {
    name: "the log of a model has no gaps and chains, whoever writes at once",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      await Promise.all(Array.from({ length: 8 }, at.register));
      await Promise.allSettled([
        ...[1, 2, 3, 4].flatMap((one) => [
          at.approve(one, "champion", "any order"),
          at.approve(one, "champion", "any order"),
        ]),
        ...[1, 2, 3, 4].map((one) => at.propose(one, "shadow")),
      ]);
      const events = await at.events();
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, place) => place + 1),
      );
      assert.equal(findBreak(tenant, events), null);
      const approved = events.filter(({ kind }) => kind === "approved");
      assert.deepEqual(
        approved.map(({ version }) => version).sort(),
        [1, 2, 3, 4],
      );
      const ordered = events.map((event) => event.at);
      assert.deepEqual(ordered, ordered.toSorted());
      assert.deepEqual(await models.events(`${tenant}-other`, NAME), []);
    },
  },
  {
    name: "an approval lets a version decide, unless it says another role",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 4; version++) await at.register();
      await at.approve(1);
      await at.approve(2, null);
      await at.approve(3, "challenger");
      await at.approve(4, "shadow");
      assert.deepEqual(await at.roles(), {
        champion: 1,
        challenger: 3,
        shadow: 4,
      });
      assert.deepEqual(await at.champions(), [1, undefined]);
      const log = (await at.events()).slice(4).map(told);
      assert.deepEqual(log, [
        ...["approved 1", "assigned 1 champion", "approved 2"],
        ...["approved 3", "assigned 3 challenger"],
        ...["approved 4", "assigned 4 shadow"],
      ]);
    },
  },
  {
    name: "a role is moved by two persons, once, and only as it was proposed",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 3; version++) await at.register();
      await at.approve(1);
      await at.approve(2, "challenger");
      await assert.rejects(at.propose(3), /it is pending, not approved/);
      await assert.rejects(at.propose(9), { code: "not_found" });
      await assert.rejects(at.propose(1), /has that role already/);
      await assert.rejects(at.propose(1, "shadow"), /it decides/);
      await assert.rejects(at.propose(null, "shadow"), REFUSED);
      const first = await at.propose(2);
      const stale = await at.propose(2);
      await assert.rejects(at.settle(first.seq, "ann"), /whoever proposed it/);
      await assert.rejects(at.settle(1), { code: "not_found" });
      assert.deepEqual(await at.champions(), [1, undefined]);
      const [settled, other] = await Promise.allSettled([
        at.settle(first.seq, "bob"),
        at.settle(first.seq, "cid"),
      ]);
      assert.deepEqual([settled.status, other.status].sort(), [
        "fulfilled",
        "rejected",
      ]);
      assert.deepEqual(await at.champions(), [2, 1]);
      const roles = { champion: 2, challenger: null, shadow: null };
      assert.deepEqual(await at.roles(), roles);
      await assert.rejects(at.settle(stale.seq), /moved since/);
      const declined = await at.settle(stale.seq, "ann", false);
      assert.equal(told(declined), `declined 2 champion by ${stale.seq}`);
      await assert.rejects(at.settle(stale.seq), /settled already/);
      const none = await at.propose(null);
      await at.settle(none.seq);
      assert.equal(await models.champion(tenant, NAME), null);
      assert.deepEqual(
        await at.rollBack().then(told),
        "rolled_back 2 champion",
      );
    },
  },
  {
    name: "a rollback goes back one holder at a time, and the past stays told",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 3; version++) await at.register();
      await assert.rejects(at.rollBack(), REFUSED);
      await models.review(tenant, { name: NAME, version: 2 }, {
        ...{ by: "bob", at: MODEL.createdAt, approve: false },
      });
      await at.approve(1);
      await assert.rejects(at.rollBack(), /no version had that role before/);
      await at.approve(3);
      const again = await at.propose(1);
      await at.settle(again.seq);
      assert.deepEqual(await at.champions(), [1, 3]);
      await at.rollBack();
      assert.deepEqual(await at.champions(), [3, 1]);
      await at.rollBack();
      assert.deepEqual(await at.champions(), [1, undefined]);
      await assert.rejects(at.rollBack(), REFUSED);
      const moves = (await at.events()).filter(({ kind }) =>
        kind === "assigned" || kind === "rolled_back"
      );
      const served = await Promise.all(
        moves.map(async (move) => (await at.roles(move.at)).champion),
      );
      assert.deepEqual(served, [1, 3, 1, 3, 1]);
      const before = await at.roles("2026-01-01T00:00:00.000Z");
      assert.equal(before.champion, null);
    },
  },
  {
    name: "evidence of a version comes back, and nothing where there is none",
    run: async ({ models }, tenant) => {
      const evidence = {
        ...NO_EVIDENCE,
        intervals: { auc: [0.1, 0.3] as const },
      };
      await models.register(tenant, MODEL, ARTIFACT);
      await models.register(tenant, MODEL, ARTIFACT, evidence);
      const of = (version: number) =>
        models.evidence(tenant, { name: NAME, version });
      assert.deepEqual(await of(1), NO_EVIDENCE);
      assert.deepEqual(await of(2), evidence);
      await assert.rejects(of(3), { code: "not_found" });
    },
  },
  {
    name: "trials of a study come back in order, the first of a number stays",
    run: async ({ trials }, tenant) => {
      const trial = (number: number, loss: number | null) => ({
        ...{ number, loss, effort: 0.1 + 0.2 },
        params: { rounds: number },
      });
      await trials.add(tenant, "s", trial(2, null));
      await trials.add(tenant, "s", trial(1, 0.5));
      await trials.add(tenant, "s", trial(1, 0.7));
      await trials.add(tenant, "other", trial(3, 1));
      assert.deepEqual(await trials.list(tenant, "s"), [
        trial(1, 0.5),
        trial(2, null),
      ]);
      assert.deepEqual(await trials.list(`${tenant}-other`, "s"), []);
    },
  },
  {
    name: "what watching found is read latest first",
    run: async ({ watches }, tenant) => {
      const watch = (day: number, kind: string, worst: number) => ({
        ...{ name: NAME, version: 1, kind, findings: { worst } },
        at: `2026-03-0${day}T00:00:00.000Z`,
      });
      await watches.keep(tenant, watch(1, "drift", 1));
      await watches.keep(tenant, watch(2, "performance", 2));
      await watches.keep(tenant, watch(2, "drift", 3));
      await watches.keep(tenant, watch(2, "drift", 4));
      const asked = { kind: null, limit: 2 };
      assert.deepEqual(await watches.latest(tenant, NAME, asked), [
        watch(2, "drift", 4),
        watch(2, "performance", 2),
      ]);
      assert.deepEqual(
        await watches.latest(tenant, NAME, { kind: "drift", limit: 9 }),
        [watch(2, "drift", 4), watch(1, "drift", 1)],
      );
      assert.deepEqual(await watches.latest(`${tenant}-x`, NAME, asked), []);
    },
  },
];
