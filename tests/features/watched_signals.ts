/**
 * Signals of a shop, a view of them, and a history that the specification evaluates.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type {
  FeatureValue,
  FeatureVector,
  FeatureView,
} from "../../core/domain/feature.ts";
import type { ConsistencyScope } from "../../core/features/consistency.ts";
import type { Sample } from "../../core/features/consistency_samples.ts";
import type { KnownAt } from "../../core/ports/features.ts";
import type { ConsistencyCounts } from "../../core/ports/trust.ts";
import { evaluate, type ObservedSignal } from "./evaluate.ts";

/** Orders of a subject; the second value is of the moment, and is not kept. */
export const VIEW: FeatureView = {
  name: "orders",
  version: 2,
  entity: "subject",
  owner: "test",
  purposes: ["optimization"],
  about: "test",
  ttlSeconds: 3600,
  source: { grain: "event" },
  features: [
    {
      name: "orders_count_1d",
      about: "",
      unit: "count",
      aggregation: { how: "count" },
      window: "1d",
    },
    {
      name: "hour_of_day",
      about: "",
      unit: "hours",
      aggregation: { how: "calendar", part: "hour_of_day" },
      window: null,
    },
    {
      name: "orders_decayed",
      about: "",
      unit: "count",
      aggregation: { how: "decay", of: "count", halfLife: "1d" },
      window: "7d",
    },
    {
      name: "latest_plan",
      about: "",
      unit: "category",
      aggregation: { how: "last", of: "properties.plan" },
      window: null,
    },
  ],
};
const START = Date.parse("2026-03-01T00:00:00.000Z");

/** A moment so many minutes after the start. */
export function minute(minutes: number): Instant {
  return new Date(START + minutes * 60_000).toISOString();
}

/** An order that happened at a minute, and was heard of at another. */
export function order(
  id: string,
  occurredMinute: number,
  observedMinute = occurredMinute,
): ObservedSignal {
  return {
    source: "shop",
    observedAt: minute(observedMinute),
    signal: {
      grain: "event",
      eventId: `${id}-${occurredMinute}-${observedMinute}`,
      type: "Order Completed",
      occurredAt: minute(occurredMinute),
      entities: { subject: id },
      valueMicros: null,
      currency: null,
      properties: { plan: `p-${occurredMinute}` },
    },
  };
}

/** Values of the view as they are kept. */
export function valuesAt(
  observed: readonly ObservedSignal[],
  { id, at, knownAt }: {
    readonly id: string;
    readonly at: Instant;
    readonly knownAt: KnownAt;
  },
): readonly FeatureValue[] {
  const values = evaluate(VIEW, observed, { id, at, knownAt });
  return values.map((value, place) => place === 1 ? null : value);
}

/** What to compare with, and what was counted. */
export interface Watched {
  readonly scope: ConsistencyScope;
  /** The present; long after all that is read unless set. */
  now: Instant;
  /** What is online by then; nothing newer than what was read unless set. */
  present: FeatureVector | null;
  readonly counted: ConsistencyCounts[];
}

/** A history over signals, as all that is known now. */
export function watch(observed: readonly ObservedSignal[]): Watched {
  const counted: ConsistencyCounts[] = [];
  const watched: Watched = {
    counted,
    now: minute(100_000),
    present: null,
    scope: {
      clock: { now: () => watched.now },
      online: {
        read: () => Promise.resolve([watched.present]),
        through: () => Promise.resolve(null),
      },
      checks: {
        add: (_tenant, counts) => {
          counted.push(...counts);
          return Promise.resolve();
        },
      },
      history: {
        aggregate: (_tenant, view, { points, knownAt }) =>
          Promise.resolve(points.map((point) =>
            evaluate(view, observed, {
              ...point,
              knownAt: knownAt === "point" ? point.at : knownAt,
            })
          )),
        lineage: (_tenant, _view, { id, at, knownAt }) => {
          const read = observed.filter(({ signal, observedAt }) =>
            signal.grain === "event" && signal.entities.subject === id &&
            signal.occurredAt < at &&
            (knownAt === null || observedAt <= knownAt)
          );
          const last = read.map(({ observedAt }) => observedAt).sort().at(-1);
          return Promise.resolve({
            run: null,
            at: null,
            sources: last === undefined ? [] : [{
              source: "shop",
              connector: "test",
              signals: read.length,
              firstAt: at,
              lastAt: at,
              lastObservedAt: last,
              batches: [1, 1] as const,
              keys: [],
            }],
          });
        },
      },
    },
  };
  return watched;
}

/** A vector that was read; none for null. */
export function sampleOf(
  values: readonly FeatureValue[] | null,
  { id, at, computedAt = at, servedAt }: {
    readonly id: string;
    readonly at: Instant;
    readonly computedAt?: Instant;
    readonly servedAt: Instant;
  },
): Sample {
  const entity = `subject:${id}` as const;
  const vector: FeatureVector | null = values === null
    ? null
    : { view: "orders", version: 2, entity, at: computedAt, values };
  return {
    ...{ tenant: "acme", view: VIEW, entity, vector, at, servedAt },
    successors: 0,
  };
}
