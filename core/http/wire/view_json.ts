/**
 * Feature views on the wire: as declared, and how their values are spread.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { DeclaredView, FeatureStatistics } from "../../ports/features.ts";
import { instantField, nameField } from "./fields.ts";

/** A declaration, as `moe views --add` reads it; the view's own rules check the rest. */
export const viewBody = z.looseObject({
  name: nameField,
  version: z.int().min(1).max(1_000_000),
  entity: z.string().openapi({ example: "subject" }),
  owner: z.string(),
  purposes: z.array(z.string()),
  about: z.string(),
  ttlSeconds: z.int(),
  source: z.looseObject({ grain: z.string() }),
  features: z.array(z.looseObject({
    name: z.string(),
    about: z.string(),
    unit: z.string(),
    aggregation: z.looseObject({ how: z.string() }),
    window: z.string().nullable().openapi({
      description: "Such as `15m`, `12h` or `28d`; null for all of the past",
    }),
  })),
});

/** A version of a view. */
export const viewSchema = z.object({
  view: z.string().openapi({ example: "campaign_daily@1" }),
  name: z.string(),
  version: z.int(),
  state: z.enum(["candidate", "serving", "superseded", "retired"]),
  declared_at: instantField,
  promoted_at: instantField.nullable(),
  entity: z.string(),
  about: z.string(),
  owner: z.string(),
  purposes: z.array(z.string()),
  consent: z.object({ to: z.string(), rule: z.enum(["opt_out", "opt_in"]) })
    .nullable(),
  ttl_seconds: z.number(),
  features: z.array(z.object({
    id: z.string(),
    unit: z.string(),
    about: z.string(),
    window: z.string().nullable(),
  })),
}).openapi("View");

/** How the values of a view are spread over its entities. */
export const statisticsSchema = z.object({
  view: z.string().openapi({ example: "campaign_daily@1" }),
  features: z.array(z.object({
    feature: z.string(),
    rows: z.int(),
    nulls: z.int(),
    null_share: z.number(),
    numbers: z.object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      deviation: z.number(),
      quantiles: z.array(z.number()).openapi({
        description: "At 1, 5, 25, 50, 75, 95 and 99 percent",
      }),
    }).nullable(),
    categories: z.object({
      distinct: z.int(),
      top: z.array(z.object({ category: z.string(), rows: z.int() })),
    }).nullable(),
  })),
}).openapi("ViewStatistics");

/**
 * Prints a version of a view.
 *
 * @param declared The version and where it stands.
 * @returns JSON-like value.
 */
export function viewToJson(
  { view, state, declaredAt, promotedAt }: DeclaredView,
): z.input<typeof viewSchema> {
  const { name, version, entity, about, owner, consent } = view;
  return {
    view: `${name}@${version}`,
    name,
    version,
    state,
    declared_at: declaredAt,
    promoted_at: promotedAt,
    entity,
    about,
    owner,
    purposes: [...view.purposes],
    consent: consent ?? null,
    ttl_seconds: view.ttlSeconds,
    features: view.features.map((feature) => ({
      id: `${name}.${feature.name}`,
      unit: feature.unit,
      about: feature.about,
      window: feature.window,
    })),
  };
}

/**
 * Prints how values are spread.
 *
 * @param declared The version.
 * @param features Of each feature.
 * @returns JSON-like value.
 */
export function statisticsToJson(
  { view }: DeclaredView,
  features: readonly FeatureStatistics[],
): z.input<typeof statisticsSchema> {
  return {
    view: `${view.name}@${view.version}`,
    features: features.map(({ feature, rows, nulls, numbers, categories }) => ({
      feature,
      rows,
      nulls,
      null_share: rows === 0 ? 0 : nulls / rows,
      numbers: numbers && { ...numbers, quantiles: [...numbers.quantiles] },
      categories: categories && {
        distinct: categories.distinct,
        top: categories.top.map(([category, rows]) => ({ category, rows })),
      },
    })),
  };
}
