/**
 * Which rows teach, which are for stopping early, and which only measure.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";

/** A labelled row, as far as a split is concerned. */
export interface SplitRow {
  /** Id that must not be on two sides. */
  readonly id: string;
  readonly at: Instant;
}

/** How to split. */
export interface SplitOptions {
  readonly by: "hash" | "time";
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
 * begin are in no part: they would tell the past what comes.
 *
 * @param rows In order of time.
 * @param options How.
 * @returns Places in ascending order.
 */
export function splitRows(
  rows: readonly SplitRow[],
  options: SplitOptions,
): Split {
  const { by, validationShare, seed } = options;
  const isHeld = by === "hash" ? heldByHash(options) : null;
  const cut = by === "time" ? cutMoment(rows, options.holdoutShare) : "";
  const last = by === "time"
    ? Date.parse(cut) - options.withinDays * DAY_MS
    : Infinity;
  const parts = { train: [], validation: [], holdout: [] } as Record<
    keyof Split,
    number[]
  >;
  rows.forEach((row, place) => {
    if (isHeld ? isHeld(row) : row.at >= cut) parts.holdout.push(place);
    else if (!isHeld && Date.parse(row.at) > last) return;
    else if (chance(`validation ${seed} ${row.id}`) < validationShare) {
      parts.validation.push(place);
    } else parts.train.push(place);
  });
  return {
    train: Uint32Array.from(parts.train),
    validation: Uint32Array.from(parts.validation),
    holdout: Uint32Array.from(parts.holdout),
  };
}

function heldByHash({ seed, holdoutShare }: SplitOptions) {
  return ({ id }: SplitRow) => chance(`holdout ${seed} ${id}`) < holdoutShare;
}

function cutMoment(rows: readonly SplitRow[], share: number): Instant {
  return rows[Math.floor(rows.length * (1 - share))]?.at ?? "~";
}

/** Uniform in [0, 1), the same for the same text. */
function chance(text: string): number {
  return parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}
