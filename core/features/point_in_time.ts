/**
 * The point-in-time join: each label with the features as they stood at its moment,
 * and as decisions would have read them. An entity of which the view had seen
 * nothing in its widest window has no values, online as here.
 *
 * @module
 */
import { calendarPart } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import type { EntityIds } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type {
  FeatureDefinition,
  FeatureValue,
  FeatureView,
} from "../domain/feature.ts";
import { featureId } from "../domain/feature.ts";
import type { FeatureHistory, FeaturePoint } from "../ports/features.ts";

/** Points that one query may ask for. */
const BATCH_POINTS = 5000;

/** A moment and whom it concerns. */
export interface LabelPoint {
  readonly entities: EntityIds;
  readonly at: Instant;
}

/** What to join. */
export interface JoinQuery {
  readonly tenant: string;
  readonly labels: readonly LabelPoint[];
  /** Feature ids, in the order of the columns that come back. */
  readonly ids: readonly string[];
  readonly views: readonly FeatureView[];
  /** Only what was observed by then; null for all. */
  readonly knownAt: Instant | null;
  /** How many of the batches are done, as a share. */
  readonly progress?: (share: number) => void;
}

/** Features of all labels. */
export interface TrainingRows {
  /** Values by column and row, shape [ids][labels]. */
  readonly columns: readonly (readonly FeatureValue[])[];
  /** Definition of each column, shape [ids]. */
  readonly definitions: readonly FeatureDefinition[];
  /** Views that were read. */
  readonly views: readonly FeatureView[];
}

interface Column {
  readonly place: number;
  readonly feature: FeatureDefinition;
}

/**
 * Joins features to labels.
 *
 * @param history Where features are computed.
 * @param query Labels and features.
 * @returns One column for each feature id, one row for each label.
 * @throws {EngineError} `dataset_invalid` if there is no such feature.
 */
export async function trainingRows(
  history: FeatureHistory,
  query: JoinQuery,
): Promise<TrainingRows> {
  const { ids, labels, views } = query;
  const found = ids.map((id) => findFeature(views, id));
  const columns = ids.map(() =>
    new Array<FeatureValue>(labels.length).fill(null)
  );
  const read = [...new Set(found.map(({ view }) => view))];
  for (const [place, view] of read.entries()) {
    const wanted = found.flatMap((one, place) =>
      one.view === view ? [{ place, feature: one.feature }] : []
    );
    const progress = (share: number) =>
      query.progress?.((place + share) / read.length);
    await joinView(history, { ...query, progress }, { view, wanted, columns });
  }
  const definitions = found.map(({ feature }) => feature);
  return { columns, definitions, views: read };
}

function findFeature(views: readonly FeatureView[], id: string) {
  for (const view of views) {
    for (const feature of view.features) {
      if (featureId(view.name, feature.name) === id) return { view, feature };
    }
  }
  throw new EngineError(
    "dataset_invalid",
    `Cannot join feature "${id}": there is none of that id; list the views to see which there are`,
  );
}

async function joinView(
  history: FeatureHistory,
  query: JoinQuery,
  { view, wanted, columns }: {
    readonly view: FeatureView;
    readonly wanted: readonly Column[];
    readonly columns: FeatureValue[][];
  },
): Promise<void> {
  const { labels, progress } = query;
  joinCalendar(labels, wanted, columns);
  const stored = wanted.filter(({ feature }) =>
    feature.aggregation.how !== "calendar"
  );
  if (stored.length === 0) return;
  const asked = withPresence(view, stored.map(({ feature }) => feature));
  const points = labels.flatMap(({ entities, at }, row) => {
    const id = entities[view.entity];
    return id === undefined ? [] : [{ row, point: { id, at } }];
  });
  for (let from = 0; from < points.length; from += BATCH_POINTS) {
    const batch = points.slice(from, from + BATCH_POINTS);
    const vectors = await aggregate(history, query, {
      view: asked,
      points: batch.map(({ point }) => point),
    });
    batch.forEach(({ row }, place) => {
      const [presence, ...values] = vectors[place] ?? [];
      if (presence === 0) return;
      stored.forEach((one, place) => {
        fill(columns, one.place, { row, value: values[place] ?? null });
      });
    });
    progress?.(Math.min(1, (from + BATCH_POINTS) / points.length));
  }
}

function joinCalendar(
  labels: readonly LabelPoint[],
  wanted: readonly Column[],
  columns: FeatureValue[][],
): void {
  for (const { place, feature: { aggregation } } of wanted) {
    if (aggregation.how !== "calendar") continue;
    const { part } = aggregation;
    labels.forEach(({ at }, row) => {
      fill(columns, place, { row, value: calendarPart(part, at) });
    });
  }
}

function fill(
  columns: FeatureValue[][],
  place: number,
  { row, value }: { row: number; value: FeatureValue },
): void {
  const column = columns[place];
  if (column) column[row] = value;
}

/** The features asked for, after a count of all signals in the view's widest window. */
function withPresence(
  view: FeatureView,
  features: readonly FeatureDefinition[],
): FeatureView {
  const windows = view.features.flatMap(({ aggregation, windowDays }) =>
    aggregation.how === "calendar" ? [] : [windowDays ?? Infinity]
  );
  const widest = Math.max(...windows);
  const presence: FeatureDefinition = {
    name: "presence",
    about: "Signals in the widest window",
    unit: "count",
    aggregation: { how: "count" },
    windowDays: widest === Infinity ? null : widest,
  };
  return { ...view, features: [presence, ...features] };
}

function aggregate(
  history: FeatureHistory,
  { tenant, knownAt }: JoinQuery,
  { view, points }: { view: FeatureView; points: readonly FeaturePoint[] },
) {
  return history.aggregate(tenant, view, { points, knownAt });
}
