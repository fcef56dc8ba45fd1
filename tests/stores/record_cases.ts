/**
 * Models, plans, policies, keys and online features.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import type { FeatureVector } from "../../core/domain/feature.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { ApiKey } from "../../core/ports/access.ts";
import type { NewModel } from "../../core/ports/models.ts";
import type { Case } from "./cases.ts";

const ARTIFACT = new Uint8Array([0, 1, 2, 254, 255]);
const AT = "2026-03-01T00:00:00.000Z";

const MODEL: NewModel = {
  name: "email_visit",
  family: "logistic@1",
  use: {
    kind: "action",
    valueMicros: 9_007_199_254_740_993n,
    currency: "EUR",
    actions: ["mail", "none"],
    costMicros: { mail: 10_000n },
    control: "none",
  },
  schema: { inputs: [], actions: ["mail", "none"], crossed: true },
  unit: "probability",
  metrics: { log_loss: 0.1 + 0.2, tiny: 5e-324 },
  lineage: {
    asOf: AT,
    code: "1",
    seed: 7,
    rows: 10,
    datasetHash: "d",
    views: ["audience@1"],
    spec: "{}",
  },
  artifactKind: "onnx",
  artifactHash: sha256(ARTIFACT),
  createdBy: "ann",
  createdAt: AT,
};

/** A plan that nothing speaks against. */
export const PLAN: Plan = {
  id: "plan_1",
  state: "validated",
  createdBy: "ann",
  createdAt: AT,
  validity: { from: AT, until: "2026-03-08T00:00:00.000Z" },
  period: { from: "2026-03-01", until: "2026-03-08" },
  currency: "EUR",
  totalMicros: 9_007_199_254_740_993n,
  modelVersion: "media@1",
  policySet: "p",
  objective: {
    unit: "revenue_micros",
    outcome: 1.5,
    currentOutcome: 1.25,
    upperBound: 1.5000001,
    gap: 1e-7,
  },
  binding: [],
  recommendations: [{
    entity: "channel:search",
    parent: null,
    budgetMicros: 5n,
    currentMicros: 4n,
    expectedOutcome: 1.5,
    marginalOutcome: 0.1,
    boundsMicros: [0n, 9n],
    applied: [],
    warnings: [],
  }],
  changeSet: {
    id: "c",
    destination: "file",
    operations: [],
    inverse: [],
    rate: { batch: 1, pauseMs: 0 },
  },
  approvedBy: null,
  findings: [],
};

/** Cases about what is kept by name or id. */
export const recordCases: readonly Case[] = [
  {
    name: "a model comes back as registered, versions counting up",
    run: async ({ models }, tenant) => {
      const registered = await Promise.all(
        [1, 2, 3].map(() => models.register(tenant, MODEL, ARTIFACT)),
      );
      assert.deepEqual(
        registered.map(({ version }) => version).sort(),
        [1, 2, 3],
      );
      const ref = { name: MODEL.name, version: 2 };
      assert.deepEqual(await models.find(tenant, ref), {
        ...MODEL,
        version: 2,
        status: "pending",
        reviewedBy: null,
        reviewedAt: null,
      });
      assert.deepEqual(await models.artifact(tenant, ref), ARTIFACT);
      assert.equal((await models.list(tenant)).length, 3);
      assert.equal(await models.champion(tenant, MODEL.name), null);
      await assert.rejects(
        models.register(tenant, MODEL, new Uint8Array([9])),
        { code: "artifact_corrupt" },
      );
    },
  },
  {
    name: "a version is judged once, and not by whoever trained it",
    run: async ({ models }, tenant) => {
      for (let version = 1; version <= 3; version++) {
        await models.register(tenant, MODEL, ARTIFACT);
      }
      const review = (version: number, by: string, approve = true) =>
        models.review(tenant, { name: MODEL.name, version }, {
          by,
          approve,
          at: `2026-03-0${version}T00:00:00.000Z`,
        });
      const refused = { code: "approval_invalid" };
      await assert.rejects(review(1, "ann"), refused);
      await assert.rejects(review(9, "bob"), { code: "not_found" });
      assert.equal((await review(1, "bob")).status, "approved");
      assert.equal((await review(2, "bob", false)).status, "rejected");
      await assert.rejects(review(2, "bob"), refused);
      const lone = await models.champion(tenant, MODEL.name);
      assert.equal(lone?.champion.version, 1);
      assert.equal(lone?.previous, null);
      await review(3, "bob");
      const both = await models.champion(tenant, MODEL.name);
      assert.equal(both?.champion.version, 3);
      assert.equal(both?.previous?.version, 1);
      const other = `${tenant}-other`;
      assert.equal(await models.champion(other, MODEL.name), null);
      assert.deepEqual(await models.list(other), []);
    },
  },
  {
    name: "a plan comes back as made, and its key keeps the first",
    run: async ({ plans, idempotency }, tenant) => {
      const first = {
        route: "/optimization/plan",
        key: "k",
        requestHash: "h",
        status: 201,
        answer: "first",
      };
      assert.deepEqual(await plans.create(tenant, PLAN, first), {
        kind: "created",
      });
      const again = { ...PLAN, id: "plan_2" };
      assert.deepEqual(
        await plans.create(tenant, again, { ...first, answer: "second" }),
        { kind: "duplicate", first },
      );
      assert.deepEqual(await plans.find(tenant, PLAN.id), PLAN);
      assert.deepEqual(await plans.list(tenant, 10), [PLAN]);
      assert.equal(await plans.find(`${tenant}-other`, PLAN.id), null);
      assert.deepEqual(
        await idempotency.find(tenant, first.route, "k"),
        first,
      );
    },
  },
  {
    name: "a plan moves once from each state, and not by who asked for it",
    run: async ({ plans }, tenant) => {
      await plans.create(tenant, PLAN, null);
      const approve = (by: string) =>
        plans.move(tenant, PLAN.id, {
          from: "validated",
          to: "approved",
          by,
          at: AT,
        });
      await assert.rejects(approve("ann"), { code: "approval_invalid" });
      const moves = await Promise.all([approve("bob"), approve("cid")]);
      const [moved, ...others] = moves.filter((plan) => plan !== null);
      assert.equal(others.length, 0);
      assert.equal(moved?.state, "approved");
      assert.ok(["bob", "cid"].includes(moved?.approvedBy ?? ""));
      const step = { by: "bob", at: AT } as const;
      const apply = { ...step, from: "approved", to: "applying" } as const;
      assert.equal(
        await plans.move(`${tenant}-other`, PLAN.id, apply),
        null,
      );
      const applied = await plans.move(tenant, PLAN.id, apply);
      assert.equal(applied?.approvedBy, moved?.approvedBy);
      assert.equal(await plans.move(tenant, PLAN.id, apply), null);
    },
  },
  {
    name: "policies are found by hash, keys until revoked",
    run: async ({ policies, keys }, tenant) => {
      const hash = sha256(tenant);
      await policies.save(hash, tenant);
      await policies.save(hash, tenant);
      assert.equal(await policies.load(hash), tenant);
      assert.equal(await policies.load("unknown"), null);
      const key: ApiKey = {
        id: `key-${tenant}`,
        tenant,
        name: "shop",
        scopes: ["score", "read"],
        ...{ role: null, usedAt: null },
        purposes: ["optimization"],
        ...{ groups: ["privacy"], person: true },
        secretHash: hash,
        createdAt: AT,
        expiresAt: null,
        revokedAt: null,
      };
      await keys.save(key);
      assert.deepEqual(await keys.find(key.id), key);
      assert.deepEqual(await keys.list(tenant), [key]);
      assert.deepEqual(await keys.list(`${tenant}-other`), []);
      assert.equal(await keys.revoke(`${tenant}-other`, key.id, AT), false);
      assert.equal(await keys.revoke(tenant, key.id, AT), true);
      assert.equal(await keys.revoke(tenant, key.id, AT), false);
      assert.equal((await keys.find(key.id))?.revokedAt, AT);
    },
  },
  {
    name: "online features belong to their tenant and never grow older",
    run: async ({ online }, tenant) => {
      const vector: FeatureVector = {
        view: "audience",
        version: 1,
        entity: "subject:s-1",
        at: AT,
        values: [1, "Rural", null],
      };
      const older = { ...vector, at: "2026-02-01T00:00:00.000Z", values: [9] };
      await online.write(tenant, [vector]);
      await online.write(tenant, [older]);
      const key = { view: "audience", version: 1, entity: vector.entity };
      const unknown = { ...key, version: 2 };
      assert.deepEqual(await online.read(tenant, [unknown, key]), [
        null,
        vector,
      ]);
      assert.deepEqual(await online.read(`${tenant}-other`, [key]), [null]);
    },
  },
  {
    name: "every part says that it answers",
    run: async ({ health }) => {
      assert.deepEqual(await health(), {
        ...{ database: null, features: null, wall: null },
      });
    },
  },
];
