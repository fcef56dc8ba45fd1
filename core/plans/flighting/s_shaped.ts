/**
 * Curves with an S over time: a bound by concave envelopes, and good local plans
 * by the convex–concave procedure from several starts.
 *
 * Where the envelope's plan stands inside a line, the true curve wants pulses: the share
 * of the line that is used says how often. Starts put these pulses at different
 * moments; each search then only improves.
 *
 * @module
 */
import { raise, restore, support } from "../interior/concave_curves.ts";
import type { InteriorPoint } from "../interior/interior.ts";
import type { NarrowedCells } from "./narrow.ts";
import type { PosedFlight } from "./plan_flight.ts";
import { feel, type FlightSheet, respondOverTime } from "./sheet.ts";

/** When in its turn a pulse comes: early, in the middle, late. */
const PHASES = [0.5, 0.2, 0.8];
const ROUNDS = 12;
const PROGRESS = 1e-6;

/** Replaces all stand-ins by envelopes between the adstocks that are possible. */
export function standEnvelopes(
  sheet: FlightSheet,
  { reach }: NarrowedCells,
): void {
  const scaled = (amounts: Float64Array) =>
    amounts.map((amount) => amount / sheet.amountUnit);
  feel(sheet, scaled(reach.lo));
  const least = sheet.felt.slice();
  feel(sheet, scaled(reach.hi));
  least.forEach((low, site) =>
    raise(sheet.curves, site, [low, sheet.felt[site] as number])
  );
}

/**
 * Looks for the best plan by the true curves.
 *
 * @param posed The problem, its stand-ins the envelopes.
 * @param bounding The envelopes' plan.
 * @returns The best plan found, its value by the true curves; stand-ins are the curves again.
 */
export function improveFlight(
  posed: PosedFlight,
  bounding: InteriorPoint,
): InteriorPoint {
  const starts = [...listStarts(posed.sheet, bounding)];
  let best: InteriorPoint | null = null;
  let iterations = 0;
  for (const felt of starts) {
    const found = climb(posed, felt);
    iterations += found.iterations;
    if (best === null || found.value > best.value) best = found;
  }
  return { ...(best ?? bounding), iterations };
}

/** Adstocks to set out from, shape [sites] each. */
function* listStarts(
  sheet: FlightSheet,
  { x }: InteriorPoint,
): Generator<Float64Array> {
  const { curves: { knee, bend, of }, horizon } = sheet;
  feel(sheet, x);
  const felt = sheet.felt.slice();
  const share = felt.map((amount, site) =>
    (knee[site] as number) > 0
      ? Math.min(1, Math.max(0, amount / (knee[site] as number)))
      : 1
  );
  const turn = felt.map((_, site) => bend[of[site] as number] as number);
  yield felt;
  yield turn;
  for (const phase of PHASES) {
    let owed = 0;
    yield felt.map((amount, site) => {
      if (site % horizon === 0) owed = phase;
      owed += share[site] as number;
      if (owed < 1) return Math.min(amount, 0.1 * (turn[site] as number));
      owed -= 1;
      return Math.max(amount, turn[site] as number);
    });
  }
}

/** Improves on what supports the curves at an adstock, until nothing is gained. */
function climb(
  { sheet, search }: PosedFlight,
  felt: Float64Array,
): InteriorPoint {
  let best: InteriorPoint | null = null;
  let iterations = 0;
  let at = felt;
  for (let round = 0; round < ROUNDS; round++) {
    at.forEach((amount, site) => support(sheet.curves, site, amount));
    const found = search(PROGRESS / 10);
    iterations += found.iterations;
    const value = valueTruly(sheet, found.x);
    const gain = value - (best?.value ?? 0);
    if (best === null || gain > 0) best = { ...found, value };
    if (gain <= PROGRESS * Math.abs(value)) break;
    at = sheet.felt.slice();
  }
  if (best === null) throw new RangeError("Cannot climb: there are no rounds");
  return { ...best, iterations };
}

function valueTruly(sheet: FlightSheet, x: Float64Array): number {
  sheet.felt.forEach((_, site) => restore(sheet.curves, site));
  return respondOverTime(sheet, x, new Float64Array(x.length));
}
