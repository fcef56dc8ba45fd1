/**
 * Features over real stores: what is served is compared with the signals, what is not
 * as expected stays offline, and a model that reads either is kept from serving.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Instant } from "../../core/domain/day.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import {
  healthOf,
  openTrustedFeatures,
} from "../../core/features/trusted_features.ts";
import type { NewModel } from "../../core/ports/models.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";
import { withStores } from "./embedded_stores.ts";

const NOON = "2026-03-01T12:00:00.000Z";
const LATER = "2026-03-01T13:00:00.000Z";
const SAID = { about: "What was ordered", unit: "count" };
const VIEW: FeatureView = {
  ...eventView(
    feature("orders_count_7d", { how: "count" }, {
      ...SAID,
      window: "7d",
      expect: { max: 5 },
    }),
    feature("value_micros", { how: "sum", of: "value_micros" }, SAID),
    feature("recent", { how: "decay", of: "count", halfLife: "1d" }, SAID),
  ),
  name: "orders",
  about: "Orders",
  purposes: ["optimization"],
  ttlSeconds: 900,
};

async function order(
  { signals }: Stores,
  tenant: string,
  { subject, moments }: {
    readonly subject: string;
    readonly moments: readonly Instant[];
  },
): Promise<void> {
  await signals.write(batch(tenant, {
    observedAt: moments.at(-1) ?? NOON,
    events: moments.map((at, place) =>
      subjectEvent(`${subject}-${at}-${place}`, at, {
        entities: { subject },
        valueMicros: 7n,
        currency: "EUR",
      })
    ),
  }));
}

/** Features over stores whose clock can be set. */
function open(stores: Stores, tenant: string) {
  const clock = { at: NOON, now: (): Instant => clock.at };
  const opened = openTrustedFeatures(stores, clock);
  const { features } = opened;
  return {
    ...opened,
    clock,
    materialize: (at: Instant) => {
      clock.at = at;
      return features.materialize(tenant, { at, report: () => {} });
    },
    read: async (subject: string) => {
      const id = "orders.orders_count_7d";
      const query = { ids: [id], entities: { subject }, at: clock.at };
      const { [id]: reading } = await features.read(tenant, query);
      return [reading?.value, reading?.status];
    },
  };
}

async function register(stores: Stores, tenant: string): Promise<void> {
  const artifact = new Uint8Array([1]);
  const model = {
    name: "bidder",
    family: "test@1",
    use: { kind: "plan", currency: "EUR" },
    schema: { inputs: [], actions: [], crossed: false },
    unit: "probability",
    metrics: {},
    lineage: {
      asOf: NOON,
      code: "test",
      seed: 1,
      rows: 1,
      datasetHash: "",
      views: ["orders@1"],
      spec: "{}",
    },
    artifactKind: "curves",
    artifactHash: sha256(artifact),
    createdBy: "ann",
    createdAt: NOON,
  } satisfies NewModel;
  await stores.models.register(tenant, model, artifact);
}

const APPROVAL = { by: "bob", at: LATER, approve: true };
const REF = { name: "bidder", version: 1 };

async function comparesServed(stores: Stores, tenant: string) {
  const { features, trust, models, clock, materialize, read } = open(
    stores,
    tenant,
  );
  await features.declare(tenant, VIEW);
  await order(stores, tenant, {
    subject: "s-1",
    moments: [
      "2026-02-20T00:00:00.000Z",
      "2026-02-28T00:00:00.000Z",
    ],
  });
  await order(stores, tenant, {
    subject: "s-2",
    moments: ["2026-02-28T06:00:00.000Z"],
  });
  await materialize(NOON);
  await materialize(LATER);
  await register(stores, tenant);
  assert.deepEqual(await read("s-1"), [1, "fresh"]);
  await read("s-2");
  assert.deepEqual(await read("nobody"), [null, "missing"]);
  assert.deepEqual(await trust.checkServed(), []);
  const report = async () => {
    const [one] = await trust.consistency(tenant);
    return [one?.name, one?.checked, one?.mismatched];
  };
  assert.deepEqual(await report(), ["orders", 3, 0]);

  clock.at = "2026-03-01T13:00:01.000Z";
  const entity = "subject:s-1";
  await stores.online.write(tenant, [{
    ...{ view: "orders", version: 1, entity, at: clock.at },
    values: [1, 15, 0.5],
  }]);
  const tampered = open(stores, tenant);
  tampered.clock.at = clock.at;
  await tampered.read("s-1");
  assert.deepEqual(await tampered.trust.checkServed(), []);
  tampered.clock.at = "2026-03-01T13:00:11.000Z";
  const [mismatch] = await tampered.trust.checkServed();
  assert.deepEqual(mismatch?.features, ["value_micros", "recent"]);
  assert.equal(mismatch?.view, "orders@1");
  assert.deepEqual(await report(), ["orders", 4, 1]);
  await assert.rejects(models.review(tenant, REF, APPROVAL), {
    code: "features_inconsistent",
  });
  assert.equal((await models.find(tenant, REF))?.status, "pending");

  const day = LATER.slice(0, 10);
  const since = { name: "orders", version: 1, day };
  await stores.checks.add(tenant, [
    { ...since, checked: 1000, mismatched: 0 },
  ]);
  const approved = await models.review(tenant, REF, APPROVAL);
  assert.equal(approved.status, "approved");
}

async function holdsBack(stores: Stores, tenant: string) {
  const opened = open(stores, tenant);
  const { features, trust, materialize, read } = opened;
  await features.declare(tenant, VIEW);
  await order(stores, tenant, {
    subject: "s-1",
    moments: ["2026-02-28T00:00:00.000Z"],
  });
  await materialize(NOON);
  assert.deepEqual(await read("s-1"), [1, "fresh"]);
  assert.deepEqual(trust.heldBack(), []);

  const many = Array.from(
    { length: 6 },
    (_, place) => `2026-03-01T12:0${place}:00.000Z`,
  );
  await order(stores, tenant, { subject: "s-1", moments: many });
  await materialize(LATER);
  assert.deepEqual(await read("s-1"), [1, "stale"]);
  const health = await healthOf(stores, opened, { "plugin:x": "left out" });
  assert.deepEqual(health, {
    database: null,
    features: null,
    wall: null,
    "plugin:x": "left out",
    "features:orders@1":
      "orders@1.orders_count_7d: its greatest value is 7, and 5 is expected",
  });
  const view = (await features.views(tenant)).find(({ name }) =>
    name === "orders"
  );
  const { problems } = await trust.checkView(tenant, view ?? assert.fail());
  assert.deepEqual(problems.map(({ what }) => what), ["max"]);

  const week = "2026-03-08T12:04:30.000Z";
  await materialize(week);
  assert.deepEqual(await read("s-1"), [1, "fresh"]);
  assert.deepEqual(trust.heldBack(), []);
}

async function findsSilence(stores: Stores, tenant: string) {
  const { trust, clock } = open(stores, tenant);
  const days = Array.from(
    { length: 20 },
    (_, place) => `2026-02-${String(place + 1).padStart(2, "0")}`,
  );
  for (const day of days) {
    await order(stores, tenant, {
      subject: "s-1",
      moments: [`${day}T10:00:00.000Z`],
    });
  }
  clock.at = "2026-02-23T06:00:00.000Z";
  assert.deepEqual(await trust.checkSources(tenant), []);
  clock.at = "2026-02-24T06:00:00.000Z";
  const [found] = await trust.checkSources(tenant);
  assert.deepEqual(
    [found?.source, found?.what, found?.name, found?.since],
    ["ads", "silent", null, "2026-02-21"],
  );
  trust.found([{ tenant: tenant, ...found ?? assert.fail() }]);
  assert.deepEqual(trust.findings().map(({ source }) => source), ["ads"]);
}

Deno.test("features over real stores can be trusted", (t) =>
  withStores(NOON, async (stores) => {
    await t.step(
      "what is served is compared; a wrong vector keeps a model from serving",
      () => comparesServed(stores, "compared"),
    );
    await t.step(
      "a view that breaks its expectations is not put online: what is there ages",
      () => holdsBack(stores, "held"),
    );
    await t.step(
      "a source that fell silent is found in what it brought",
      () => findsSilence(stores, "silent"),
    );
  }));
