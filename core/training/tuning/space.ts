/**
 * Where parameters may lie, each on a scale from 0 to 1 so that all steps are alike.
 *
 * @module
 */
import type { TunableRange } from "../../../plugins/contract.ts";
import { sha256 } from "../../domain/canonical.ts";
import { type Random, seededRandom } from "../../domain/random.ts";

/** Parameters that may be chosen, by name. */
export type Space = Readonly<Record<string, TunableRange>>;

/** One value of each parameter. */
export type Params = Readonly<Record<string, unknown>>;

/** A value from its place in [0, 1); a choice by which of equal parts it is in. */
export function valueAt(range: TunableRange, place: number): unknown {
  if ("choices" in range) {
    const last = range.choices.length - 1;
    return range.choices[Math.min(last, Math.floor(place * (last + 1)))];
  }
  const { from, to, log = false, whole = false } = range;
  const value = log ? from * (to / from) ** place : from + (to - from) * place;
  const near = Math.min(to, Math.max(from, value));
  return whole ? Math.round(near) : Number(near.toPrecision(6));
}

/** The place of a value; null if it is not in the range. */
export function placeOf(range: TunableRange, value: unknown): number | null {
  if ("choices" in range) {
    const at = range.choices.findIndex((choice) => choice === value);
    return at < 0 ? null : (at + 0.5) / range.choices.length;
  }
  const { from, to, log = false } = range;
  if (typeof value !== "number" || value < from || value > to) return null;
  return log
    ? Math.log(value / from) / Math.log(to / from)
    : (value - from) / (to - from);
}

/** Draws each parameter evenly. */
export function drawParams(space: Space, random: Random): Params {
  return Object.fromEntries(
    Object.keys(space).sort().map((name) => [
      name,
      valueAt(space[name] as TunableRange, random.next()),
    ]),
  );
}

/** Chance for one trial: the same for the same number, whatever ran before. */
export function chanceOf(seed: number, number: number): Random {
  const print = sha256(`trial ${seed} ${number}`);
  return seededRandom(parseInt(print.slice(0, 12), 16));
}
