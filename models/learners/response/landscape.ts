/**
 * Chance that a bid wins: the distribution of the price to beat, given the context.
 * It never falls as the bid rises.
 *
 * By regression, the price to beat is log-logistic, its middle moved by the context:
 *
 *     log odds of winning = slope · log(bid) + Σ weight · column + level,   slope ≥ 0
 *
 * By trees, bid and context act together in any way that rises with the bid. Below the
 * bids that were made the chance falls to 0, as steeply as by regression and at least
 * in proportion to the bid.
 *
 * Where a won row tells the best other bid, it also tells how lower bids would have
 * done: lost below that price, won from it on. A lost row would have lost at any lower
 * bid. So rows are repeated at lower bids; at higher ones what would have been is known
 * of won rows alone, and they would mislead.
 *
 * @module
 */
import {
  EngineError,
  type FitScope,
  type FittedRows,
  type Random,
  type RowDataset,
} from "@moe/plugin";
import { glmOnnx } from "../linear/glm_onnx.ts";
import { fitGlm, type Glm, predictGlm } from "../linear/glm.ts";
import { writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import { type ChanceOptions, fitChance } from "./chance.ts";
import { floorOf, withFall } from "./fall.ts";
import { fillColumns, fillNodes, meanKnown, operation } from "./filled.ts";

/** How to learn what bids win. */
export interface LandscapeOptions extends ChanceOptions {
  /** Place of the column with the bid, micros. */
  readonly bidColumn: number;
  /**
   * Whether the value of a won row is the best other bid, as a second-price auction
   * tells it; what was paid in a first-price auction is no such price.
   */
  readonly prices: boolean;
}

type Scope = FitScope<RowDataset, LandscapeOptions>;

/** Times that a row is repeated at a lower bid. */
const REPEATS = 3;
/** Lowest repeated bid, as a share of the bid. */
const LOWEST = 0.1;

/**
 * Learns what bids win.
 *
 * @param scope Rows, of which a column is the bid.
 * @returns Chances that rise with the bid.
 * @throws {EngineError} `dataset_invalid` if prices are asked for and there are none.
 */
export async function fitLandscape(scope: Scope): Promise<FittedRows> {
  const { dataset, params, random } = scope;
  const { prices, bidColumn, base } = params;
  const rows = prices ? repeatLower(dataset, bidColumn, random) : dataset;
  scope.report("regression", null);
  const regression = regress(rows, params);
  if (base === "logistic") {
    return {
      onnx: regressionOnnx(regression),
      predict: (given) =>
        predictGlm(regression.glm, regressed(given, regression)),
    };
  }
  const monotone = dataset.columns.map((_, at) => at === bidColumn ? 1 : 0);
  const chance = await fitChance({
    ...scope,
    dataset: rows,
    params: { ...params, monotone },
  });
  const floor = floorOf(rows.columns[bidColumn] as Float64Array);
  const steepness = Math.max(1, slopeOf(regression));
  return withFall(
    chance,
    { bidColumn, floor, steepness },
    dataset.columns.length,
  );
}

/** Each row as it was, and at lower bids, all of them together of its weight. */
function repeatLower(
  { rows, names, columns, label, valueMicros, weight }: RowDataset,
  bidColumn: number,
  random: Random,
): RowDataset {
  if (!valueMicros) {
    throw new EngineError(
      "dataset_invalid",
      "Cannot fit to prices: no outcome has a value; leave params.prices out, or bring the best other bid as the value of a win",
    );
  }
  const times = REPEATS + 1;
  const stretch = (values: Float64Array) =>
    Float64Array.from(
      { length: rows * times },
      (_, place) => values[Math.floor(place / times)] as number,
    );
  const bids = stretch(columns[bidColumn] as Float64Array).map((bid, place) =>
    place % times === 0 ? bid : Math.fround(bid * LOWEST ** random.next())
  );
  const prices = stretch(valueMicros);
  return {
    rows: rows * times,
    names,
    columns: columns.map((column, at) =>
      at === bidColumn ? bids : stretch(column)
    ),
    label: stretch(label).map((won, place) => {
      const wouldWin = (bids[place] as number) >= (prices[place] as number);
      return won === 1 && (place % times === 0 || wouldWin) ? 1 : 0;
    }),
    weight: stretch(weight ?? new Float64Array(rows).fill(1)).map((one) =>
      one / times
    ),
  };
}

/** A regression on the logarithm of the bid, which comes last of its columns. */
interface Regression {
  readonly glm: Glm;
  readonly fills: Float64Array;
  readonly bidColumn: number;
}

function regress(
  dataset: RowDataset,
  { bidColumn, weightL2: l2 }: LandscapeOptions,
): Regression {
  const fills = Float64Array.from(
    dataset.columns,
    (column, at) => at === bidColumn ? middleBid(column) : meanKnown(column),
  );
  const columns = regressed(dataset.columns, { fills, bidColumn });
  const names = [
    ...dataset.names.toSpliced(bidColumn, 1),
    dataset.names[bidColumn] as string,
  ];
  const options = { family: "logistic", l1: 0, l2, steps: 300 } as const;
  const free = fitGlm({ ...dataset, names, columns }, options);
  const isRising = (free.weights.at(-1) as number) >= 0;
  const level = columns.with(-1, new Float64Array(dataset.rows));
  const glm = isRising
    ? free
    : fitGlm({ ...dataset, names, columns: level }, options);
  return { glm, fills, bidColumn };
}

/** Rise of the log odds with the logarithm of the bid. */
function slopeOf({ glm: { weights, scales } }: Regression): number {
  return (weights.at(-1) as number) * (scales.at(-1) as number);
}

/** All columns but the bid, then the logarithm of the bid. */
function regressed(
  columns: readonly Float64Array[],
  { fills, bidColumn }: Omit<Regression, "glm">,
): Float64Array[] {
  const filled = fillColumns(columns, fills);
  const bids = filled[bidColumn] as Float64Array;
  return [...filled.toSpliced(bidColumn, 1), bids.map(logBid)];
}

/** In float32, as it is served; a bid below one micro counts as one. */
function logBid(bid: number): number {
  return Math.fround(Math.log(Math.max(Math.fround(bid), 1)));
}

function middleBid(bids: Float64Array): number {
  const known = bids.filter((bid) => !Number.isNaN(bid)).map(logBid);
  return Math.fround(Math.exp(meanKnown(known)));
}

function regressionOnnx({ glm, fills, bidColumn }: Regression): Uint8Array {
  const others = [...fills.keys()].filter((at) => at !== bidColumn);
  const gather = (from: string, to: string) => ({
    ...operation("Gather", ["filled", from], to),
    attributes: { axis: { int: 1 } },
  });
  return writeOnnx({
    name: "landscape",
    columns: fills.length,
    constants: [
      { name: "fills", shape: [1, fills.length], floats: fills },
      { name: "bid_place", shape: [1], places: [bidColumn] },
      { name: "other_places", shape: [others.length], places: others },
      { name: "one", shape: [1, 1], floats: [1] },
    ],
    nodes: [
      ...fillNodes("features", "filled"),
      gather("bid_place", "bid"),
      gather("other_places", "others"),
      operation("Max", ["bid", "one"], "positive_bid"),
      operation("Log", ["positive_bid"], "log_bid"),
      {
        ...operation("Concat", ["others", "log_bid"], "regressed"),
        attributes: { axis: { int: 1 } },
      },
      embedOnnx(glmOnnx(glm), {
        prefix: "glm_",
        input: "regressed",
        output: "score",
      }),
    ],
  });
}
