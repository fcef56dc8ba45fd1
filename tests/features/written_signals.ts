/**
 * Generated signals written into a store, and what kept vectors must be of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Instant, startOfDay } from "../../core/domain/day.ts";
import {
  type FeatureValue,
  type FeatureVector,
  type FeatureView,
  needsSignals,
  spanMs,
} from "../../core/domain/feature.ts";
import type { Signal } from "../../core/domain/signal.ts";
import type { Touched } from "../../core/ports/features.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { normalize } from "../../core/signals/normalize.ts";
import { PSEUDONYMS } from "../ingest/memory_signals.ts";
import { assertSame } from "./assert_same.ts";
import { type Batch, INSTANTS } from "./boundary_signals.ts";
import { evaluate, isWithheld, type ObservedSignal } from "./evaluate.ts";

/** Writes what a source said, and tells it as the specification reads it. */
export async function write(
  store: SignalStore,
  tenant: string,
  { source, observedAt, signals }: Batch,
): Promise<ObservedSignal[]> {
  const batch = normalize(
    {
      source,
      emits: ["event", "performance"],
      observedAt,
      settlesDays: 0,
      pseudonyms: PSEUDONYMS,
    },
    { signals, rejects: [] },
  );
  assert.deepEqual(batch.rejects, []);
  await store.write({
    ...batch,
    tenant,
    source,
    connector: "test",
    observedAt,
    claims: [],
  });
  return signals.map((signal) => ({ source, observedAt, signal }));
}

/** The moment of a signal, as windows see it. */
export function momentOf(signal: Signal): Instant {
  return signal.grain === "event" ? signal.occurredAt : startOfDay(signal.day);
}

/** Whom signals are about, in a view, and when. */
export function touchedBy(
  view: FeatureView,
  observed: readonly ObservedSignal[],
): Touched[] {
  const touched = observed.flatMap(({ signal }) => {
    const id = signal.entities[view.entity];
    return id === undefined || signal.grain !== view.source.grain
      ? []
      : [{ id, moments: [momentOf(signal)] }];
  });
  return [...Map.groupBy(touched, ({ id }) => id)].map(([id, all]) => ({
    id,
    moments: all.flatMap(({ moments }) => moments),
  }));
}

/**
 * Moments at which something of a view changes, or just before or after, from all
 * parts of what there is; and those at which the signals were aimed.
 */
export function instantsFor(
  view: FeatureView,
  observed: readonly ObservedSignal[],
  limit: number,
): Instant[] {
  const windows = view.features.flatMap(({ window }) =>
    window === null ? [] : [spanMs(window)]
  );
  const lengths = [...new Set([0, ...windows])];
  const moments = new Set(
    observed.flatMap(({ signal, observedAt }) =>
      [...lengths.map((ms) => Date.parse(momentOf(signal)) + ms)]
        .concat(Date.parse(observedAt))
    ),
  );
  const all = [...moments].flatMap((ms) => [ms - 1, ms, ms + 1]);
  const step = Math.max(1, Math.floor(all.length / limit));
  const some = all.filter((_, place) => place % step === 0);
  return [...INSTANTS, ...some.map((ms) => new Date(ms).toISOString())];
}

/** Signals, and whom to ask about when. */
export interface AskedOf {
  readonly observed: readonly ObservedSignal[];
  readonly point: { readonly id: string; readonly at: Instant };
}

/** Refuses a kept vector unless the specification says the same; none if there is none. */
export function assertKept(
  view: FeatureView,
  kept: Pick<FeatureVector, "values" | "withheld"> | undefined,
  { observed, point }: AskedOf,
): void {
  if (kept !== undefined) {
    const withheld = isWithheld(view, observed, point);
    assert.equal(kept.withheld ?? false, withheld);
  }
  assertValues(view, kept?.values, { observed, point });
}

/** As {@link assertKept}, of values alone. */
export function assertValues(
  view: FeatureView,
  values: readonly FeatureValue[] | undefined,
  { observed, point }: AskedOf,
): void {
  const nothing = view.features.map(() => null);
  const said = isSeen(view, observed, point) &&
    !isWithheld(view, observed, point);
  if (said) assertSame(view, values ?? nothing, { observed, point });
  else assert.deepEqual(values ?? nothing, nothing);
}

/** Whether something of an entity is in the widest window. */
function isSeen(
  { consent: _consent, ...view }: FeatureView,
  observed: readonly ObservedSignal[],
  point: { readonly id: string; readonly at: Instant },
): boolean {
  const features = view.features
    .filter(({ aggregation }) => needsSignals(aggregation))
    .map(({ window }) => ({
      name: "seen",
      about: "Whether there is anything",
      unit: "count",
      aggregation: { how: "count" as const },
      window,
    }));
  return evaluate({ ...view, features }, observed, point)
    .some((count) => count !== 0);
}
