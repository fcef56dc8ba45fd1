/**
 * Features on the wire: of one entity, of many, and where a value comes from.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Instant } from "../../domain/day.ts";
import { ENTITY_TYPES } from "../../domain/entity.ts";
import type { EntityIds, EntityKey } from "../../domain/entity.ts";
import { parseEntityKey } from "../../domain/entity.ts";
import type {
  FeatureReading,
  FeatureReadings,
  FeatureView,
} from "../../domain/feature.ts";
import type { FeatureLineage } from "../../ports/features.ts";
import { entityId, entityKeyField, instantField, nameField } from "./fields.ts";

const MAX_ENTITIES = 500;
const MAX_FEATURES = 200;
const MAX_GIVEN = 200;

const value = z.union([z.number(), z.string(), z.null()]);
const status = z.enum(["fresh", "stale", "missing", "withheld", "given"]);
const age = z.number().nullable().openapi({
  description: "Seconds from the moment that it describes to the answer",
});

const readingSchema = z.object({
  value,
  status,
  at: instantField.nullable(),
  age_seconds: age,
});

/** A view's features of one entity. */
export const featuresSchema = z.object({
  view: z.string().openapi({ example: "campaign_daily@1" }),
  entity: entityKeyField,
  at: instantField,
  purpose: z.string(),
  features: z.record(
    z.string(),
    readingSchema.extend({ unit: z.string(), about: z.string() }),
  ),
}).openapi("Features");

/** What features are read for, unless the caller says. */
export const purposeField = nameField.optional().openapi({
  description:
    'What they are read for, "optimization" unless given; a view that is not for it is withheld',
});

/** A feature id; with its version it would look like an e-mail address. */
const featureIdField = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$/,
  'expected "view.feature"',
).openapi({ example: "campaign_daily.clicks_count_7d" });

const idsField = z.strictObject(
  Object.fromEntries(
    ENTITY_TYPES.map((type) => [type, entityId.optional()]),
  ) as Record<(typeof ENTITY_TYPES)[number], z.ZodOptional<typeof entityId>>,
);

/** Which features of which entities. */
export const featureBatchBody = z.strictObject({
  entities: z.array(z.union([entityKeyField, idsField], {
    error: 'expected "type:id", or an id for each type of entity',
  })).min(1).max(MAX_ENTITIES),
  features: z.array(featureIdField).min(1).max(MAX_FEATURES).refine(
    (ids) => new Set(ids).size === ids.length,
    "name each once",
  ),
  versions: z.record(nameField, z.int().min(1).max(1e9)).optional().openapi({
    description: "Versions by view; those that serve unless given",
    example: { campaign_daily: 1 },
  }),
  purpose: purposeField,
  max_age_seconds: z.int().min(0).max(1e9).optional().openapi({
    description: "Age from which a value is stale, if its view's is longer",
  }),
  request: z.record(
    z.string().min(1).max(100),
    z.union([z.number(), z.string().max(500), z.boolean(), z.null()]),
  ).refine(
    (given) => Object.keys(given).length <= MAX_GIVEN,
    `give at most ${MAX_GIVEN}`,
  ).optional().openapi({ description: "What features of the request read" }),
});

/** Features of many entities. */
export const featureBatchSchema = z.object({
  at: instantField,
  purpose: z.string(),
  features: z.array(z.string()),
  rows: z.array(z.object({
    values: z.array(value),
    statuses: z.array(status),
    at: z.array(instantField.nullable()),
    age_seconds: z.array(age),
  })).openapi({
    description:
      "One for each entity, in their order; in each, one for each feature",
  }),
}).openapi("FeatureRows");

/** Whom and what the features describe, and when. */
export interface FeaturesPlace {
  readonly view: FeatureView;
  readonly entity: EntityKey;
  readonly at: Instant;
  readonly purpose: string;
}

/**
 * Prints features of one entity.
 *
 * @param place View, entity, moment and purpose.
 * @param readings Readings in the order of the view's features.
 * @returns JSON-like value, with the view's word on each feature.
 */
export function featuresToJson(
  { view, entity, at, purpose }: FeaturesPlace,
  readings: readonly FeatureReading[],
): z.input<typeof featuresSchema> {
  return {
    view: `${view.name}@${view.version}`,
    entity,
    at,
    purpose,
    features: Object.fromEntries(
      view.features.map(({ name, unit, about }, place) => {
        const reading = readings[place] ?? MISSING;
        const told = { ...reading, ["age_seconds"]: ageOf(reading, at) };
        return [name, { ...told, unit, about }];
      }),
    ),
  };
}

const MISSING: FeatureReading = { value: null, status: "missing", at: null };

function ageOf(reading: FeatureReading, at: Instant): number | null {
  return reading.at === null
    ? null
    : Math.max(0, Date.parse(at) - Date.parse(reading.at)) / 1000;
}

/**
 * Reads readings by id in an order.
 *
 * @param ids Feature ids.
 * @param readings What was read.
 * @returns One for each id; missing if it was not read.
 */
export function inOrder(
  ids: readonly string[],
  readings: FeatureReadings,
): FeatureReading[] {
  return ids.map((id) => readings[id] ?? MISSING);
}

/**
 * Prints one entity's row.
 *
 * @param readings In the order of the features.
 * @param at The moment of the answer.
 * @returns JSON-like value.
 */
export function rowToJson(
  readings: readonly FeatureReading[],
  at: Instant,
): z.input<typeof featureBatchSchema>["rows"][number] {
  return {
    values: readings.map(({ value }) => value),
    statuses: readings.map(({ status }) => status),
    at: readings.map(({ at }) => at),
    age_seconds: readings.map((reading) => ageOf(reading, at)),
  };
}

/**
 * Reads whom a row is about.
 *
 * @param given `type:id`, or ids by type.
 * @returns Ids by type.
 */
export function entitiesFromJson(
  given: z.output<typeof featureBatchBody>["entities"][number],
): EntityIds {
  if (typeof given !== "string") {
    return Object.fromEntries(
      Object.entries(given).filter(([, id]) => id !== undefined),
    );
  }
  const { type, id } = parseEntityKey(given);
  return { [type]: id };
}

/** Where the value of one feature comes from. */
export const lineageSchema = z.object({
  view: z.string().openapi({ example: "campaign_daily@1" }),
  feature: z.string(),
  entity: entityKeyField,
  at: instantField,
  known_at: instantField.nullable(),
  run: z.string().nullable().openapi({
    description:
      "Run that computed what is kept now, or `stream`; null if nothing is",
  }),
  computed_at: instantField.nullable(),
  sources: z.array(z.object({
    source: z.string(),
    connector: z.string().nullable(),
    signals: z.int(),
    first_at: instantField,
    last_at: instantField,
    last_observed_at: instantField,
    batches: z.array(z.int()).length(2).openapi({
      description: "The first and the last batch that brought them",
    }),
    keys: z.array(z.string()).openapi({
      description: "Of the latest signals, at most 100",
    }),
  })),
}).openapi("FeatureLineage");

/** Which value. */
export interface LineagePlace extends Omit<FeaturesPlace, "purpose"> {
  readonly feature: string;
  readonly knownAt: Instant | null;
}

/**
 * Prints where a value comes from.
 *
 * @param place Which value.
 * @param lineage Its signals and run.
 * @returns JSON-like value.
 */
export function lineageToJson(
  { view, feature, entity, at, knownAt }: LineagePlace,
  lineage: FeatureLineage,
): z.input<typeof lineageSchema> {
  return {
    view: `${view.name}@${view.version}`,
    feature,
    entity,
    at,
    known_at: knownAt,
    run: lineage.run,
    computed_at: lineage.at,
    sources: lineage.sources.map((one) => ({
      source: one.source,
      connector: one.connector,
      signals: one.signals,
      first_at: one.firstAt,
      last_at: one.lastAt,
      last_observed_at: one.lastObservedAt,
      batches: [...one.batches],
      keys: [...one.keys],
    })),
  };
}
