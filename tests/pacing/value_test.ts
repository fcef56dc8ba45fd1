/**
 * What pacing gets of the best that could have been done in hindsight.
 *
 * @module
 */
import assert from "node:assert/strict";
import { drawAuctions } from "./auctions.ts";
import { bidThrough, CALM, RULES } from "./bidding.ts";
import {
  hindsight,
  hindsightWithReturn,
  profitInHindsight,
} from "./hindsight.ts";
import { capsFor, drawScenario, TROUBLES } from "./scenarios.ts";
import { measureShares, warm } from "./shares.ts";

Deno.test("a budget that knows its season gets 97 % of hindsight in any calm world", async () => {
  for (const seed of [219, 202, 208, 300, 301]) {
    const shares = await measureShares(await warm(drawScenario(seed, [])));
    const said = `world ${seed}: ${JSON.stringify({ ...shares, outcome: 0 })}`;
    assert.ok(shares.paced >= 0.97, said);
    assert.ok(shares.paced <= 1.01, said);
    assert.ok(shares.paced > 1.1 * shares.even, said);
    assert.ok(shares.paced > 1.1 * shares.none, said);
  }
});

Deno.test("a budget that knows nothing gets 97 % over four days, in a typical calm world", async () => {
  const shares = [];
  for (const seed of [202, 204, 208]) {
    shares.push((await measureShares(drawScenario(seed, []))).paced);
  }
  shares.sort((a, b) => a - b);
  assert.ok((shares[1] ?? 0) >= 0.97, `${shares}`);
  assert.ok((shares[0] ?? 0) >= 0.95, `${shares}`);
});

Deno.test("no single shock costs more than a tenth", async () => {
  for (const trouble of TROUBLES) {
    const scenario = await warm(drawScenario(400, [trouble]));
    const { paced } = await measureShares(scenario);
    assert.ok(paced >= 0.9, `${trouble}: ${paced}`);
  }
});

const WORLD = {
  seed: 9,
  days: 2,
  perHour: 400,
  trafficSwing: 0.5,
  priceSwing: 0.2,
  shocks: [],
};

Deno.test("profit is the most there is: all that pays where the budget is ample, the best of it where not", async () => {
  const auctions = drawAuctions(WORLD);
  const rules = { ...RULES, floorMultiplier: 1 };
  for (
    const { share, least } of [{ share: 3, least: 0.999 }, {
      share: 0.15,
      least: 0.95,
    }]
  ) {
    const caps = capsFor(auctions, { share, days: 2, daily: false });
    const outcome = await bidThrough(auctions, { ...CALM, ...caps, rules });
    const profit = outcome.value - outcome.spentMicros;
    const best = profitInHindsight(auctions, caps);
    assert.ok(
      profit >= least * best && profit <= best * 1.000001,
      `${profit / best}`,
    );
  }
});

Deno.test("throttling spends the budget as well, and buys less than scaling", async () => {
  const auctions = drawAuctions(WORLD);
  const caps = capsFor(auctions, { share: 0.15, days: 2, daily: true });
  const rules = { ...RULES, mode: "throttle" as const, floorMultiplier: 1 };
  const throttled = await bidThrough(auctions, { ...CALM, ...caps, rules });
  const scaled = await bidThrough(auctions, { ...CALM, ...caps });
  assert.ok(throttled.spentMicros > 0.98 * caps.capMicros);
  assert.ok(throttled.value < 0.9 * scaled.value);
  assert.ok(scaled.value <= hindsight(auctions, caps));
});

Deno.test.each([
  { note: "the model is right", truth: 1, leastReturn: 3.5, share: 3 },
  { note: "the model promises too much", truth: 0.8, leastReturn: 3, share: 3 },
  { note: "the budget binds first", truth: 1, leastReturn: 3.5, share: 0.15 },
])(
  "a return is held, and nearly all is won that it allows: $note",
  async ({ truth, leastReturn, share }) => {
    const days = 6;
    const auctions = drawAuctions({ ...WORLD, days });
    const caps = capsFor(auctions, { share, days, daily: false });
    const delayMs = 6 * 3_600_000;
    const rules = {
      ...RULES,
      startMultiplier: 3,
      target: {
        leastReturn,
        maturity: [[delayMs, 0], [delayMs + 1, 1]] as const,
        windowMs: 7 * 24 * 3_600_000,
        outcomeValue: 4000,
        priorOutcomes: 20,
        leastWins: 50,
        maxStep: 1.02,
      },
    };
    const outcomes = { truth, delayMs };
    const outcome = await bidThrough(auctions, {
      ...CALM,
      ...caps,
      rules,
      outcomes,
    });
    const returned = truth * outcome.value / outcome.spentMicros;
    assert.ok(returned >= 0.97 * leastReturn, `returned ${returned}`);
    const best = hindsightWithReturn(auctions, {
      capMicros: caps.capMicros,
      leastReturn: leastReturn / truth,
    });
    const won = outcome.value / best;
    assert.ok(won >= 0.93 && won <= 1.07, `won ${won}`);
    assert.ok(outcome.spentMicros <= caps.capMicros);
  },
);
