/**
 * Pacing: bids a second on one core, against the same bids without a controller, and the
 * share of hindsight that is won in simulated auctions, calm and shocked.
 *
 * A bid here is proposed, reserved, and settled by its notice. Hindsight is the fractional
 * knapsack where the runner-up is paid, and the best shaded multiplier where winners pay
 * their bid. Shares are medians over seeded worlds; the row says the worst as well.
 *
 * @module
 */
import { createBidder } from "../../core/decisions/pacing/bidder.ts";
import { utcDay } from "../../core/decisions/pacing/flight.ts";
import { pacedBid } from "../../core/decisions/pacing/worth.ts";
import { DAY_MS } from "../../core/domain/day.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { RULES } from "../pacing/bidding.ts";
import { memoryBudgets } from "../pacing/memory_budgets.ts";
import { drawScenario, type Trouble, TROUBLES } from "../pacing/scenarios.ts";
import { measureShares, type Shares, warm } from "../pacing/shares.ts";
import { type Bench, interleave, median, type Row } from "./bench.ts";

const BIDS = 200_000;
const ROUNDS = 9;
const SYNC_EVERY = 10_000;
const WORLDS = 8;
const FIRST_SEED = 500;

const bench: Bench = {
  name: "pacing",
  async run() {
    const rows = [
      await measureBids(),
      await measureWorlds("cold", [], { isWarm: false }),
      await measureWorlds("calm", [], { isWarm: true }),
    ];
    for (const trouble of TROUBLES) {
      rows.push(
        await measureWorlds(trouble.replace(" ", "-"), [trouble], {
          isWarm: true,
        }),
      );
    }
    rows.push(await measureWorlds("all-shocks", TROUBLES, { isWarm: true }));
    return rows;
  },
};

export default bench;

async function measureBids(): Promise<Row> {
  const random = seededRandom(1);
  const values = Float64Array.from(
    { length: BIDS },
    () => 4000 * Math.exp(0.8 * random.normal()),
  );
  const [paced = NaN, bare = NaN] = await interleave([
    () => timePaced(values),
    () => timeBare(values),
  ], ROUNDS);
  return {
    name: "pacing-bids",
    value: BIDS / paced,
    unit: "bids/s",
    against: "the same bids divided and rounded, without a controller",
    ratio: bare / paced,
  };
}

async function timePaced(values: Float64Array): Promise<number> {
  const store = memoryBudgets();
  const bidder = createBidder({
    store,
    budget: "bench",
    session: "bench",
    flight: {
      from: 0,
      until: 30 * DAY_MS,
      capMicros: 1e12,
      dayCapMicros: 1e11,
      dayOf: utcDay,
    },
    rules: RULES,
    leaseMs: DAY_MS,
    leastGrantMicros: 1e8,
    maxBidMicros: 1e6,
    shade: null,
    silence: { lostAfterMs: 60_000, forgottenAfterMs: 120_000 },
  });
  await bidder.sync(0);
  const start = performance.now();
  for (let row = 0; row < values.length; row++) {
    const at = row * 10;
    if (row % SYNC_EVERY === 0) {
      store.now = at;
      await bidder.sync(at);
    }
    const value = values[row] ?? 0;
    const proposal = bidder.propose({ value, at, draw: 0.5 });
    if (!("slice" in proposal)) continue;
    if (row % 5 === 0) bidder.win(proposal.slice, proposal.bid, 1);
    else bidder.lose(proposal.slice, proposal.bid);
  }
  return (performance.now() - start) / 1000;
}

function timeBare(values: Float64Array): number {
  const terms = { multiplier: 1, maxBidMicros: 1e6, firstPrice: null };
  const start = performance.now();
  let sum = 0;
  for (const value of values) sum += pacedBid(value, terms);
  const seconds = (performance.now() - start) / 1000;
  return sum > 0 ? seconds : NaN;
}

async function measureWorlds(
  name: string,
  troubles: readonly Trouble[],
  { isWarm }: { readonly isWarm: boolean },
): Promise<Row> {
  const shares: Shares[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
    const scenario = drawScenario(seed, troubles);
    shares.push(await measureShares(isWarm ? await warm(scenario) : scenario));
  }
  const paced = shares.map(({ paced }) => paced);
  const even = median(shares.map(({ even }) => even));
  const none = median(shares.map(({ none }) => none));
  const worst = Math.min(...paced).toFixed(3);
  return {
    name: `pacing-value-${name}`,
    value: median(paced),
    unit: `of hindsight, worst ${worst}`,
    against: `even pacing ${even.toFixed(3)}; no pacing ${none.toFixed(3)}`,
    ratio: median(paced) / even,
  };
}
