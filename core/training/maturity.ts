/**
 * Rows whose time for an outcome is not over: they teach, with the delay of what has
 * come so far, and they never measure.
 *
 * By hash, they teach if their entity is in no other part. By time, the model must not
 * know what came after the held-out rows begin: what teaches is the rows just before
 * that moment, as they stood then.
 *
 * @module
 */
import type { RowDataset } from "../domain/dataset.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { mean } from "../domain/measures.ts";
import type { LabelRow } from "../ports/training_sets.ts";
import type { RowsSpec } from "./spec.ts";
import { drawChances, type Split, type SplitRow, splitRows } from "./split.ts";

/** Share of the days that a row must have been watched to teach. */
const LEAST_WATCHED = 0.05;

/** Parts of a dataset, and the moment at which the rows that teach were looked at. */
export interface MaturedSplit extends Split {
  readonly seenAt: Instant;
}

/**
 * Days that a row must have been watched by `asOf` to be read at all.
 *
 * @param label What makes a row's label.
 * @returns All of its days, or a few of them where its delay is corrected for.
 */
export function leastWatchedDays(
  { maturity, withinDays }: RowsSpec["label"],
): number {
  return maturity === "correct" ? LEAST_WATCHED * withinDays : withinDays;
}

/**
 * Splits labelled rows, so that only those whose time is over validate and measure.
 *
 * @param spec How to split, and in how many days a label comes about.
 * @param labels In order of time.
 * @param asOf Moment as of which they were read.
 * @returns Places in ascending order.
 */
export async function splitLabels(
  { label, split: how, seed }: RowsSpec,
  labels: readonly LabelRow[],
  asOf: Instant,
): Promise<MaturedSplit> {
  const { matchOn, withinDays, maturity } = label;
  const rows = labels.map(({ entities, at }): SplitRow => ({
    id: entities[matchOn] ?? "",
    at,
  }));
  const options = { ...how, seed, withinDays };
  const chance = await drawChances(rows, seed);
  if (maturity === "wait") {
    return { ...splitRows(rows, options, chance), seenAt: asOf };
  }
  const isOver = (moment: Instant) => (place: number) =>
    watchedDays(rows[place]?.at ?? "", moment) >= withinDays;
  const byHash = how.by === "hash";
  const { train, validation, holdout } = splitRows(
    byHash ? rows : rows.filter((_, place) => isOver(asOf)(place)),
    { ...options, withinDays: leastWatchedDays(label) },
    chance,
  );
  const first = byHash ? undefined : rows[holdout[0] ?? rows.length];
  const seenAt = first?.at ?? asOf;
  return {
    train,
    validation: validation.filter(isOver(seenAt)),
    holdout: byHash ? holdout.filter(isOver(asOf)) : holdout,
    seenAt,
  };
}

/**
 * Adds to the rows that teach when their outcomes came; an outcome that came after they
 * were looked at is none yet.
 *
 * @param dataset The rows, encoded.
 * @param labels Their labels, shape [rows].
 * @param seen When they were looked at, and in how many days an outcome comes about.
 * @returns The same columns with delays.
 */
export function withDelays(
  dataset: RowDataset,
  labels: readonly LabelRow[],
  { seenAt, withinDays }: {
    readonly seenAt: Instant;
    readonly withinDays: number;
  },
): RowDataset {
  const delay = Float64Array.from(
    labels,
    ({ at, outcomeAt }) =>
      outcomeAt === null || outcomeAt > seenAt
        ? NaN
        : watchedDays(at, outcomeAt),
  );
  const watched = Float64Array.from(
    labels,
    ({ at }) => Math.min(watchedDays(at, seenAt), withinDays),
  );
  const seen = (values: Float64Array) =>
    values.map((value, row) => Number.isNaN(delay[row]) ? 0 : value);
  const { label, valueMicros } = dataset;
  return {
    ...dataset,
    label: seen(label),
    ...(valueMicros && { valueMicros: seen(valueMicros) }),
    delays: { delay, watched, withinDays },
  };
}

/**
 * Mean label of the rows whose time is over; of all if there are none.
 *
 * @param dataset Rows, with delays if some are not mature.
 * @returns What a model without inputs would say.
 */
export function meanLabel({ label, delays }: RowDataset): number {
  const mature = delays === undefined
    ? label
    : label.filter((_, row) => (delays.watched[row] ?? 0) >= delays.withinDays);
  return mean(mature.length === 0 ? label : mature);
}

function watchedDays(from: Instant, until: Instant): number {
  return (Date.parse(until) - Date.parse(from)) / DAY_MS;
}
