/**
 * A tenant's declaration of a view, checked before anything is computed from it.
 *
 * @module
 */
import { z } from "zod";
import { isDay, isZone } from "../domain/day.ts";
import { ENTITY_TYPES } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import {
  type FeatureView,
  type SignalField,
  type Span,
  spanMs,
} from "../domain/feature.ts";
import { findProblem } from "./view_rules.ts";

const MAX_FEATURES = 200;
const MAX_HOLIDAYS = 2000;
const MAX_HARMONIC = 20;
const MAX_CATEGORIES = 200;
const LONGEST: Span = "3660d";

const name = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "use a snake_case name of at most 63 characters",
);
const said = z.string().trim().min(1).max(500);
const entity = z.enum(ENTITY_TYPES);
const label = z.string().regex(
  /^[^\p{Cc}]{1,200}$/u,
  "use 1 to 200 characters without control characters",
);
const zone = z.string().refine(
  isZone,
  "name an IANA time zone, such as Europe/Berlin",
);
const span = z.string().regex(
  /^[1-9]\d{0,6}[mhd]$/,
  "use a whole number of minutes, hours or days, such as 15m, 12h or 28d",
).transform((text) => text as Span).refine(
  (length) => spanMs(length) <= spanMs(LONGEST),
  `use at most ${LONGEST}`,
);
const field = z.string().regex(
  /^([a-z_]+|properties\.[^\p{Cc}]{1,100})$/u,
  "name a metric, value_micros, or properties.<name>",
).transform((text) => text as SignalField);
const countable = z.union(
  [z.literal("count"), field],
  "use count, or name a metric, value_micros, or properties.<name>",
);
const filter = z.strictObject({
  types: z.array(label).min(1).max(50).exactOptional(),
});
const day = z.string().refine(isDay, "use a day of the calendar, YYYY-MM-DD");

const PARTS = [
  "hour_of_day",
  "day_of_week",
  "is_weekend",
  "day_of_month",
  "month_of_year",
] as const;

const aggregation = z.discriminatedUnion("how", [
  z.strictObject({ how: z.literal("count") }),
  z.strictObject({ how: z.literal("rate"), per: z.enum(["hour", "day"]) }),
  z.strictObject({
    how: z.enum(["sum", "mean", "min", "max", "last"]),
    of: field,
  }),
  z.strictObject({ how: z.literal("distinct"), of: field }),
  z.strictObject({ how: z.literal("decay"), of: countable, halfLife: span }),
  z.strictObject({
    how: z.literal("ratio"),
    of: countable,
    over: countable,
    ofWhere: filter.exactOptional(),
    overWhere: filter.exactOptional(),
    prior: z.number().exactOptional(),
    strength: z.number().nonnegative().exactOptional(),
  }),
  z.strictObject({
    how: z.literal("calendar"),
    part: z.enum(PARTS),
    zone: zone.exactOptional(),
  }),
  z.strictObject({
    how: z.literal("fourier"),
    period: z.enum(["day", "week", "year"]),
    harmonic: z.int().min(1).max(MAX_HARMONIC),
    wave: z.enum(["sin", "cos"]),
    zone: zone.exactOptional(),
  }),
  z.strictObject({
    how: z.literal("holiday"),
    say: z.enum(["is", "days_until", "days_since"]),
    days: z.array(day).min(1).max(MAX_HOLIDAYS),
    zone: zone.exactOptional(),
  }),
  z.strictObject({
    how: z.literal("request"),
    of: label,
    as: z.enum(["number", "category", "log1p", "hours_since"]),
  }),
]);

const expectation = z.strictObject({
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
  maxNullShare: z.number().min(0).max(1).exactOptional(),
  oneOf: z.array(z.string().max(1000)).min(1).max(MAX_CATEGORIES)
    .exactOptional(),
});

const feature = z.strictObject({
  name,
  about: said,
  unit: z.string().trim().min(1).max(50),
  aggregation,
  where: filter.exactOptional(),
  window: span.nullable(),
  expect: expectation.exactOptional(),
});

const viewSchema: z.ZodType<FeatureView> = z.strictObject({
  name,
  version: z.int().min(1).max(1_000_000),
  entity,
  owner: said,
  purposes: z.array(name).min(1).max(20),
  consent: z.strictObject({
    to: label,
    rule: z.enum(["opt_out", "opt_in"]),
  }).exactOptional(),
  about: said,
  ttlSeconds: z.int().positive(),
  source: z.discriminatedUnion("grain", [
    z.strictObject({ grain: z.literal("performance"), level: entity }),
    z.strictObject({ grain: z.literal("event") }),
    z.strictObject({ grain: z.literal("calendar") }),
    z.strictObject({ grain: z.literal("request") }),
  ]),
  tiles: z.enum(["hour", "day"]).exactOptional(),
  features: z.array(feature).min(1).max(MAX_FEATURES),
});

/**
 * Reads a declaration.
 *
 * @param declared Anything; JSON as a person wrote it.
 * @returns The view.
 * @throws {EngineError} `view_invalid`, naming the member and what it should be.
 */
export function parseView(declared: unknown): FeatureView {
  const parsed = viewSchema.safeParse(declared);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") || "view";
    throw invalid(nameOf(declared), `${path}: ${issue?.message ?? "wrong"}`);
  }
  const problem = findProblem(parsed.data);
  if (problem !== null) throw invalid(parsed.data.name, problem);
  return parsed.data;
}

function nameOf(declared: unknown): string {
  const given = name.safeParse((declared as { name?: unknown } | null)?.name);
  return given.success ? given.data : "";
}

function invalid(view: string, reason: string): EngineError {
  return new EngineError(
    "view_invalid",
    `Cannot declare feature view "${view}": ${reason}`,
  );
}
