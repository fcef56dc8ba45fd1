/**
 * Auctions that engines on one database bid in over HTTP, with an exchange that tells late
 * or not at all, and nodes that die.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseBidName } from "../../core/domain/budget.ts";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import type { Auctions } from "./auctions.ts";
import { Exchange, type Telling } from "./exchange.ts";
import { openNode, type ServedNode, type TestClock } from "./served_nodes.ts";

const TICK_MS = 60_000;
const REPORTS_MS = 300_000;
const AT_ONCE = 16;
const HOUR_MS = 3_600_000;

/** How the served nodes bid. */
export interface Setting {
  readonly telling: Telling;
  readonly capMicros: number;
  readonly startMultiplier?: number;
  /** Hours after which the first node dies, and another takes its place. */
  readonly dies?: number;
  /** Hours after which reports come, and how often. */
  readonly reports: boolean;
}

/** What came of it. */
export interface Run {
  readonly value: number;
  readonly spentMicros: number;
  readonly wins: number;
  // deno-lint-ignore no-explicit-any -- as the wire has it
  readonly budget: any;
  readonly decisions: readonly string[];
  readonly last: ServedNode;
}

/** Auctions that two nodes bid in, and a balancer before them. */
export class Market {
  readonly #auctions: Auctions;
  readonly #setting: Setting;
  readonly #clock: TestClock;
  readonly #random: Random = seededRandom(5);
  readonly #exchange: Exchange;
  readonly #nodes: ServedNode[] = [];
  readonly #dead: ServedNode[] = [];
  readonly #url: string;
  readonly decisions: string[] = [];
  value = 0;
  wins = 0;

  constructor(url: string, auctions: Auctions, setting: Setting) {
    this.#url = url;
    this.#auctions = auctions;
    this.#setting = setting;
    this.#clock = { ms: auctions.from };
    const rule = { isFirstPrice: false };
    this.#exchange = new Exchange(setting.telling, this.#random, rule);
  }

  async run(): Promise<Run> {
    for (let node = 0; node < 2; node++) await this.#join();
    const { capMicros, startMultiplier } = this.#setting;
    await this.#any().ask("PUT /optimization/budgets/b", {
      currency: "EUR",
      ["cap_micros"]: capMicros,
      from: new Date(this.#auctions.from).toISOString(),
      until: new Date(this.#auctions.until).toISOString(),
      ["pays_for"]: ["campaign:c-1"],
      bids: { ["most_micros"]: 30_000 },
      ...startMultiplier && { ["start_multiplier"]: startMultiplier },
      notices: { ["life_seconds"]: 60 },
    });
    let row = 0;
    const { from, until, at } = this.#auctions;
    for (let now = from; now < until; now += TICK_MS) {
      this.#clock.ms = now;
      await this.#tick(now);
      const rows = [];
      for (; (at[row] ?? Infinity) < now + TICK_MS; row++) rows.push(row);
      for (let first = 0; first < rows.length; first += AT_ONCE) {
        await Promise.all(
          rows.slice(first, first + AT_ONCE).map((row) => this.#bid(row)),
        );
      }
    }
    const last = this.#any();
    return {
      value: this.value,
      spentMicros: this.#exchange.totalMicros,
      wins: this.wins,
      budget: await last.ask("GET /optimization/budgets/b"),
      decisions: this.decisions,
      last,
    };
  }

  async close(): Promise<void> {
    for (const node of [...this.#nodes, ...this.#dead]) await node.close();
  }

  async #join(): Promise<void> {
    this.#nodes.push(await openNode(this.#url, this.#clock));
  }

  /** Any of the nodes, as a balancer would. */
  #any(): ServedNode {
    const place = Math.floor(this.#random.next() * this.#nodes.length);
    const node = this.#nodes[place];
    assert(node);
    return node;
  }

  async #tick(now: number): Promise<void> {
    const { dies = Infinity, reports } = this.#setting;
    if (now - this.#auctions.from === dies * HOUR_MS) {
      const [dead] = this.#nodes.splice(0, 1);
      assert(dead);
      this.#dead.push(dead);
      await this.#join();
    }
    const due = [now - TICK_MS / 2, now].flatMap((at) =>
      this.#exchange.take(at)
    );
    const notices = due.map(({ slice, bid, chargedMicros }) => ({
      bid: `b.${slice}.${bid}`,
      ...chargedMicros === null
        ? { event: "loss" }
        : { event: "win", ["charged_micros"]: chargedMicros },
    }));
    if (notices.length > 0) {
      const path = "POST /optimization/bids/notices";
      await this.#any().ask(path, { notices });
    }
    if (reports && now % REPORTS_MS === 0) await this.#report(now);
    const syncs = this.#nodes.map(({ engine }) => engine.budgets.sync());
    assert.deepEqual((await Promise.all(syncs)).flat(), []);
  }

  async #report(now: number): Promise<void> {
    const path = "/optimization/budgets/b";
    const { slices } = await this.#any().ask(`GET ${path}`);
    if (slices.length === 0) return;
    const before = now - this.#exchange.reportMs;
    await this.#any().ask(`POST ${path}/reports`, {
      slices: slices.map(({ slice }: { slice: string }) => ({
        slice,
        before: new Date(before).toISOString(),
        ["charged_micros"]: this.#exchange.report(slice, before),
      })),
    });
  }

  async #bid(row: number): Promise<void> {
    const value = this.#auctions.value[row] ?? 0;
    const { decision_id: id, recommended_bid: bid, budget } = await this.#any()
      .ask("POST /optimization/score", {
        context: { model: "bidder", campaign: "c-1" },
        features: { "request.value": value },
      });
    this.decisions.push(id);
    const bidMicros = Number(bid.micros);
    assert.equal(budget.reserved_micros, bid.micros);
    if (bidMicros === 0) return;
    const name = parseBidName(budget.bid);
    assert(name);
    const sent = { at: this.#clock.ms, slice: name.slice, bid: name.number };
    const rival = this.#auctions.rival[row] ?? 0;
    if (!this.#exchange.settle({ ...sent, bidMicros }, rival)) return;
    this.wins++;
    this.value += value;
  }
}
