/**
 * Auctions whose truth is known: values and competing bids are lognormal, traffic and
 * prices follow the hour, and shocks strike that nobody foresees.
 *
 *     ln value = ln 4000 + 0.8·z        ln rival = ln 2000 + price(hour) + 0.6·(0.3·z + 0.95·y)
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";
import { DAY_MS } from "../../core/domain/day.ts";

/** A stretch in which things are not as usual; hours from the start. */
export interface Shock {
  readonly fromHour: number;
  readonly untilHour: number;
  /** Factor of traffic; 0 for an exchange that is down. */
  readonly traffic?: number;
  /** Factor of competing bids. */
  readonly price?: number;
}

/** A world to bid in. */
export interface World {
  readonly seed: number;
  readonly days: number;
  /** Auctions an hour, on average. */
  readonly perHour: number;
  /** How far traffic swings over the day, [0, 1). */
  readonly trafficSwing: number;
  /** How far the logarithm of prices swings over the day. */
  readonly priceSwing: number;
  readonly shocks: readonly Shock[];
}

/** What comes to auction, in order; columns of shape [auctions]. */
export interface Auctions {
  readonly count: number;
  /** Milliseconds. */
  readonly at: Float64Array;
  /** Expected value, micros. */
  readonly value: Float64Array;
  /** Highest competing bid, whole micros. */
  readonly rival: Float64Array;
  /** Median of the competing bid as a good model knows it: without shocks. */
  readonly median: Float64Array;
  readonly from: number;
  readonly until: number;
}

/** When simulated worlds begin: a midnight. */
export const START_MS = Date.UTC(2026, 2, 2);
/** Spread of the competing bid about its median, given the value. */
export const RIVAL_SPREAD = 0.6 * Math.sqrt(1 - 0.3 ** 2);

const HOUR_MS = 3_600_000;

/** Draws the auctions of a world. */
export function drawAuctions(world: World): Auctions {
  const random = seededRandom(world.seed);
  const rows: number[][] = [];
  const until = START_MS + world.days * DAY_MS;
  const busiest = world.perHour * (1 + world.trafficSwing) *
    Math.max(1, ...world.shocks.map(({ traffic }) => traffic ?? 1));
  let at = START_MS;
  for (;;) {
    at += -Math.log(1 - random.next()) / busiest * HOUR_MS;
    if (at >= until) break;
    const hour = (at - START_MS) / HOUR_MS;
    const rate = world.perHour * season(hour, world.trafficSwing, 9) *
      factor(world.shocks, hour, "traffic");
    if (random.next() >= rate / busiest) continue;
    const z = random.normal();
    const median = 2000 * Math.exp(
      world.priceSwing * Math.sin(2 * Math.PI * (hour - 14) / 24) + 0.18 * z,
    );
    const rival = median * factor(world.shocks, hour, "price") *
      Math.exp(RIVAL_SPREAD * random.normal());
    rows.push([at, 4000 * Math.exp(0.8 * z), Math.ceil(rival), median]);
  }
  const column = (place: number) =>
    Float64Array.from(rows, (row) => row[place] ?? 0);
  return {
    count: rows.length,
    at: column(0),
    value: column(1),
    rival: column(2),
    median: column(3),
    from: START_MS,
    until,
  };
}

function season(hour: number, swing: number, turn: number): number {
  return 1 + swing * Math.sin(2 * Math.PI * (hour - turn) / 24);
}

function factor(
  shocks: readonly Shock[],
  hour: number,
  of: "traffic" | "price",
): number {
  return shocks
    .filter(({ fromHour, untilHour }) => hour >= fromHour && hour < untilHour)
    .reduce((product, shock) => product * (shock[of] ?? 1), 1);
}
