/**
 * One entity's features on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Instant } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { FeatureReadings, FeatureView } from "../../domain/feature.ts";
import { entityKeyField, instantField } from "./fields.ts";

/** A view's features of one entity. */
export const featuresSchema = z.object({
  view: z.string().openapi({ example: "campaign_daily@1" }),
  entity: entityKeyField,
  at: instantField,
  features: z.record(
    z.string(),
    z.object({
      value: z.union([z.number(), z.string(), z.null()]),
      status: z.enum(["fresh", "stale", "missing", "given"]),
      at: instantField.nullable(),
      unit: z.string(),
      about: z.string(),
    }),
  ),
}).openapi("Features");

/** Whom the features describe, and when. */
export interface FeaturesPlace {
  readonly view: FeatureView;
  readonly entity: EntityKey;
  readonly at: Instant;
}

/**
 * Prints features.
 *
 * @param place View, entity and moment.
 * @param readings Readings by feature id.
 * @returns JSON-like value, with the view's word on each feature.
 */
export function featuresToJson(
  { view, entity, at }: FeaturesPlace,
  readings: FeatureReadings,
): z.input<typeof featuresSchema> {
  return {
    view: `${view.name}@${view.version}`,
    entity,
    at,
    features: Object.fromEntries(view.features.map(({ name, unit, about }) => {
      const reading = readings[`${view.name}.${name}`] ??
        { value: null, status: "missing" as const, at: null };
      return [name, { ...reading, unit, about }];
    })),
  };
}
