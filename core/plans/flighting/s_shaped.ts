/**
 * Curves with an S over time: a bound by concave envelopes, and good local plans
 * by the convex–concave procedure from several starts.
 *
 * Where the envelope's plan stands inside a line, the true curve wants pulses: the share
 * of the line that is used says how often. Starts put these pulses at different
 * moments; each search then only improves. The best plan is tried again with the pulses of one
 * entity a moment earlier and later, of those whose envelopes promise most beyond their curves.
 *
 * @module
 */
import {
  look,
  lookAtCurve,
  raise,
  restore,
  support,
} from "../interior/concave_curves.ts";
import type { InteriorPoint } from "../interior/interior.ts";
import type { NarrowedCells } from "./narrow.ts";
import type { PosedFlight } from "./plan_flight.ts";
import { feel, type FlightSheet, respondOverTime } from "./sheet.ts";

/** When in its turn a pulse comes: early, in the middle, late. */
const PHASES = [0.5, 0.2, 0.8];
/** Entities whose pulses are moved. */
const MOVED = 4;
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
 * @param plans Others to set out from.
 * @returns The best plan found, its value by the true curves; stand-ins are the curves again.
 */
export function improveFlight(
  posed: PosedFlight,
  bounding: InteriorPoint,
  plans: readonly Float64Array[] = [],
): InteriorPoint {
  const { sheet } = posed;
  const doubtful = listDoubtful(sheet, bounding);
  const given = plans.map((amounts) =>
    amounts.map((amount) => amount / sheet.amountUnit)
  );
  const starts = [
    ...given.map((x) => {
      feel(sheet, x);
      return sheet.felt.slice();
    }),
    ...listStarts(sheet, bounding),
  ];
  const known = [bounding.x, ...given.filter(posed.keepsBounds)]
    .map((x) => ({ ...bounding, x, value: valueTruly(sheet, x) }));
  let best = known.reduce((one, other) =>
    other.value > one.value ? other : one
  );
  let iterations = 0;
  const improve = (felt: Float64Array) => {
    if (posed.isOver()) return;
    const found = climb(posed, felt);
    iterations += found.iterations;
    if (found.best !== null && found.best.value > best.value) {
      best = found.best;
    }
  };
  for (const felt of starts) improve(felt);
  for (const row of doubtful) {
    for (const by of [-1, 1]) improve(shiftPulses(sheet, best, { row, by }));
  }
  return { ...best, iterations };
}

/** Entities by how far the envelopes' plan is above their curves, the farthest first. */
function listDoubtful(
  sheet: FlightSheet,
  { x }: InteriorPoint,
): number[] {
  const { curves, count, horizon, season, felt } = sheet;
  feel(sheet, x);
  const above = new Float64Array(count);
  felt.forEach((amount, site) => {
    const row = Math.floor(site / horizon);
    look(curves, site, amount);
    const raised = curves.value;
    lookAtCurve(curves, curves.of[site] as number, amount);
    above[row] = (above[row] as number) +
      (season[site] as number) * (raised - curves.value);
  });
  return [...above.keys()]
    .sort((one, other) => (above[other] as number) - (above[one] as number))
    .slice(0, MOVED);
}

/** Adstocks of a plan, those of one entity a moment earlier or later. */
function shiftPulses(
  sheet: FlightSheet,
  { x }: InteriorPoint,
  { row, by }: { readonly row: number; readonly by: number },
): Float64Array {
  feel(sheet, x);
  const { horizon } = sheet;
  const felt = sheet.felt.slice();
  for (let at = 0; at < horizon; at++) {
    const from = (at - by + horizon) % horizon;
    felt[row * horizon + at] = sheet.felt[row * horizon + from] as number;
  }
  return felt;
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

/** Improves on what supports the curves at an adstock, until nothing is gained; null where no point keeps its bounds. */
function climb(
  { sheet, search, keepsBounds, isOver }: PosedFlight,
  felt: Float64Array,
): { readonly best: InteriorPoint | null; readonly iterations: number } {
  let best: InteriorPoint | null = null;
  let iterations = 0;
  let at = felt;
  for (let round = 0; round < ROUNDS; round++) {
    at.forEach((amount, site) => support(sheet.curves, site, amount));
    const found = search(PROGRESS / 10);
    iterations += found.iterations;
    if (!keepsBounds(found.x)) break;
    const value: number = valueTruly(sheet, found.x);
    const gain = value - (best?.value ?? 0);
    if (best === null || gain > 0) best = { ...found, value };
    if (gain <= PROGRESS * Math.abs(value) || isOver()) break;
    at = sheet.felt.slice();
  }
  return { best, iterations };
}

function valueTruly(sheet: FlightSheet, x: Float64Array): number {
  sheet.felt.forEach((_, site) => restore(sheet.curves, site));
  return respondOverTime(sheet, x, new Float64Array(x.length));
}
