/**
 * A chance of winning that falls to 0 below the bids that were made. Trees know
 * nothing there and stay level, so that a bid of one micro would seem to win.
 *
 *     chance · min(1, bid / floor) ^ steepness
 *
 * @module
 */
import type { FittedRows } from "@moe/plugin";
import { writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import { operation } from "./filled.ts";

/** Where a chance begins to fall, and how fast. */
export interface Fall {
  /** Place of the column with the bid. */
  readonly bidColumn: number;
  /** Bid below which it falls, micros, exact in float32. */
  readonly floor: number;
  /** Power of the bid's share of the floor, at least 1. */
  readonly steepness: number;
}

/** Share of the bids that lie below the floor: a few strays are no knowledge. */
const STRAYS = 0.01;

/**
 * Finds the bid from which on enough bids were made.
 *
 * @param bids Micros, NaN where missing, shape [rows].
 * @returns Micros, at least 1, exact in float32.
 */
export function floorOf(bids: Float64Array): number {
  const known = bids.filter((bid) => !Number.isNaN(bid)).sort();
  const floor = known[Math.floor(STRAYS * known.length)] ?? 1;
  return Math.max(1, Math.fround(floor));
}

/**
 * Lets a fitted chance fall, in its graph as in its predictions.
 *
 * @param fitted Chances that rise with the bid.
 * @param fall From where, and how fast.
 * @param columns How many columns it reads.
 * @returns Chances that still rise, and are 0 for a bid of 0; a missing bid changes nothing.
 */
export function withFall(
  fitted: FittedRows,
  fall: Fall,
  columns: number,
): FittedRows {
  return {
    ...fitted,
    onnx: fallingOnnx(fitted.onnx, fall, columns),
    predict: (given) => {
      const bids = given[fall.bidColumn] as Float64Array;
      return fitted.predict(given).map((chance, row) =>
        chance * keptAt(bids[row] as number, fall)
      );
    },
  };
}

/** Share of the chance that a bid keeps. */
function keptAt(bid: number, { floor, steepness }: Fall): number {
  if (Number.isNaN(bid)) return 1;
  const share = Math.min(1, Math.fround(Math.max(0, Math.fround(bid)) / floor));
  return Math.fround(share ** Math.fround(steepness));
}

function fallingOnnx(
  chance: Uint8Array,
  { bidColumn, floor, steepness }: Fall,
  columns: number,
): Uint8Array {
  const scalar = (name: string, value: number) => ({
    name,
    shape: [1, 1],
    floats: [value],
  });
  return writeOnnx({
    name: "falling",
    columns,
    constants: [
      { name: "bid_place", shape: [1], places: [bidColumn] },
      scalar("zero", 0),
      scalar("one", 1),
      scalar("floor", floor),
      scalar("steepness", steepness),
    ],
    nodes: [
      embedOnnx(chance, {
        prefix: "chance_",
        input: "features",
        output: "level_chance",
      }),
      {
        ...operation("Gather", ["features", "bid_place"], "bid"),
        attributes: { axis: { int: 1 } },
      },
      operation("IsNaN", ["bid"], "bid_missing"),
      operation("Max", ["bid", "zero"], "bid_positive"),
      operation("Div", ["bid_positive", "floor"], "bid_share"),
      operation("Min", ["bid_share", "one"], "share_below"),
      operation("Pow", ["share_below", "steepness"], "share_kept"),
      operation("Where", ["bid_missing", "one", "share_kept"], "kept"),
      operation("Mul", ["level_chance", "kept"], "score"),
    ],
  });
}
