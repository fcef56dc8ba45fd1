/**
 * A tenant's views at hand: all versions, and where each feature id leads.
 *
 * @module
 */
import {
  type Aggregation,
  featureId,
  type FeatureView,
  needsSignals,
} from "../domain/feature.ts";
import type { Soon } from "../domain/soon.ts";
import type { DeclaredView, ViewStore } from "../ports/features.ts";
import { printViewRef, withBuiltin } from "./versions.ts";

/** A feature, prepared for reads. */
export interface ReadFeature {
  readonly view: FeatureView;
  readonly aggregation: Aggregation;
  /** Place among the values of the vector. */
  readonly place: number;
  /** Whether its value is kept; others are computed when they are read. */
  readonly kept: boolean;
}

/** What a tenant declared, and what is built in. */
export interface Catalogue {
  readonly declared: readonly DeclaredView[];
  /**
   * Features by id, with version and without; retired versions have none.
   *
   * @param pins Versions, `view@version`, that ids without a version mean if they are not
   * retired; otherwise that is the one that serves.
   */
  pinned(pins: readonly string[]): ReadonlyMap<string, ReadFeature>;
}

/** Catalogues of all tenants. */
export interface Catalogues {
  of(tenant: string): Soon<Catalogue>;
  /** Says that a tenant's views changed. */
  forget(tenant: string): void;
}

/** For how long another process's new declaration may go unseen. */
const HOLD_MS = 5000;
/** Age from which a catalogue is read again beside its use. */
const RENEW_MS = 2500;

interface Known {
  readonly catalogue: Catalogue;
  readonly readMs: number;
}

/** Keeps catalogues at hand for some seconds, or for as long as the store is away. */
export function keepCatalogues(
  views: Pick<ViewStore, "list">,
  nowMs: () => number = () => performance.now(),
): Catalogues {
  const known = new Map<string, Known>();
  const reading = new Map<string, Promise<Catalogue>>();
  async function readAgain(tenant: string): Promise<Catalogue> {
    const readMs = nowMs();
    const asked = views.list(tenant)
      .then((declared) => catalogueOf(withBuiltin(declared)));
    reading.set(tenant, asked);
    try {
      const catalogue = await asked;
      if (reading.get(tenant) === asked) {
        known.set(tenant, { catalogue, readMs });
      }
      return catalogue;
    } finally {
      if (reading.get(tenant) === asked) reading.delete(tenant);
    }
  }
  const renew = (tenant: string) => reading.get(tenant) ?? readAgain(tenant);
  return {
    of: (tenant) => {
      const kept = known.get(tenant);
      if (kept === undefined) return renew(tenant);
      const ageMs = nowMs() - kept.readMs;
      if (ageMs >= HOLD_MS) return renew(tenant).catch(() => kept.catalogue);
      if (ageMs >= RENEW_MS) renew(tenant).catch(() => {});
      return kept.catalogue;
    },
    forget: (tenant) => {
      known.delete(tenant);
      reading.delete(tenant);
    },
  };
}

function catalogueOf(declared: readonly DeclaredView[]): Catalogue {
  const readable = declared.filter(({ state }) => state !== "retired");
  const features = new Map<string, ReadFeature>();
  for (const { view, state } of readable) {
    add(features, view, printViewRef(view));
    if (state === "serving") add(features, view, view.name);
  }
  const known = new Map<string, ReadonlyMap<string, ReadFeature>>();
  return {
    declared,
    pinned: (pins) => {
      if (pins.length === 0) return features;
      const name = pins.join();
      const found = known.get(name) ?? pin(features, readable, pins);
      known.set(name, found);
      return found;
    },
  };
}

function pin(
  features: ReadonlyMap<string, ReadFeature>,
  readable: readonly DeclaredView[],
  pins: readonly string[],
): ReadonlyMap<string, ReadFeature> {
  const others = readable.filter(({ view, state }) =>
    state !== "serving" && pins.includes(printViewRef(view))
  );
  if (others.length === 0) return features;
  const pinned = new Map(features);
  for (const { view } of others) add(pinned, view, view.name);
  return pinned;
}

function add(
  features: Map<string, ReadFeature>,
  view: FeatureView,
  name: string,
): void {
  view.features.forEach(({ name: feature, aggregation }, place) => {
    const kept = needsSignals(aggregation);
    const id = featureId(name, feature);
    features.set(id, { view, aggregation, place, kept });
  });
}
