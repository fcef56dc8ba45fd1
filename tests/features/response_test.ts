/**
 * Response models from signals to bids: chances and values corrected for orders that
 * are yet to come, and a landscape that shades what they are worth.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createBudgets } from "../../core/decisions/budgets/budgets.ts";
import { createLimits } from "../../core/decisions/limits/limits.ts";
import { createDecisions } from "../../core/decisions/decisions.ts";
import { REQUEST } from "../../core/decisions/memory_ports_test.ts";
import type { ModelRecord } from "../../core/domain/score.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type { Scorer } from "../../core/scores/scorer.ts";
import { createFeatures } from "../../core/features/features.ts";
import { createScores, type Scores } from "../../core/scores/scores.ts";
import { trainModel } from "../../core/training/train.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import landscape from "../../models/bid_landscape/model.ts";
import rate from "../../models/response_rate/model.ts";
import value from "../../models/response_value/model.ts";
import type { ModelFamily } from "../../plugins/contract.ts";
import { batch } from "../stores/cases.ts";
import { withStores } from "./embedded_stores.ts";
import {
  type Campaign,
  CLICK_VIEW,
  type Device,
  drawAuctions,
  drawClicks,
  orderChance,
  orderValue,
  winChance,
  WITHIN_DAYS,
} from "./response_world.ts";

const NOW = "2026-06-01T12:00:00.000Z";
const TENANT = "acme";
const FAMILIES = [rate, value, landscape] as readonly ModelFamily[];
const FAST = { trees: 150, calibrationRows: 100_000 };
const BID = { kind: "bid", currency: "EUR", targetReturnPermille: 4000 };

/** Chance, or value, of a click's orders. */
function clickSpec(family: string, also: object, label: object) {
  return {
    model: family,
    family,
    grain: "rows",
    use: { ...BID, ...also },
    params: FAST,
    label: {
      start: "Ad Clicked",
      outcome: "Order Completed",
      matchOn: "subject",
      withinDays: WITHIN_DAYS,
      ...label,
    },
    features: ["auction.device", "auction.campaign"],
    gates: [],
    split: { holdoutShare: 0.2, validationShare: 0 },
  };
}

const WIN_SPEC = {
  model: "win",
  family: "bid_landscape",
  grain: "rows",
  use: { kind: "win", currency: "EUR" },
  params: { prices: true },
  label: {
    start: "Bid Made",
    outcome: "Auction Won",
    matchOn: "subject",
    withinDays: 1,
  },
  features: ["auction.device", "auction.bid_micros"],
  gates: [],
};

async function serve(
  stores: Stores,
  clock: Clock,
  spec: object,
): Promise<ModelRecord> {
  const made = await trainModel(
    { stores, families: FAMILIES, clock, code: "test" },
    { tenant: TENANT, spec, by: "ann", report: () => {} },
  );
  const review = { by: "bob", at: NOW, approve: true };
  return await stores.models.review(TENANT, made, review);
}

function asks(campaign: Campaign) {
  return async (scorer: Scorer, device: Device) => {
    const values = scorer.record.schema.inputs.map(({ name }) =>
      name === "auction.device" ? device : campaign
    );
    const [score] = await scorer.score([{ values, action: null }]);
    return score ?? NaN;
  };
}

function near(said: number, truth: number, most: number): void {
  assert.ok(Math.abs(said / truth - 1) < most, `${said} and not ${truth}`);
}

Deno.test("late orders and auctions train models that bid, through the stores", () =>
  withStores(NOW, async (stores, clock) => {
    await stores.views.save(TENANT, CLICK_VIEW, NOW);
    const events = [...drawClicks(6000, NOW), ...drawAuctions(1500, NOW)];
    await stores.signals.write(batch(TENANT, { observedAt: NOW, events }));
    const correct = { maturity: "correct" };
    const chance = await serve(
      stores,
      clock,
      clickSpec("response_rate", { valueMicros: 4e7 }, correct),
    );
    const worth = await serve(
      stores,
      clock,
      clickSpec("response_value", { landscape: "win" }, {
        ...correct,
        measure: "value",
      }),
    );
    const win = await serve(stores, clock, WIN_SPEC);
    assert.ok((win.metrics.auc ?? 0) > 0.8, JSON.stringify(win.metrics));
    const scores = createScores({ models: stores.models, clock });
    try {
      const rates = await scores.version(TENANT, chance);
      const values = await scores.version(TENANT, worth);
      for (const campaign of ["old", "new"] as const) {
        near(
          await asks(campaign)(rates, "phone"),
          orderChance(campaign),
          0.2,
        );
      }
      for (const device of ["phone", "desktop"] as const) {
        const truth = 1e6 * orderChance("old") * orderValue(device);
        near(await asks("old")(values, device), truth, 0.15);
      }
      await assertBids(stores, clock, scores);
    } finally {
      await scores.close();
    }
  }));

/** The bid for a click on a desktop, against the best one that could be made. */
async function assertBids(
  stores: Stores,
  clock: Clock,
  scores: Scores,
): Promise<void> {
  const { log, idempotency, policies: archive } = stores;
  const features = createFeatures({ ...stores, clock });
  const ids = { next: (prefix: string) => `${prefix}_1` };
  const decisions = createDecisions({
    ...{ features, scores, archive, log, idempotency, clock, ids },
    policies: () => compilePolicySet([]),
    budgets: createBudgets({ book: stores.budgets, clock, ids }),
    limits: createLimits(stores.limits),
  });
  const { decision } = await decisions.decide(TENANT, {
    ...REQUEST,
    model: "response_value",
    features: { "request.device": "desktop", "request.campaign": "old" },
  }, { by: "bob", idempotent: null, render: ({ id }) => id });
  const { recommendation, shading } = decision ?? {};
  assert.ok(recommendation?.kind === "bid" && shading);
  const { worthMicros, outcome, winChance: said } = shading;
  assert.equal(outcome, "shaded");
  near(worthMicros, 1e6 * orderChance("old") * orderValue("desktop") / 4, 0.15);
  const left = (bid: number) => (worthMicros - bid) * winChance("desktop", bid);
  const tried = Array.from({ length: 999 }, (_, n) => worthMicros * n / 1000);
  const best = Math.max(...tried.slice(1).map(left));
  const { bidMicros } = recommendation;
  near(said ?? 0, winChance("desktop", bidMicros), 0.15);
  assert.ok(left(bidMicros) > 0.97 * best, `${left(bidMicros)} of ${best}`);
  assert.ok(left(bidMicros) > left(worthMicros) + 0.2 * best);
  const { differences } = await decisions.replay(TENANT, decision?.id ?? "");
  assert.deepEqual(differences, []);
}
