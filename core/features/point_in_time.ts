/**
 * The point-in-time join: each label with the features as they stood at its moment,
 * and as decisions would have read them. An entity of which the view had seen nothing
 * in its widest window has no values, online as here; nor has one whose consent forbade
 * the view then.
 *
 * @module
 */
import { momentValue } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import type { EntityIds } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import {
  type FeatureDefinition,
  type FeatureValue,
  type FeatureView,
  needsSignals,
  parseFeatureId,
  type Span,
  spanMs,
} from "../domain/feature.ts";
import type { Scalar } from "../domain/signal.ts";
import type {
  DeclaredView,
  FeatureHistory,
  FeaturePoint,
  KnownAt,
} from "../ports/features.ts";
import { requestValue } from "./request_features.ts";
import { find } from "./versions.ts";

/** Points that one query may ask for. */
const BATCH_POINTS = 5000;
/** Queries at a time; each holds its answer. */
const LANES = 2;

/** A moment and whom it concerns. */
export interface LabelPoint {
  readonly entities: EntityIds;
  readonly at: Instant;
  /** What the starting event said, for features of the request; nothing if absent. */
  readonly properties?: Readonly<Record<string, Scalar>>;
}

/** What to join. */
export interface JoinQuery {
  readonly tenant: string;
  readonly labels: readonly LabelPoint[];
  /**
   * Feature ids, in the order of the columns that come back: `view.feature` of the
   * version that serves, or `view@version.feature`.
   */
  readonly ids: readonly string[];
  /** All versions, those built in as well. */
  readonly views: readonly DeclaredView[];
  /**
   * What counts: all for null, what was observed by a moment, or for `point` what was
   * observed by the moment of each label, as a decision then knew it.
   */
  readonly knownAt: KnownAt;
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
  readonly feature: FeatureDefinition;
  /** Values by row, to be filled; null where there is none. */
  readonly values: FeatureValue[];
}

/** A label's row and its point in one view. */
interface Row {
  readonly row: number;
  readonly point: FeaturePoint;
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
  const columns = found.map(({ feature }): Column => ({
    feature,
    values: new Array<FeatureValue>(labels.length).fill(null),
  }));
  const read = [...new Set(found.map(({ view }) => view))];
  for (const [place, view] of read.entries()) {
    const wanted = columns.filter((_, index) => found[index]?.view === view);
    const progress = (share: number) =>
      query.progress?.((place + share) / read.length);
    await joinView(history, { ...query, progress }, { view, wanted });
  }
  return {
    columns: columns.map(({ values }) => values),
    definitions: columns.map(({ feature }) => feature),
    views: read,
  };
}

function findFeature(views: readonly DeclaredView[], id: string) {
  const found = find(views, parseFeatureId(id));
  if (found !== null) return found;
  throw new EngineError(
    "dataset_invalid",
    `Cannot join feature "${id}": there is none of that id; list the views to see which there are`,
  );
}

interface ViewJoin {
  readonly view: FeatureView;
  readonly wanted: readonly Column[];
}

async function joinView(
  history: FeatureHistory,
  query: JoinQuery,
  { view, wanted }: ViewJoin,
): Promise<void> {
  const kept = wanted.filter(({ feature }) =>
    needsSignals(feature.aggregation)
  );
  fillFromLabels(query.labels, wanted);
  if (kept.length === 0 && view.consent === undefined) return;
  const rows = query.labels.flatMap(({ entities, at }, row): Row[] => {
    const id = entities[view.entity];
    return id === undefined ? [] : [{ row, point: { id, at } }];
  });
  const asked = withPresence(view, kept.map(({ feature }) => feature));
  let done = 0;
  await inLanes(cut(rows), async (batch) => {
    const vectors = await history.aggregate(query.tenant, asked, {
      points: batch.map(({ point }) => point),
      knownAt: query.knownAt,
    });
    batch.forEach(({ row }, place) => {
      const [presence = null, ...values] = vectors[place] ?? [];
      if (presence === null) fill(wanted, row, []);
      else if (presence !== 0) fill(kept, row, values);
    });
    done += batch.length;
    query.progress?.(done / rows.length);
  });
}

/** What comes from the moment and from the request, for every label. */
function fillFromLabels(
  labels: readonly LabelPoint[],
  wanted: readonly Column[],
): void {
  for (const { feature: { aggregation }, values } of wanted) {
    if (needsSignals(aggregation)) continue;
    labels.forEach(({ at, properties = {} }, row) => {
      values[row] = aggregation.how === "request"
        ? requestValue(aggregation, properties, at)
        : momentValue(aggregation, at);
    });
  }
}

function fill(
  columns: readonly Column[],
  row: number,
  values: readonly FeatureValue[],
): void {
  columns.forEach((column, place) =>
    column.values[row] = values[place] ?? null
  );
}

/** The features asked for, after a count of all signals in the view's widest window. */
function withPresence(
  view: FeatureView,
  features: readonly FeatureDefinition[],
): FeatureView {
  const presence: FeatureDefinition = {
    name: "presence",
    about: "Signals in the widest window",
    unit: "count",
    aggregation: { how: "count" },
    window: widestWindow(view),
  };
  return { ...view, features: [presence, ...features] };
}

function widestWindow({ features }: FeatureView): Span | null {
  return features.filter(({ aggregation }) => needsSignals(aggregation))
    .map(({ window }) => window)
    .reduce((widest, window) => {
      if (widest === null || window === null) return null;
      return spanMs(window) > spanMs(widest) ? window : widest;
    }, "0d");
}

function* cut(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += BATCH_POINTS) {
    yield rows.slice(from, from + BATCH_POINTS);
  }
}

/** Works off what there is, a few at a time. */
async function inLanes<T>(
  items: Iterator<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  async function lane() {
    for (let next = items.next(); !next.done; next = items.next()) {
      await work(next.value);
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}
