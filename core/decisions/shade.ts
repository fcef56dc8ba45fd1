/**
 * First-price shading: the bid at which the most is left, on average, of what winning
 * is worth.
 *
 *     maximise (worth − bid) · chance(bid)
 *
 * The curve is looked at on a ladder of bids, made to rise, and the best rung is
 * refined between its neighbours by golden section. From rung to rung what is left of
 * the worth falls by a seventh at most, so that of any rising curve, stepped ones too,
 * at least six sevenths of the most that could be left are left.
 *
 * @module
 */
import type { FeatureValue } from "../domain/feature.ts";
import type { Scorer } from "../scores/scorer.ts";

/** A shaded bid. */
export interface ShadedBid {
  /** Whole micros, at most the worth. */
  readonly bidMicros: number;
  /** Chance that it wins. */
  readonly winChance: number;
  /**
   * `shaded`: the best bid. `flat`: the curve does not tell bids apart, so the worth
   * itself is bid. `unwinnable`: no bid up to the worth wins, so nothing is bid.
   */
  readonly outcome: "shaded" | "flat" | "unwinnable";
}

const RUNGS = 128;
/** Log odds of the lowest and the highest rung, as shares of the worth. */
const [LOWEST, HIGHEST] = [-14, 5];
/** Rise of the chance over the whole ladder, as a share, that tells bids apart. */
const LEAST_RISE = 0.01;
const LEAST_CHANCE = 1e-9;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Sections after which two neighbouring rungs are a micro apart, for any worth. */
const SECTIONS = 60;

/**
 * Bids at which a win curve is to be looked at.
 *
 * @param worthMicros What winning is worth, above 0.
 * @returns Ascending from a millionth to 99 % of the worth, even in the log odds of
 * their share of it, not rounded.
 */
export function bidLadder(worthMicros: number): Float64Array {
  return Float64Array.from(
    { length: RUNGS },
    (_, rung) => {
      const odds = LOWEST + (HIGHEST - LOWEST) * rung / (RUNGS - 1);
      return worthMicros / (1 + Math.exp(-odds));
    },
  );
}

/**
 * Shades a bid.
 *
 * @param worthMicros What winning is worth; nothing is bid for 0 or less.
 * @param chanceOf Chance that a bid in micros wins; a fall is taken as flat.
 * @returns The best bid; never above the worth.
 */
export function shadeBid(
  worthMicros: number,
  chanceOf: (bidMicros: number) => number,
): ShadedBid {
  if (!(worthMicros >= 1)) return NOTHING;
  const bids = bidLadder(worthMicros);
  const chances = rising(bids.map(chanceOf));
  const top = chances.at(-1) ?? 0;
  if (!(top >= LEAST_CHANCE)) return NOTHING;
  if (top - (chances[0] ?? 0) < LEAST_RISE * top) {
    const bidMicros = Math.floor(worthMicros);
    return { bidMicros, winChance: top, outcome: "flat" };
  }
  const surplus = (bid: number) => (worthMicros - bid) * chanceOf(bid);
  const left = bids.map((bid, rung) =>
    (worthMicros - bid) * (chances[rung] ?? 0)
  );
  const best = left.indexOf(Math.max(...left));
  const refined = goldenSection(surplus, [
    bids[Math.max(best - 1, 0)] ?? 0,
    bids[best + 1] ?? worthMicros,
  ]);
  const rung = bids[best] ?? 0;
  const bid = surplus(refined) >= surplus(rung) ? refined : rung;
  const bidMicros = Math.ceil(bid) <= worthMicros
    ? Math.ceil(bid)
    : Math.floor(worthMicros);
  return { bidMicros, winChance: chanceOf(bidMicros), outcome: "shaded" };
}

const NOTHING: ShadedBid = {
  bidMicros: 0,
  winChance: 0,
  outcome: "unwinnable",
};

/** Where a function with one peak is greatest. */
function goldenSection(
  of: (at: number) => number,
  [from, until]: readonly [number, number],
): number {
  let [low, high] = [from, until];
  let [left, right] = [
    high - GOLDEN * (high - low),
    low + GOLDEN * (high - low),
  ];
  let [atLeft, atRight] = [of(left), of(right)];
  for (let section = 0; section < SECTIONS && high - low > 0.5; section++) {
    if (atLeft >= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = of(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = of(right);
    }
  }
  return atLeft >= atRight ? left : right;
}

/** Each at least the one before it. */
function rising(chances: Float64Array): Float64Array {
  let most = 0;
  return chances.map((chance) =>
    most = Math.max(most, Number.isNaN(chance) ? 0 : chance)
  );
}

/**
 * A curve through points, straight between them on the logarithm of the bid.
 *
 * @param bids Ascending, above 0, shape [points].
 * @param chances Made to rise, shape [points].
 * @returns Chance of any bid; that of the nearest point beyond the ends.
 */
export function winCurve(
  bids: Float64Array,
  chances: Float64Array,
): (bidMicros: number) => number {
  const heights = rising(chances);
  return (bidMicros) => {
    const after = bids.findIndex((bid) => bid >= bidMicros);
    if (after === 0) return heights[0] ?? 0;
    if (after < 0) return heights.at(-1) ?? 0;
    const [low, high] = [bids[after - 1] ?? 1, bids[after] ?? 1];
    const [below, above] = [heights[after - 1] ?? 0, heights[after] ?? 0];
    return below +
      (above - below) * Math.log(bidMicros / low) / Math.log(high / low);
  };
}

/** What a landscape is asked. */
export interface AskedCurve {
  readonly worthMicros: number;
  readonly values: readonly FeatureValue[];
  /** Which of the values is the bid. */
  readonly bidPlace: number;
}

/**
 * Shades a bid by a model of what bids win, asked for all rungs in one batch.
 *
 * @param landscape A model for use `win`.
 * @param asked What winning is worth; values of the model's inputs in their order,
 * whatever stands at the bid; and the place of the bid among them.
 * @returns The best bid.
 * @throws {EngineError} `model_unavailable` if the model cannot be run.
 */
export async function shadeByModel(
  landscape: Scorer,
  asked: AskedCurve,
): Promise<ShadedBid> {
  const { worthMicros } = asked;
  if (!(worthMicros >= 1)) return NOTHING;
  return shadeBid(worthMicros, await curveByModel(landscape, asked));
}

/**
 * What bids win, asked for all rungs in one batch.
 *
 * @param landscape As of {@link shadeByModel}.
 * @param asked As there.
 * @returns Chance of any bid up to the worth.
 * @throws {EngineError} `model_unavailable` if the model cannot be run.
 */
export async function curveByModel(
  landscape: Scorer,
  { worthMicros, values, bidPlace }: AskedCurve,
): Promise<(bidMicros: number) => number> {
  const bids = bidLadder(worthMicros);
  const chances = await landscape.score(
    Array.from(bids, (bid) => ({
      values: values.with(bidPlace, bid),
      action: null,
    })),
  );
  return winCurve(bids, Float64Array.from(chances));
}
