/**
 * A recommended bid with its range, for destinations that take bids in batches: a
 * keyword's or an ad group's highest price, set once a day.
 *
 * The range is what is bid if the value is at its low or its high, and the win curve any
 * of those held possible. It rises with the value. Limits come last, the strongest last
 * of all: the step against today, then the floor, then the cap.
 *
 * @module
 */
import { pacedBid, type Shade, type WinCurve } from "./worth.ts";

/** What is known of one entity. */
export interface BidEvidence {
  /** Expected value of what the bid buys, and an interval about it. */
  readonly value: {
    readonly low: number;
    readonly expected: number;
    readonly high: number;
  };
  /** Value wanted per micro: of its budget, or its target. */
  readonly multiplier: number;
  /** First price: win curves held possible, the likeliest first; null for second price. */
  readonly firstPrice: {
    readonly shade: Shade;
    readonly curves: readonly [WinCurve, ...WinCurve[]];
  } | null;
}

/** Limits on the bid, whole micros. */
export interface BidLimits {
  readonly floorMicros: number;
  /** Above all else, also above a floor that is higher. */
  readonly capMicros: number;
  /** Today's bid; null if there is none, and then no step is limited. */
  readonly todayMicros: number | null;
  /** Most that it moves from today, permille: 200 for ±20 %. */
  readonly stepPermille: number;
}

/** What limited the recommendation; null if nothing. */
export type BidLimit = "step" | "floor" | "cap" | null;

/** A recommended bid: whole micros, low ≤ bid ≤ high. */
export interface BidRange {
  readonly lowMicros: number;
  readonly bidMicros: number;
  readonly highMicros: number;
  readonly limitedBy: BidLimit;
}

/** Recommends a bid for one entity. */
export function recommendBid(
  { value, multiplier, firstPrice }: BidEvidence,
  limits: BidLimits,
): BidRange {
  const bidAt = (worth: number, chanceOf: WinCurve | null) =>
    pacedBid(worth, {
      multiplier,
      maxBidMicros: Number.MAX_SAFE_INTEGER,
      firstPrice: firstPrice && chanceOf
        ? { shade: firstPrice.shade, chanceOf }
        : null,
    });
  const curves = firstPrice?.curves ?? [null];
  const bids = (worth: number) => curves.map((curve) => bidAt(worth, curve));
  const bid = bidAt(value.expected, curves[0]);
  const low = Math.min(bid, ...bids(Math.min(value.low, value.expected)));
  const high = Math.max(bid, ...bids(Math.max(value.high, value.expected)));
  const [bidMicros, limitedBy] = limitBid(bid, limits);
  return {
    lowMicros: limitBid(low, limits)[0],
    bidMicros,
    highMicros: limitBid(high, limits)[0],
    limitedBy,
  };
}

/** Within all limits; where they contradict each other, the cap holds. */
function limitBid(
  bid: number,
  { floorMicros, capMicros, todayMicros, stepPermille }: BidLimits,
): readonly [micros: number, limitedBy: BidLimit] {
  let limited = bid;
  let by: BidLimit = null;
  const hold = (within: number, limit: BidLimit): void => {
    if (within !== limited) by = limit;
    limited = within;
  };
  if (todayMicros !== null) {
    const least = Math.ceil(todayMicros * (1000 - stepPermille) / 1000);
    const most = Math.floor(todayMicros * (1000 + stepPermille) / 1000);
    hold(Math.min(Math.max(limited, least), most), "step");
  }
  hold(Math.max(limited, floorMicros), "floor");
  hold(Math.min(limited, capMicros), "cap");
  return [limited, by];
}
