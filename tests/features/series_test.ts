/**
 * Response curves for each campaign's own outcome, over real stores.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import type { PerformanceSignal } from "../../core/domain/signal.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { normalize } from "../../core/signals/normalize.ts";
import { createScores } from "../../core/scores/scores.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { trainModel } from "../../core/training/train.ts";
import type { ModelFamily } from "../../plugins/contract.ts";
import mediaResponse from "../../models/media_response/model.ts";
import { PSEUDONYMS } from "../ingest/memory_signals.ts";
import { withStores } from "./embedded_stores.ts";

const NOW = "2026-06-01T12:00:00.000Z";
const FIRST = "2025-11-01";
const DAYS = 200;
const FAMILIES = [mediaResponse] as readonly ModelFamily[];
const SPEC = {
  grain: "series",
  model: "campaign_response",
  family: "media_response",
  params: { yearlyPairs: 0, starts: 4 },
  use: { kind: "plan", currency: "EUR" },
  spend: { level: "campaign", by: "campaign", parent: "channel" },
  outcome: {
    metric: "conversion_value_micros",
    level: "campaign",
    by: "campaign",
  },
};

function day(
  campaign: string,
  place: number,
  metrics: PerformanceSignal["metrics"],
): PerformanceSignal {
  return {
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account: "a", channel: "search", campaign },
    day: addDays(FIRST, place),
    periodDays: 1,
    zone: "UTC",
    currency: "EUR",
    breakdowns: {},
    attribution: "",
    metrics,
  };
}

/** A campaign that earns with diminishing returns, half its ceiling at 50 a day. */
function campaignDays(campaign: string, seed: number): PerformanceSignal[] {
  const random = seededRandom(seed);
  return Array.from({ length: DAYS }, (_, place) => {
    const spend = 10 + 120 * random.next();
    const earned = 400 * spend / (50 + spend) + 5 * random.normal();
    return day(campaign, place, {
      spend_micros: BigInt(Math.round(spend * 1e6)),
      conversion_value_micros: BigInt(Math.round(earned * 1e6)),
    });
  });
}

async function write(
  stores: Stores,
  signals: readonly PerformanceSignal[],
): Promise<void> {
  const origin = {
    source: "ads",
    emits: ["performance"],
    observedAt: NOW,
    settlesDays: 0,
    pseudonyms: PSEUDONYMS,
  };
  await stores.signals.write({
    ...normalize(origin, { signals, rejects: [] }),
    tenant: "acme",
    source: "ads",
    connector: "test",
    observedAt: NOW,
    claims: [],
  });
}

Deno.test("each campaign's spend explains its own outcome; the unfit are left out", async () => {
  await withStores(NOW, async (stores, clock) => {
    await write(stores, [
      ...campaignDays("c-1", 1),
      ...campaignDays("c-2", 2),
      // Too young to learn from: the first day of a campaign.
      day("c-3", DAYS - 1, { spend_micros: 7_000_000n }),
    ]);
    const scope = { stores, families: FAMILIES, clock, code: "test" };
    const steps: string[] = [];
    const job = {
      tenant: "acme",
      spec: SPEC as unknown,
      by: "ann",
      report: (step: string) => void steps.push(step),
    };
    const record = await trainModel(scope, job);
    assert.ok((record.metrics.r2 ?? 0) > 0.9, JSON.stringify(record.metrics));
    assert.equal(record.lineage.rows, DAYS);
    assert.equal(record.metrics.entities, 2);
    assert.equal(record.metrics.outcomes_left_out, 1);
    assert.ok(steps.some((step) => step.startsWith("left out campaign:c-3")));
    await stores.models.review("acme", record, {
      by: "bob",
      at: NOW,
      approve: true,
    });
    const scores = createScores({ models: stores.models, clock });
    const { curves } = await scores.curves("acme", null);
    for (const name of ["c-1", "c-2"]) {
      const one = curves.curves.find(({ entity }) =>
        entity === `campaign:${name}`
      );
      assert.equal(one?.parent, "channel:search");
      assert.ok(one?.curve.type === "hill");
      const at = (spend: number) =>
        one.curve.type === "hill"
          ? one.curve.ceiling /
            (1 + (one.curve.half / spend) ** one.curve.slope)
          : NaN;
      const gain = (at(100e6) - at(40e6)) / 1e6;
      const truth = 400 * (100 / 150 - 40 / 90);
      assert.ok(Math.abs(gain / truth - 1) < 0.1, `${name}: ${gain}`);
    }
    await scores.close();
    const before = { ...job, spec: { ...SPEC, asOf: "2025-12-01T00:00:00Z" } };
    await assert.rejects(trainModel(scope, before), {
      code: "dataset_invalid",
    });
    const wrong = { ...job, spec: { ...SPEC, params: { starts: "many" } } };
    await assert.rejects(trainModel(scope, wrong), {
      code: "request_invalid",
      message: /starts/,
    });
    const other = { ...job, spec: { ...SPEC, family: "crystal_ball" } };
    await assert.rejects(trainModel(scope, other), {
      code: "request_invalid",
      message: /media_response/,
    });
  });
});
