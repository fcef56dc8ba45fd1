/**
 * One plan over three platforms, by the engine as an operator configures it: the
 * simulated Google Ads and Meta behind loopback, and a file for what neither reports.
 * It is applied, moved by somebody else, and rolled back, platform by platform.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { Plan } from "../../core/domain/plan.ts";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { plantCurves } from "./planted_curves.ts";
import { ROOT } from "../architecture/paths.ts";
import { listen } from "../sync/loopback_vendors.ts";
import { createGoogleAdsVendor } from "../vendors/google_ads.ts";
import { createMetaAdsVendor } from "../vendors/meta_ads.ts";

const TENANT = "acme";
const RADIO: EntityKey = "campaign:radio";
const DAYS = 7;
/** Meta's two campaigns with a budget by the day. */
const META_BUDGETS = 2;

async function startAds() {
  const at = new Date().toISOString();
  const clock: Clock = { now: () => at };
  const google = createGoogleAdsVendor({ clock });
  const meta = createMetaAdsVendor({ clock, firstId: 120_000_000_000_000n });
  let closed = false;
  const refusal = { error: { code: 200, type: "OAuthException", message: "" } };
  const [one, other] = await Promise.all([
    listen((request) => google.answer(request).catch(() => null)),
    listen((request) =>
      closed
        ? Promise.resolve(Response.json(refusal, { status: 403 }))
        : meta.answer(request)
    ),
  ]);
  const campaigns = [
    ...google.truth.campaigns,
    ...meta.truth.campaigns.slice(0, META_BUDGETS),
  ];
  return {
    ...{ google, meta },
    closeMeta: (now: boolean) => void (closed = now),
    origins: { google: one.origin, meta: other.origin },
    entities: campaigns.map(({ id }): EntityKey => `campaign:${id}`),
    stop: async () => {
      await Promise.all([one.stop(), other.stop()]);
    },
  };
}

type Ads = Awaited<ReturnType<typeof startAds>>;

async function open(folder: string, ads: Ads): Promise<Opened> {
  const { google, meta, origins } = ads;
  const own = { tenant: TENANT, initialDays: 3 };
  const sources = [{
    ...{ ...own, source: "google", connector: "google_ads" },
    config: google.config,
    via: {
      "googleads.googleapis.com": origins.google,
      "oauth2.googleapis.com": origins.google,
    },
  }, {
    ...{ ...own, source: "meta", connector: "meta_ads", config: meta.config },
    via: { "graph.facebook.com": origins.meta },
  }];
  const destinations = [
    { tenant: TENANT, connector: "file", config: { folder: `${folder}/rest` } },
    { tenant: TENANT, source: "google" },
    { tenant: TENANT, source: "meta" },
  ];
  const paths = { sources, destinations };
  for (const [name, content] of Object.entries(paths)) {
    const path = `${folder}/${name}.json`;
    await Deno.writeTextFile(path, JSON.stringify(content));
  }
  await Deno.mkdir(`${folder}/policies`);
  await Deno.copyFile(
    `${ROOT}/policies/consent.json`,
    `${folder}/policies/consent.json`,
  );
  const variables = new Map(Object.entries({
    MOE_DATA: `${folder}/data`,
    MOE_POLICIES: `${folder}/policies`,
    MOE_SOURCES: `${folder}/sources.json`,
    MOE_DESTINATIONS: `${folder}/destinations.json`,
  }));
  return await openEngine(readConfiguration((name) => variables.get(name)));
}

async function makePlan({ engine, clock }: Opened): Promise<Plan> {
  const from = addDays(clock.now().slice(0, 10), 1);
  const { plan } = await engine.plans.make(TENANT, {
    ...{ model: null, entities: null, currency: "EUR", spend: "all" },
    period: { from, until: addDays(from, DAYS) },
    totalMicros: 420_000_000n * BigInt(DAYS),
    bounds: {},
  }, { by: "ann", idempotent: null, render: () => "" });
  assert.deepEqual(plan?.findings, []);
  return plan;
}

/** What the platforms themselves hold, whatever the engine says. */
async function look(
  folder: string,
  { google, meta }: Ads,
  { changeSet: { operations } }: Plan,
): Promise<ReadonlyMap<EntityKey, string | null>> {
  const path = `${folder}/rest/settings.json`;
  const { settings } = JSON.parse(
    await Deno.readTextFile(path).catch(() => '{"settings":{}}'),
  );
  return new Map(operations.map(({ target }) => [
    target,
    google.mishaps.held(target) ?? meta.mishaps.held(target) ??
      settings[target]?.budget_micros_per_day ?? null,
  ]));
}

function countRoutes({ changeSet: { operations, inverse } }: Plan) {
  const count = (list: typeof operations) =>
    Object.fromEntries(
      [...Map.groupBy(list, ({ route }) => route ?? "none")]
        .map(([route, own]) => [route, own.length]),
    );
  assert.deepEqual(count(inverse), count(operations));
  return count(operations);
}

/** What can be read is restored, but for raises that Meta was to pay for. */
async function assertHalf(
  { engine }: Opened,
  { id, changeSet: { operations } }: Plan,
  half: ReadonlyMap<EntityKey, string | null>,
): Promise<void> {
  const found = await engine.plans.find(TENANT, id);
  assert.equal(found?.state, "rolling_back");
  const waiting = new Set(
    found.findings.filter(({ code }) => code === "write_kept_back")
      .map(({ entity }) => entity),
  );
  for (const { target, expect, set, route } of operations) {
    if (route === "meta") continue;
    const raised = BigInt(expect ?? 0) > BigInt(set ?? 0);
    assert.ok(raised || !waiting.has(target), "a lower waits");
    assert.equal(half.get(target), waiting.has(target) ? set : expect);
  }
  assert.ok(
    operations.some(({ target, expect, route }) =>
      route !== "meta" && half.get(target) === expect
    ),
  );
}

async function applyAndRollBack(folder: string, ads: Ads, opened: Opened) {
  const { engine: { plans, sources, findSource } } = opened;
  for (const name of ["google", "meta"]) {
    await sources.sync(findSource(TENANT, name), () => {});
  }
  const ceilings = [...ads.entities, RADIO]
    .map((entity, at) => [entity, 50 + 10 * at] as const);
  await plantCurves(opened, TENANT, ceilings);
  const plan = await makePlan(opened);
  const { id, changeSet: { operations } } = plan;
  assert.deepEqual(countRoutes(plan), { google: 3, meta: 2, "plans:file": 1 });
  const before = await look(folder, ads, plan);

  await plans.approve(TENANT, id, "bob");
  ads.google.mishaps.loseReply();
  assert.equal((await plans.apply(TENANT, id, "cy")).state, "applied");
  assert.deepEqual(
    await look(folder, ads, plan),
    new Map(operations.map(({ target, set }) => [target, set])),
  );

  const theirs = operations.find(({ route }) => route === "meta")?.target ??
    assert.fail();
  ads.meta.mishaps.drift(theirs, "77000000");
  ads.closeMeta(true);
  await assert.rejects(plans.rollback(TENANT, id, "cy"), {
    code: "connector_failed",
  });
  await assertHalf(opened, plan, await look(folder, ads, plan));

  ads.closeMeta(false);
  const back = await plans.rollback(TENANT, id, "cy");
  assert.equal(back.state, "rolled_back");
  assert.deepEqual(
    back.findings.map(({ code, entity }) => [code, entity]),
    [["live_value_drifted", theirs]],
  );
  assert.deepEqual(
    await look(folder, ads, plan),
    new Map([...before, [theirs, "77000000"]]),
  );
}

Deno.test("a plan over three platforms is applied, drifts, and is rolled back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "change_platforms_" });
  const ads = await startAds();
  try {
    const opened = await open(folder, ads);
    await applyAndRollBack(folder, ads, opened).finally(() => opened.close());
  } finally {
    await ads.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
