/**
 * Runs bidders through auctions, with an exchange that tells late and nodes that die.
 *
 * @module
 */
import {
  type Bidder,
  createBidder,
} from "../../core/decisions/pacing/bidder.ts";
import type { Proposal } from "../../core/decisions/pacing/proposal.ts";
import { reclaimSlice } from "../../core/decisions/pacing/account.ts";
import { bookOutcome } from "../../core/decisions/pacing/book.ts";
import { utcDay } from "../../core/decisions/pacing/flight.ts";
import type { Silence } from "../../core/decisions/pacing/held_slice.ts";
import type { PaceRules } from "../../core/decisions/pacing/pace.ts";
import { EngineError } from "../../core/domain/error.ts";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import type { Auctions } from "./auctions.ts";
import { Exchange, type Notice, type Telling } from "./exchange.ts";
import type { Caps } from "./hindsight.ts";
import {
  type MemoryBudgets,
  memoryBudgets,
  type StoreFaults,
} from "./memory_budgets.ts";
import { rivalCurve, shadeByTable } from "./shading.ts";

/** How bidding goes. */
export interface Setting extends Caps {
  readonly seed: number;
  readonly isFirstPrice: boolean;
  /** Factor of the price that is charged; 1 for an honest exchange. */
  readonly surcharge?: number;
  readonly telling: Telling;
  readonly silence: Silence | null;
  readonly rules: PaceRules;
  readonly nodes: number;
  /** Chance that a node dies, at each tick of half a minute. */
  readonly deaths: number;
  readonly faults: StoreFaults | null;
  /** What wins bring, over what is expected of them, and after how long; null for nothing. */
  readonly outcomes:
    | { readonly truth: number; readonly delayMs: number }
    | null;
  /** Times in which no node bids or syncs. */
  readonly isDown: (at: number) => boolean;
}

/** What came of it. */
export interface Outcome {
  readonly value: number;
  readonly spentMicros: number;
  /** The most that any day cost, micros. */
  readonly dayMicros: number;
  readonly wins: number;
  readonly bids: number;
  readonly store: MemoryBudgets;
  readonly exchange: Exchange;
}

/** A quiet exchange: notices in seconds, all of them, and reports within a quarter. */
export const PROMPT: Telling = {
  noticeMs: 5000,
  lost: 0,
  twice: 0,
  reportMs: 900_000,
};

/** Rules that fit the simulated worlds without knowing them. */
export const RULES: PaceRules = {
  mode: "scale",
  startMultiplier: 1,
  floorMultiplier: 0.05,
  ceilingMultiplier: 1000,
  elasticity: 2,
  stepMs: 60_000,
  maxStep: 1.15,
  leastOpportunities: 50,
  seasonHours: 24,
  seasons: null,
  leastPacePermille: 0,
  target: null,
};

/** One node, telling at once, nothing goes wrong. */
export const CALM: Omit<Setting, keyof Caps> = {
  seed: 1,
  isFirstPrice: false,
  telling: PROMPT,
  silence: null,
  rules: RULES,
  nodes: 1,
  deaths: 0,
  faults: null,
  outcomes: null,
  isDown: () => false,
};

const TICK_MS = 30_000;
const LEASE_MS = 300_000;
/** Name of the simulated budget. */
export const BUDGET = "simulated";
const MAX_BID_MICROS = 200_000;

/** Bids on all auctions, in order. */
export async function bidThrough(
  auctions: Auctions,
  setting: Setting,
): Promise<Outcome> {
  const random = seededRandom(setting.seed);
  const store = memoryBudgets(setting.faults, random);
  const exchange = new Exchange(setting.telling, random, setting);
  const fleet = new Fleet(setting, { store, random, auctions });
  const outcomes = new Outcomes(setting.outcomes, store);
  let [value, wins, bids, row] = [0, 0, 0, 0];
  for (let now = auctions.from; now < auctions.until; now += TICK_MS) {
    store.now = now;
    for (const notice of exchange.take(now)) fleet.hear(notice);
    if (!setting.isDown(now)) await fleet.tick(now, exchange);
    await outcomes.tell(now);
    for (; (auctions.at[row] ?? Infinity) < now + TICK_MS; row++) {
      const at = auctions.at[row] ?? 0;
      if (setting.isDown(at)) continue;
      const proposal = fleet.propose(auctions, row);
      if (!("slice" in proposal)) continue;
      bids++;
      if (!exchange.settle({ at, ...proposal }, auctions.rival[row] ?? 0)) {
        continue;
      }
      wins++;
      value += auctions.value[row] ?? 0;
      outcomes.expect(at, auctions.value[row] ?? 0);
    }
  }
  return {
    value,
    wins,
    bids,
    store,
    exchange,
    spentMicros: exchange.totalMicros,
    dayMicros: Math.max(0, ...exchange.dayMicros.values()),
  };
}

/** What wins bring, told to the account when it is due, by the half minute. */
class Outcomes {
  readonly #terms: Setting["outcomes"];
  readonly #store: MemoryBudgets;
  readonly #due = new Map<number, { wonAt: number; value: number }>();

  constructor(terms: Setting["outcomes"], store: MemoryBudgets) {
    this.#terms = terms;
    this.#store = store;
  }

  expect(wonAt: number, value: number): void {
    if (this.#terms === null) return;
    const { truth, delayMs } = this.#terms;
    const tick = Math.ceil((wonAt + delayMs) / TICK_MS);
    const sum = this.#due.get(tick)?.value ?? 0;
    this.#due.set(tick, { wonAt, value: sum + truth * value });
  }

  async tell(now: number): Promise<void> {
    const outcome = this.#due.get(now / TICK_MS);
    if (outcome === undefined) return;
    await this.#store.change(BUDGET, (kept) => {
      if (kept === null) throw new RangeError("Nothing was lent yet");
      return { kept: bookOutcome(kept, outcome), answer: null };
    });
  }
}

/** Nodes that share the budget. */
class Fleet {
  readonly #setting: Setting;
  readonly #store: MemoryBudgets;
  readonly #random: Random;
  readonly #nodes: Bidder[];
  readonly #auctions: Auctions;
  #births = 0;

  constructor(
    setting: Setting,
    { store, random, auctions }: {
      readonly store: MemoryBudgets;
      readonly random: Random;
      readonly auctions: Auctions;
    },
  ) {
    this.#setting = setting;
    this.#store = store;
    this.#random = random;
    this.#auctions = auctions;
    this.#nodes = Array.from({ length: setting.nodes }, () => this.#start());
  }

  #start(): Bidder {
    const { capMicros, dayCapMicros, isFirstPrice, silence, rules } =
      this.#setting;
    const { from, until } = this.#auctions;
    return createBidder({
      store: this.#store,
      budget: BUDGET,
      session: `s${this.#births++}`,
      flight: { from, until, capMicros, dayCapMicros, dayOf: utcDay },
      rules,
      leaseMs: LEASE_MS,
      leastGrantMicros: MAX_BID_MICROS,
      maxBidMicros: MAX_BID_MICROS,
      shade: isFirstPrice ? shadeByTable : null,
      silence,
    });
  }

  propose({ at, value, median }: Auctions, row: number): Proposal {
    const { isFirstPrice, nodes } = this.#setting;
    const node = this.#nodes[Math.floor(this.#random.next() * nodes)];
    if (node === undefined) throw new RangeError("There are no nodes");
    return node.propose({
      value: value[row] ?? 0,
      at: at[row] ?? 0,
      draw: this.#random.next(),
      ...(isFirstPrice ? { chanceOf: rivalCurve(median[row] ?? 1) } : {}),
    });
  }

  hear({ slice, bid, chargedMicros }: Notice): void {
    for (const node of this.#nodes) {
      if (chargedMicros === null) node.lose(slice, bid);
      else node.win(slice, bid, chargedMicros);
    }
  }

  /** Some die, dead slices are reclaimed, all sync. */
  async tick(now: number, exchange: Exchange): Promise<void> {
    const { deaths, silence } = this.#setting;
    for (const place of this.#nodes.keys()) {
      if (this.#random.next() < deaths) this.#nodes[place] = this.#start();
    }
    const whole = now - exchange.reportMs;
    for (const node of silence === null ? this.#nodes : []) {
      for (const slice of node.slices()) {
        const chargedMicros = exchange.report(slice, whole);
        node.reconcile(slice, { before: whole, chargedMicros });
      }
    }
    if (deaths > 0) await attempt(this.#reclaim(whole, exchange));
    for (const node of this.#nodes) await attempt(node.sync(now));
  }

  #reclaim(whole: number, exchange: Exchange): Promise<null> {
    return this.#store.change(BUDGET, (kept) => {
      if (kept === null) throw new RangeError("Nothing was lent yet");
      const account = kept.slices.reduce((account, { id }) => {
        const chargedMicros = exchange.report(id, whole);
        return reclaimSlice(account, { id, chargedMicros, whole }, 0);
      }, kept);
      return { kept: account, answer: null };
    });
  }
}

/** Lets a store fail, and nothing else. */
async function attempt(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isFault = error instanceof EngineError || error instanceof RangeError;
    if (!isFault) throw error;
  }
}
