/**
 * Features as decisions read them: one key for each entity and view, every value
 * with its age; and the batch that keeps them there.
 *
 * A value is missing when the view never saw the entity, or saw nothing to compute
 * it from. Calendar features come from the moment of the request.
 *
 * @module
 */
import { calendarPart } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import { type EntityIds, entityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import {
  type FeatureDefinition,
  type FeatureReading,
  type FeatureReadings,
  type FeatureVector,
  type FeatureView,
} from "../domain/feature.ts";
import type {
  FeatureHistory,
  MaterializeRun,
  OnlineFeatures,
  ViewStore,
} from "../ports/features.ts";
import type { Report } from "../../plugins/contract.ts";
import { BUILTIN_VIEWS } from "./builtin_views.ts";
import { parseView } from "./parse_view.ts";
import { keepRecent } from "./recent_vectors.ts";

/** Which features, of whom, and when. */
export interface FeatureQuery {
  /** Feature ids, `view.feature`; an unknown one reads as missing. */
  readonly ids: readonly string[];
  readonly entities: EntityIds;
  /** The request's moment: ages count from it, calendar features describe it. */
  readonly at: Instant;
}

/** The features of all tenants. */
export interface Features {
  /** Built-in views, and the latest version of each that the tenant declared. */
  views(tenant: string): Promise<readonly FeatureView[]>;
  /**
   * Declares a view.
   *
   * @throws {EngineError} `view_invalid`, naming the member and the fix.
   */
  declare(tenant: string, view: unknown): Promise<FeatureView>;
  read(tenant: string, query: FeatureQuery): Promise<FeatureReadings>;
  /** Computes every stored view and puts it online; repeated, it changes nothing. */
  materialize(
    tenant: string,
    options: { readonly at: Instant; readonly report: Report },
  ): Promise<readonly MaterializeRun[]>;
}

/** What features stand on. */
export interface FeatureScope {
  readonly history: FeatureHistory;
  readonly online: OnlineFeatures;
  readonly views: ViewStore;
}

/** For how long another process's new declaration may go unseen. */
const VIEWS_MS = 5000;
const MISSING: FeatureReading = { value: null, status: "missing", at: null };

/** Opens the features. */
export function createFeatures(scope: FeatureScope): Features {
  const known = new Map<string, { views: FeatureView[]; until: number }>();
  const online = keepRecent(scope.online);
  async function views(tenant: string): Promise<readonly FeatureView[]> {
    const kept = known.get(tenant);
    if (kept && performance.now() < kept.until) return kept.views;
    const listed = [...BUILTIN_VIEWS, ...await scope.views.list(tenant)];
    const until = performance.now() + VIEWS_MS;
    known.set(tenant, { views: listed, until });
    return listed;
  }
  return {
    views,
    declare: async (tenant, declared) => {
      const view = parseView(declared);
      refuseBuiltin(view);
      await scope.views.save(tenant, view);
      known.delete(tenant);
      return view;
    },
    read: async (tenant, query) =>
      read(online, tenant, { ...query, views: await views(tenant) }),
    materialize: async (tenant, options) =>
      await materialize({ ...scope, online }, tenant, {
        ...options,
        views: await views(tenant),
      }),
  };
}

function refuseBuiltin({ name }: FeatureView): void {
  if (!BUILTIN_VIEWS.some((builtin) => builtin.name === name)) return;
  throw new EngineError(
    "view_invalid",
    `Cannot declare feature view "${name}": name: a built-in view has it; choose another`,
  );
}

/** Features of one view that are asked for. */
interface Wanted {
  readonly view: FeatureView;
  readonly ids: readonly string[];
}

async function read(
  online: OnlineFeatures,
  tenant: string,
  query: FeatureQuery & { readonly views: readonly FeatureView[] },
): Promise<FeatureReadings> {
  const { ids, entities, at, views } = query;
  const readings: Record<string, FeatureReading> = {};
  for (const id of ids) readings[id] = MISSING;
  const wanted = groupByView(ids, views);
  const stored = wanted.flatMap(({ view, ids }) => {
    const id = entities[view.entity];
    return isStored(view) && id !== undefined
      ? [{ view, ids, entity: entityKey(view.entity, id) }]
      : [];
  });
  const vectors = stored.length === 0 ? [] : await online.read(
    tenant,
    stored.map(({ view: { name, version }, entity }) => ({
      view: name,
      version,
      entity,
    })),
  );
  stored.forEach((one, place) =>
    readVector(one, { vector: vectors[place] ?? null, at, readings })
  );
  for (const one of wanted) readCalendar(one, { at, readings });
  return readings;
}

function groupByView(
  ids: readonly string[],
  views: readonly FeatureView[],
): Wanted[] {
  const byView = Map.groupBy(ids, (id) => id.slice(0, id.indexOf(".")));
  return views.flatMap((view) => {
    const ids = byView.get(view.name);
    return ids === undefined ? [] : [{ view, ids }];
  });
}

function find({ features, name }: FeatureView, id: string) {
  const wanted = id.slice(name.length + 1);
  const place = features.findIndex((feature) => feature.name === wanted);
  return { place, feature: features[place] };
}

function readVector(
  { view, ids }: Wanted,
  { vector, at, readings }: {
    vector: FeatureVector | null;
    at: Instant;
    readings: Record<string, FeatureReading>;
  },
): void {
  if (vector === null) return;
  const ageMs = Math.abs(Date.parse(at) - Date.parse(vector.at));
  const status = ageMs > view.ttlSeconds * 1000 ? "stale" : "fresh";
  for (const id of ids) {
    const value = vector.values[find(view, id).place] ?? null;
    readings[id] = value === null ? MISSING : { value, status, at: vector.at };
  }
}

function readCalendar(
  { view, ids }: Wanted,
  { at, readings }: {
    at: Instant;
    readings: Record<string, FeatureReading>;
  },
): void {
  for (const id of ids) {
    const { feature } = find(view, id);
    if (feature?.aggregation.how !== "calendar") continue;
    const value = calendarPart(feature.aggregation.part, at);
    readings[id] = { value, status: "fresh", at };
  }
}

/** Whether any of the view's features needs signals. */
function isStored({ features }: FeatureView): boolean {
  return features.some(isFromSignals);
}

function isFromSignals({ aggregation }: FeatureDefinition): boolean {
  return aggregation.how !== "calendar";
}

async function materialize(
  { history, online }: FeatureScope,
  tenant: string,
  { views, at, report }: {
    readonly views: readonly FeatureView[];
    readonly at: Instant;
    readonly report: Report;
  },
): Promise<MaterializeRun[]> {
  const runs: MaterializeRun[] = [];
  const stored = views.filter(isStored);
  for (const [place, view] of stored.entries()) {
    report(view.name, place / stored.length);
    const run = await history.materialize(tenant, view, at);
    let written = 0;
    for await (const page of history.readRun(tenant, run)) {
      await online.write(tenant, page);
      written += page.length;
      const share = (place + written / Math.max(run.rows, 1)) / stored.length;
      report(`${view.name}: ${written} of ${run.rows}`, share);
    }
    runs.push(run);
  }
  return runs;
}
