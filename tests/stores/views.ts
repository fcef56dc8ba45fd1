/**
 * Feature views for the cases.
 *
 * @module
 */
import type {
  Aggregation,
  FeatureDefinition,
  FeatureView,
} from "../../core/domain/feature.ts";

/** A feature over all of the past. */
export function feature(
  name: string,
  aggregation: Aggregation,
  also: Partial<FeatureDefinition> = {},
): FeatureDefinition {
  return { name, about: "", unit: "", window: null, aggregation, ...also };
}

/** A view of subjects by their events. */
export function eventView(...features: FeatureDefinition[]): FeatureView {
  return {
    name: "engagement",
    version: 1,
    entity: "subject",
    owner: "tests",
    purposes: ["tests"],
    about: "",
    ttlSeconds: 60,
    source: { grain: "event" },
    features,
  };
}

/** A view of campaigns by their daily totals. */
export function campaignView(...features: FeatureDefinition[]): FeatureView {
  return {
    ...eventView(...features),
    name: "campaign_daily",
    entity: "campaign",
    source: { grain: "performance", level: "campaign" },
  };
}
