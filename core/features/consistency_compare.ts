/**
 * When a served vector is the same as one that was derived again.
 *
 * @module
 */
import {
  type Aggregation,
  type FeatureValue,
  needsSignals,
} from "../domain/feature.ts";
import type { Sample } from "./consistency_samples.ts";

/** Relative difference up to which sums that decay are the same. */
const DECAY_PRECISION = 1e-12;

/**
 * Finds the features in which a vector differs; those that are not kept do not count.
 * No vector, and one that is all null, say that there is nothing in the windows, unless
 * it is withheld: then nothing may be known of any.
 *
 * @param derived Values of the view at the same moment.
 * @returns Names of the features.
 */
export function differing(
  { view, vector }: Pick<Sample, "view" | "vector">,
  derived: readonly FeatureValue[],
): readonly string[] {
  const isEmpty = vector === null ||
    !vector.withheld && vector.values.every((value) => value === null);
  return view.features.filter(({ aggregation }, place) => {
    if (!needsSignals(aggregation)) return false;
    const served = vector?.values[place] ?? null;
    const other = derived[place] ?? null;
    return !isSame(aggregation, served, other) &&
      !(isEmpty && isSame(aggregation, ofNothing(aggregation), other));
  }).map(({ name }) => name);
}

function isSame(
  { how }: Aggregation,
  one: FeatureValue,
  other: FeatureValue,
): boolean {
  if (one === other) return true;
  if (how !== "decay") return false;
  if (typeof one !== "number" || typeof other !== "number") return false;
  const scale = Math.max(Math.abs(one), Math.abs(other));
  return Math.abs(one - other) <= DECAY_PRECISION * scale;
}

/** Value of a feature without any signal. */
function ofNothing(aggregation: Aggregation): FeatureValue {
  switch (aggregation.how) {
    case "count":
    case "rate":
    case "sum":
    case "distinct":
    case "decay":
      return 0;
    case "ratio": {
      const { prior = 0, strength = 0 } = aggregation;
      return strength === 0 ? null : strength * prior / strength;
    }
    default:
      return null;
  }
}
