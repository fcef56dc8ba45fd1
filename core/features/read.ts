/**
 * Features as a decision reads them: kept values from the online store with their age,
 * all others computed from the moment and from what the caller gives.
 *
 * A value is missing when the view never saw the entity, or saw nothing to compute it
 * from; withheld when the view is not meant for the purpose, or the person did not
 * agree to it.
 *
 * @module
 */
import { momentValue } from "../domain/calendar.ts";
import { createInstantReader, type Instant } from "../domain/day.ts";
import { type EntityIds, type EntityKey, entityKey } from "../domain/entity.ts";
import type {
  FeatureReading,
  FeatureReadings,
  FeatureVector,
  FeatureView,
  MomentAggregation,
} from "../domain/feature.ts";
import type { Scalar } from "../domain/signal.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import type { VectorKey } from "../ports/features.ts";
import type { Catalogue, ReadFeature } from "./catalogue.ts";
import { type PlannedView, planRead } from "./read_plan.ts";
import type { RecentVector, RecentVectors } from "./recent_vectors.ts";
import { requestValue } from "./request_features.ts";

/** Which features, of whom, when and what for. */
export interface FeatureQuery {
  /**
   * Feature ids: `view.feature` of the version that serves, `view@version.feature` of
   * one that is not retired. An unknown one reads as missing.
   */
  readonly ids: readonly string[];
  readonly entities: EntityIds;
  /** The request's moment: ages count from it, calendar features describe it. */
  readonly at: Instant;
  /** What they are read for; `optimization` unless given. */
  readonly purpose?: string;
  /** Age from which a value is stale, seconds; a view may ask for less. */
  readonly maxAgeSeconds?: number;
  /**
   * Versions, `view@version`, that ids without a version mean while they are not retired,
   * such as those that a model was trained on.
   */
  readonly pins?: readonly string[];
  /** What the caller says of the request, by name, for features of the request. */
  readonly given?: Readonly<Record<string, Scalar>>;
}

/** Told of every vector that a read used. */
export type OnServed = (
  tenant: string,
  read: { readonly view: FeatureView; readonly entity: EntityKey },
  used: RecentVector,
) => void;

/** What a read stands on. */
export interface ReadScope {
  readonly tenant: string;
  readonly catalogue: Pick<Catalogue, "pinned">;
  readonly recent: Pick<RecentVectors, "read">;
  readonly onServed?: OnServed | undefined;
}

const MISSING: FeatureReading = { value: null, status: "missing", at: null };
const WITHHELD: FeatureReading = { value: null, status: "withheld", at: null };
const PURPOSE = "optimization";
const NO_PINS: readonly string[] = [];
/** Many reads are of the same moment. */
const millisOf = createInstantReader();

/** What a read knows of one view. */
interface ViewState {
  /** Whether purpose or consent forbid all of it. */
  readonly withheld: boolean;
  /** Null if there is none, or none was needed. */
  readonly vector: FeatureVector | null;
  readonly status: "fresh" | "stale";
  /** Moment that the vector describes. */
  readonly at: Instant | null;
}

/** A vector to be read. */
interface VectorRead {
  readonly view: FeatureView;
  readonly entity: EntityKey;
}

/**
 * Reads features.
 *
 * @returns A reading for each id.
 */
export function readFeatures(
  scope: ReadScope,
  query: FeatureQuery,
): Soon<FeatureReadings> {
  const { ids, pins = NO_PINS } = query;
  const { features, views } = planRead(scope.catalogue, ids, pins);
  return whenThere(readViews(scope, query, views), (states) => {
    const readings: Record<string, FeatureReading> = {};
    for (let place = 0; place < ids.length; place++) {
      const feature = features[place] ?? null;
      readings[ids[place] as string] = feature === null
        ? MISSING
        : readingOf(feature, states[feature.viewPlace] as ViewState, query);
    }
    return readings;
  });
}

/** How the views stand, in their order. */
function readViews(
  { tenant, recent, onServed }: ReadScope,
  query: FeatureQuery,
  views: readonly PlannedView[],
): Soon<readonly ViewState[]> {
  const reads = views.map((planned) => vectorReadOf(planned, query));
  const keys = reads.filter((read) => read !== null).map(keyOf);
  if (keys.length === 0) {
    return views.map(({ view }) => withoutVector(view, query));
  }
  return whenThere(recent.read(tenant, keys), (used) => {
    const moment = { query, nowMs: millisOf(query.at) };
    let next = 0;
    return views.map((planned, place) => {
      const read = reads[place] ?? null;
      if (read === null) return withoutVector(planned.view, query);
      const vector = used[next++] as RecentVector;
      onServed?.(tenant, read, vector);
      return stateOf(planned, vector, moment);
    });
  });
}

/** The vector that a view needs; null if it needs none, or none may be read. */
function vectorReadOf(
  { view, needsVector }: PlannedView,
  query: FeatureQuery,
): VectorRead | null {
  const id = query.entities[view.entity];
  return needsVector && id !== undefined && isFor(view, query)
    ? { view, entity: entityKey(view.entity, id) }
    : null;
}

function keyOf({ view: { name, version }, entity }: VectorRead): VectorKey {
  return { view: name, version, entity };
}

function isFor(
  { purposes }: FeatureView,
  { purpose = PURPOSE }: FeatureQuery,
): boolean {
  return purposes.includes(purpose);
}

/** Nobody is known to have agreed where nothing is known. */
function withoutVector(view: FeatureView, query: FeatureQuery): ViewState {
  const withheld = !isFor(view, query) || view.consent?.rule === "opt_in";
  return { withheld, vector: null, status: "fresh", at: null };
}

function stateOf(
  { view, millisOf }: PlannedView,
  { vector, through }: RecentVector,
  { query, nowMs }: { readonly query: FeatureQuery; readonly nowMs: number },
): ViewState {
  if (vector === null) return withoutVector(view, query);
  const at = through !== null && through > vector.at ? through : vector.at;
  const mostSeconds = Math.min(
    view.ttlSeconds,
    query.maxAgeSeconds ?? Infinity,
  );
  const ageMs = Math.abs(nowMs - millisOf(at));
  const status = ageMs > mostSeconds * 1000 ? "stale" : "fresh";
  return { withheld: vector.withheld === true, vector, status, at };
}

function readingOf(
  { aggregation, place, kept }: ReadFeature,
  { withheld, vector, status, at }: ViewState,
  query: FeatureQuery,
): FeatureReading {
  if (withheld) return WITHHELD;
  if (kept) {
    const value = vector?.values[place] ?? null;
    return value === null ? MISSING : { value, status, at };
  }
  const value = aggregation.how === "request"
    ? requestValue(aggregation, query.given ?? {}, query.at)
    : momentValue(aggregation as MomentAggregation, query.at);
  if (value === null) return MISSING;
  const given = aggregation.how === "request";
  return { value, status: given ? "given" : "fresh", at: query.at };
}
