/**
 * What a tenant has before it is attacked: signals and features of five weeks, models with
 * former versions and one on trial, a plan, policies with a former set, a dead letter.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { addDays } from "../../core/domain/day.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import { AT_ONCE } from "../../core/domain/change.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import type { ResponseCurves } from "../../core/domain/score.ts";
import { simulateCompany } from "../../core/simulation/company.ts";
import { printCampaigns } from "../../core/simulation/delivery.ts";
import { capAt } from "../governance/served.ts";
import { teach, TENANT } from "../pacing/served_nodes.ts";
import { activate, register } from "./desk.ts";
import type { Target } from "./target.ts";

const WRITE_KEY = "write-key-of-the-site";
const DAYS = 35;
const CAMPAIGNS = 3;

/** A source that pushes. */
export const SITE = {
  source: "shop",
  connector: "segment",
  config: { writeKey: WRITE_KEY },
} as const;

/** How the site says who it is. */
export const SITE_AUTHORIZATION = `Basic ${
  Buffer.from(`${WRITE_KEY}:`).toString("base64")
}`;

/** A source whose totals were read. */
export const ADS = "ads";

const MIX = "mix";

/** A plan that was made. */
export const MADE_PLAN = "plan_made";

/** What is asked for to have one. */
export const PLAN_BODY = {
  currency: "EUR",
  period: { from: dayFromNow(2), until: dayFromNow(9) },
};

type Scene = Pick<Target, "ask" | "fresh" | "opened" | "send">;

/** Sets it. */
export async function setScene(scene: Scene, folder: string): Promise<void> {
  const { stores, clock } = scene.opened;
  await teach(stores);
  const today = clock.now().slice(0, 10);
  await bringIn(scene, { folder, today });
  await scene.send("/webhooks/segment/shop", {
    method: "POST",
    headers: { authorization: SITE_AUTHORIZATION },
    body: '{"batch":[{"type":"track","event":"","messageId":"none"}]}',
  });
  await tryVersion(scene);
  await makePlan(scene);
  await enforce(scene, []);
  await enforce(scene, [capAt(9_000_000, "own_cap")]);
  await scene.opened.book.renew();
}

/** Totals of a few campaigns, features of them, and a model that plans them. */
async function bringIn(
  { opened: { engine, stores, clock } }: Scene,
  { folder, today }: { readonly folder: string; readonly today: string },
): Promise<void> {
  const whole = simulateCompany({ seed: 5, until: today, days: DAYS });
  const campaigns = whole.campaigns.slice(0, CAMPAIGNS)
    .map((campaign, at) => ({ ...campaign, id: `c-${at + 1}` }));
  const { text, mapping } = printCampaigns({ ...whole, campaigns });
  const file = `${folder}/campaigns.csv`;
  await Deno.writeTextFile(file, text);
  await engine.ingest({
    ...{ tenant: TENANT, source: ADS, connector: "csv", range: null },
    config: { file, mapping },
    report: () => {},
  });
  await engine.features.materialize(TENANT, {
    at: clock.now(),
    report: () => {},
  });
  const curves: ResponseCurves = {
    outcome: "conversion_value_micros",
    curves: campaigns.map(({ id, channel, curve, decay, spend }) => ({
      ...{ entity: `campaign:${id}`, parent: `channel:${channel}` },
      ...{ curve, decay, seenMicros: [0, Math.max(...spend)] },
    })),
  };
  const artifact = new TextEncoder().encode(JSON.stringify(curves));
  const at = clock.now();
  const record = await stores.models.register(TENANT, {
    ...{ name: MIX, family: "media_response@1", createdBy: "ann" },
    ...{ createdAt: at, unit: "conversion_value_micros_per_day", metrics: {} },
    use: { kind: "plan", currency: "EUR" },
    schema: { inputs: [], actions: [], crossed: false },
    lineage: {
      ...{ asOf: at, code: "1", seed: 1, rows: DAYS, datasetHash: "d" },
      ...{ views: [], spec: "{}" },
    },
    ...{ artifactKind: "curves", artifactHash: sha256(artifact) },
  }, artifact);
  await stores.models.review(TENANT, record, { by: "bob", at, approve: true });
}

/** Puts another version of the bidder on trial. */
async function tryVersion(scene: Scene): Promise<void> {
  const { name, version } = await register(scene, "bidder", "none");
  const { state } = await activate(scene, {
    ...{ kind: "model", subject: `model:${name}/champion` },
    content: { version },
    rollout: { ...AT_ONCE, canaryPermille: 100, canaryHours: 48 },
  });
  assert.equal(state, "canary");
}

/** Has a plan made, and keeps it under a known id. */
async function makePlan({ ask, opened: { stores } }: Scene): Promise<void> {
  const { plan_id: id, detail } = await ask("POST /optimization/plan", {
    body: PLAN_BODY,
  });
  assert.ok(id, detail);
  const plan = await stores.plans.find(TENANT, id);
  assert.ok(plan);
  await stores.plans.create(TENANT, { ...plan, id: MADE_PLAN }, null);
}

/** Puts a set of policies of the tenant into force. */
async function enforce(
  scene: Scene,
  policies: readonly PolicyDocument[],
): Promise<void> {
  const { state } = await activate(scene, {
    ...{ kind: "policies", subject: "policies", content: { policies } },
  });
  assert.equal(state, "active");
}

/** The day so many days from today. */
export function dayFromNow(days: number): string {
  return addDays(new Date().toISOString().slice(0, 10), days);
}
