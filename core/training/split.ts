/**
 * Which rows teach, which are for stopping early, and which only measure.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { createBreath } from "./breathe.ts";

/** A labelled row, as far as a split is concerned. */
export interface SplitRow {
  /** Id that must not be on two sides. */
  readonly id: string;
  readonly at: Instant;
}

/** How to split. */
export interface SplitOptions {
  readonly by: "hash" | "time" | "time_and_entity";
  readonly holdoutShare: number;
  readonly validationShare: number;
  readonly seed: number;
  /** Days in which a row's label comes about. */
  readonly withinDays: number;
}

/** Places of rows; a row is in one part at most. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly holdout: Uint32Array;
}

/**
 * Splits rows. By time, rows of which the label came about after the held-out ones
 * begin are in no part: they would tell the past what comes. By time and entity, the
 * held-out rows are of entities that are new then, or that a hash takes out of all
 * other parts; later rows of the others are in no part.
 *
 * @param rows In order of time.
 * @param options How.
 * @param chance Draws, from `drawChances` where there are many rows.
 * @returns Places in ascending order.
 */
export function splitRows(
  rows: readonly SplitRow[],
  options: SplitOptions,
  chance: Chance = chanceOf,
): Split {
  const { validationShare, seed } = options;
  const sideOf = createSides(rows, options, chance);
  const parts = { train: [], validation: [], holdout: [] } as Record<
    keyof Split,
    number[]
  >;
  rows.forEach((row, place) => {
    const side = sideOf(row);
    if (side === "holdout") parts.holdout.push(place);
    if (side !== "learn") return;
    if (chance(drawOf("validation", seed, row.id)) < validationShare) {
      parts.validation.push(place);
    } else parts.train.push(place);
  });
  return {
    train: Uint32Array.from(parts.train),
    validation: Uint32Array.from(parts.validation),
    holdout: Uint32Array.from(parts.holdout),
  };
}

/** Whether to learn from a row, to measure on it, or neither. */
type Side = "learn" | "holdout" | null;

function createSides(
  rows: readonly SplitRow[],
  options: SplitOptions,
  chance: Chance,
): (row: SplitRow) => Side {
  const { by, holdoutShare, withinDays } = options;
  const isHeld = heldByHash(options, chance);
  if (by === "hash") return (row) => isHeld(row) ? "holdout" : "learn";
  const cut = cutMoment(rows, holdoutShare);
  const last = Date.parse(cut) - withinDays * DAY_MS;
  const byTime = ({ at }: SplitRow): Side => {
    if (at >= cut) return "holdout";
    return Date.parse(at) > last ? null : "learn";
  };
  if (by === "time") return byTime;
  const seen = new Set(
    rows.filter(({ at }) => at < cut).map(({ id }) => id),
  );
  return (row) => {
    const side = byTime(row);
    const isApart = isHeld(row) || !seen.has(row.id);
    return isApart === (side === "holdout") ? side : null;
  };
}

function heldByHash({ seed, holdoutShare }: SplitOptions, chance: Chance) {
  return ({ id }: SplitRow) =>
    chance(drawOf("holdout", seed, id)) < holdoutShare;
}

function cutMoment(rows: readonly SplitRow[], share: number): Instant {
  return rows[Math.floor(rows.length * (1 - share))]?.at ?? "~";
}

/**
 * Draws beforehand what a split will ask for, so that others may have the thread.
 *
 * @param rows To be split.
 * @param seed As the split's.
 */
export async function drawChances(
  rows: readonly SplitRow[],
  seed: number,
): Promise<Chance> {
  const known = new Map<string, number>();
  const breathe = createBreath();
  for (const { id } of rows) {
    for (const what of ["holdout", "validation"] as const) {
      const text = drawOf(what, seed, id);
      if (!known.has(text)) known.set(text, chanceOf(text));
    }
    await breathe();
  }
  return (text) => known.get(text) ?? chanceOf(text);
}

/**
 * Halves rows that validate, no entity in both: one for families to stop on, one to
 * choose parameters by.
 *
 * @param ids Entity of each row.
 * @param seed The same seed halves alike.
 * @returns Places in ascending order.
 */
export function halveRows(
  ids: readonly string[],
  seed: number,
): { readonly stop: Uint32Array; readonly judge: Uint32Array } {
  const judges = ids.map((id) => chanceOf(drawOf("judge", seed, id)) < 0.5);
  const places = Uint32Array.from(ids.keys());
  return {
    stop: places.filter((place) => !judges[place]),
    judge: places.filter((place) => judges[place]),
  };
}

function drawOf(
  what: "holdout" | "validation" | "judge",
  seed: number,
  id: string,
): string {
  return `${what} ${seed} ${id}`;
}

/** Uniform in [0, 1), the same for the same text. */
export type Chance = (text: string) => number;

function chanceOf(text: string): number {
  return parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}
