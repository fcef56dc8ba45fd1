/**
 * What reads of the same ids have in common, whoever they are about: where each id leads,
 * and which views are looked at. Worked out once for a list of ids and the catalogue that
 * it is read by, and again when either is another.
 *
 * @module
 */
import { createInstantReader, type Instant } from "../domain/day.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { Catalogue, ReadFeature } from "./catalogue.ts";

/** A view that is looked at. */
export interface PlannedView {
  readonly view: FeatureView;
  /** Whether its vector is needed: for values, or for consent. */
  readonly needsVector: boolean;
  /** Reads the moments of its vectors, of which most have the same. */
  millisOf(at: Instant): number;
}

/** A feature of a plan, and the place of its view there. */
export interface PlannedFeature extends ReadFeature {
  readonly viewPlace: number;
}

/** What is read for a list of ids. */
export interface ReadPlan {
  readonly views: readonly PlannedView[];
  /** In the order of the ids; null for one that is unknown. */
  readonly features: readonly (PlannedFeature | null)[];
}

interface Kept {
  readonly catalogue: Pick<Catalogue, "pinned">;
  readonly pins: readonly string[];
  readonly plan: ReadPlan;
}

const plans = new WeakMap<readonly string[], Kept>();

/** The plan of reading some ids, with these pins. */
export function planRead(
  catalogue: Pick<Catalogue, "pinned">,
  ids: readonly string[],
  pins: readonly string[],
): ReadPlan {
  const known = plans.get(ids);
  if (known?.catalogue === catalogue && known.pins === pins) return known.plan;
  const features = catalogue.pinned(pins);
  const plan = planOf(ids.map((id) => features.get(id)));
  plans.set(ids, { catalogue, pins, plan });
  return plan;
}

function planOf(found: readonly (ReadFeature | undefined)[]): ReadPlan {
  const known = found.filter((one) => one !== undefined);
  const views = [...new Set(known.map(({ view }) => view))];
  return {
    views: views.map((view) => ({
      view,
      needsVector: view.consent !== undefined ||
        known.some((feature) => feature.view === view && feature.kept),
      millisOf: createInstantReader(),
    })),
    features: found.map((feature) =>
      feature === undefined
        ? null
        : { ...feature, viewPlace: views.indexOf(feature.view) }
    ),
  };
}
