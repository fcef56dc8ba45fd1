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
import type { Instant } from "../domain/day.ts";
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
  const { ids } = query;
  const features = scope.catalogue.pinned(query.pins ?? []);
  const found = ids.map((id) => features.get(id));
  return whenThere(readViews(scope, query, found), (states) => {
    const readings: Record<string, FeatureReading> = {};
    ids.forEach((id, place) => {
      const feature = found[place];
      const state = feature && states.get(feature.view);
      readings[id] = feature && state
        ? readingOf(feature, state, query)
        : MISSING;
    });
    return readings;
  });
}

function readViews(
  { tenant, recent, onServed }: ReadScope,
  query: FeatureQuery,
  found: readonly (ReadFeature | undefined)[],
): Soon<Map<FeatureView, ViewState>> {
  const states = new Map<FeatureView, ViewState>();
  const reads: VectorRead[] = [];
  for (const [view, needsVector] of viewsOf(found)) {
    const state = withoutVector(view, query);
    const id = query.entities[view.entity];
    if (!needsVector || id === undefined || !isFor(view, query)) {
      states.set(view, state);
    } else reads.push({ view, entity: entityKey(view.entity, id) });
  }
  if (reads.length === 0) return states;
  return whenThere(recent.read(tenant, reads.map(keyOf)), (used) => {
    used.forEach((one, place) => {
      const read = reads[place];
      if (read === undefined) return;
      onServed?.(tenant, read, one);
      states.set(read.view, stateOf(read.view, one, query));
    });
    return states;
  });
}

/** Views that are read, and whether their vectors are needed: for values, or for consent. */
function viewsOf(
  found: readonly (ReadFeature | undefined)[],
): Map<FeatureView, boolean> {
  const views = new Map<FeatureView, boolean>();
  for (const feature of found) {
    if (feature === undefined) continue;
    const { view, kept } = feature;
    if (views.get(view)) continue;
    views.set(view, kept || view.consent !== undefined);
  }
  return views;
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
  view: FeatureView,
  { vector, through }: RecentVector,
  query: FeatureQuery,
): ViewState {
  if (vector === null) return withoutVector(view, query);
  const at = through !== null && through > vector.at ? through : vector.at;
  const mostSeconds = Math.min(
    view.ttlSeconds,
    query.maxAgeSeconds ?? Infinity,
  );
  const ageMs = Math.abs(Date.parse(query.at) - Date.parse(at));
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
