/**
 * Spend never exceeds a cap, to the micro: whatever the traffic, the prices, what the
 * exchange tells and when, which nodes die, and what the store fails to keep or to say.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../core/domain/random.ts";
import { bidThrough, BUDGET } from "./bidding.ts";
import { drawScenario, type Scenario, TROUBLES } from "./scenarios.ts";

const WORLDS = 16;

/** A world in which several things go wrong at once. */
function drawTroubled(seed: number): Scenario {
  const random = seededRandom(seed);
  const troubles = TROUBLES.filter(() => random.next() < 0.5);
  const scenario = drawScenario(seed, troubles);
  const isSure = !troubles.includes("lost notices");
  const { noticeMs } = scenario.setting.telling;
  const promised = {
    lostAfterMs: 50 * noticeMs,
    forgottenAfterMs: 100 * noticeMs,
  };
  return {
    ...scenario,
    setting: {
      ...scenario.setting,
      silence: isSure && random.next() < 0.5 ? promised : null,
      nodes: 1 + Math.floor(3 * random.next()),
      deaths: random.next() < 0.5 ? 0.003 : 0,
      faults: random.next() < 0.5
        ? { refused: 0.1, unanswered: 0.1, contended: 0.3 }
        : null,
    },
  };
}

Deno.test("spend never exceeds a cap, and most of it is spent nevertheless", async () => {
  const spent = [];
  for (let seed = 1; seed <= WORLDS; seed++) {
    const { auctions, setting } = drawTroubled(seed);
    const { capMicros, dayCapMicros } = setting;
    const outcome = await bidThrough(auctions, setting);
    const said = `world ${seed}, ${JSON.stringify({ ...setting, rules: 0 })}`;
    assert.ok(outcome.spentMicros <= capMicros, said);
    assert.ok(outcome.dayMicros <= (dayCapMicros ?? capMicros), said);
    assert.equal(outcome.store.read(BUDGET)?.stopped, null, said);
    spent.push(outcome.spentMicros / capMicros);
  }
  spent.sort((a, b) => a - b);
  assert.ok((spent[WORLDS >> 1] ?? 0) > 0.95, `${spent}`);
  assert.ok((spent[0] ?? 0) > 0.3, `${spent}`);
});

Deno.test("an exchange that charges more than was bid stops the budget at once", async () => {
  const { auctions, setting } = drawScenario(1, []);
  const greedy = { ...setting, surcharge: 1.5, isFirstPrice: true };
  const { store, spentMicros } = await bidThrough(auctions, greedy);
  assert.match(store.read(BUDGET)?.stopped ?? "", /exceed/);
  assert.ok(spentMicros < 0.01 * setting.capMicros);
});
