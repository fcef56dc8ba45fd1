/**
 * Reads features one after the other, in turn with raw reads of the same entries, and
 * tells the latencies: `feature_read_process.ts DATABASE_URL FOLDER`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type EntityKey, entityKey } from "../../core/domain/entity.ts";
import {
  featureId,
  type FeatureVector,
  type FeatureView,
} from "../../core/domain/feature.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { Features } from "../../core/features/features.ts";
import { openTrustedFeatures } from "../../core/features/trusted_features.ts";
import type { OnlineFeatures } from "../../core/ports/features.ts";
import { systemClock } from "../../core/store/clock.ts";
import { vectorKey } from "../../core/store/feature_commits.ts";
import { openStores } from "../../core/store/open.ts";
import { tellApart } from "./apart.ts";
import type { Latencies, ReadAnswer } from "./feature_read.ts";
import { quantile } from "./http_load.ts";
import { TENANT } from "./seeded_events.ts";
import { wideView } from "./wide_view.ts";

/** More than are kept at hand. */
const ENTITIES = 60_000;
/** People who come back, and how often all of them do. */
const HOT = 1000;
const VISITS = 20;
const PAGE = 1000;

const VIEW = wideView(50);
const IDS = VIEW.features.map(({ name }) => featureId(VIEW.name, name));
const NOW = systemClock.now();

const [databaseUrl = "", dataFolder = ""] = Deno.args;

await tellApart(async (): Promise<ReadAnswer> => {
  const kvUrl = `${dataFolder}/features.kv`;
  const clock = systemClock;
  const stores = await openStores({ databaseUrl, dataFolder, kvUrl, clock });
  const { features } = openTrustedFeatures(stores, clock);
  await features.declare(TENANT, VIEW);
  await fill(stores.online);
  const kv = await Deno.openKv(kvUrl);
  const contest = { features, kv };
  const everybody = Array.from({ length: ENTITIES }, (_, place) => place);
  const cold = await inTurn(contest, everybody);
  const hot = everybody.slice(-HOT);
  const warm = await inTurn(contest, Array(VISITS).fill(hot).flat());
  kv.close();
  await stores.close();
  return { warm, cold };
});

async function fill(online: OnlineFeatures): Promise<void> {
  const random = seededRandom(11);
  for (let from = 0; from < ENTITIES; from += PAGE) {
    const page = Array.from(
      { length: PAGE },
      (_, place) => vectorOf(VIEW, from + place, random),
    );
    await online.write(TENANT, page);
  }
  await online.setThrough(TENANT, VIEW, NOW);
}

function vectorOf(
  view: FeatureView,
  place: number,
  random: ReturnType<typeof seededRandom>,
): FeatureVector {
  return {
    view: view.name,
    version: view.version,
    entity: keyOf(place),
    at: NOW,
    values: view.features.map(() => random.next() * 1000),
  };
}

function keyOf(place: number): EntityKey {
  return entityKey("subject", `u-${place}`);
}

interface Contest {
  readonly features: Features;
  readonly kv: Deno.Kv;
}

/** Which of the two goes first changes with each entity. */
async function inTurn(
  { features, kv }: Contest,
  entities: readonly number[],
): Promise<Latencies> {
  const reads = new Float64Array(entities.length);
  const gets = new Float64Array(entities.length);
  const read = async (turn: number, place: number) => {
    const started = performance.now();
    const readings = await features.read(TENANT, {
      ids: IDS,
      entities: { subject: `u-${place}` },
      at: NOW,
    });
    reads[turn] = performance.now() - started;
    assert.equal(readings[IDS[0] ?? ""]?.status, "fresh");
  };
  const get = async (turn: number, place: number) => {
    const { name, version } = VIEW;
    const key = { view: name, version, entity: keyOf(place) };
    const started = performance.now();
    const { value } = await kv.get(vectorKey(TENANT, key));
    gets[turn] = performance.now() - started;
    assert.ok(value);
  };
  for (const [turn, place] of entities.entries()) {
    const order = turn % 2 === 0 ? [read, get] : [get, read];
    for (const contestant of order) await contestant(turn, place);
  }
  return { read: quantiles(reads), get: quantiles(gets) };
}

function quantiles(latencies: Float64Array): [number, number] {
  const sorted = latencies.sort();
  return [quantile(sorted, 0.5) * 1000, quantile(sorted, 0.99) * 1000];
}
