/**
 * A tenant's declaration of a view, checked before anything is computed from it.
 *
 * @module
 */
import { z } from "zod";
import { ENTITY_TYPES } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureView, SignalField } from "../domain/feature.ts";
import { METRICS } from "../domain/signal.ts";

const MAX_FEATURES = 200;
const MAX_WINDOW_DAYS = 3660;

const name = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "use a snake_case name of at most 63 characters",
);
const said = z.string().trim().min(1).max(500);
const entity = z.enum(ENTITY_TYPES);
const field = z.string().regex(
  /^([a-z_]+|properties\.[^\p{Cc}]{1,100})$/u,
  "name a metric, value_micros, or properties.<name>",
).transform((text) => text as SignalField);
const countable = z.union([z.literal("count"), field]);
const filter = z.strictObject({
  types: z.array(z.string().min(1).max(200)).min(1).max(50).exactOptional(),
});
const PARTS = [
  "hour_of_day",
  "day_of_week",
  "is_weekend",
  "month_of_year",
  "sin_week",
  "cos_week",
  "sin_year",
  "cos_year",
] as const;

const aggregation = z.discriminatedUnion("how", [
  z.strictObject({ how: z.literal("count") }),
  z.strictObject({
    how: z.enum(["sum", "mean", "min", "max", "last"]),
    of: field,
  }),
  z.strictObject({
    how: z.literal("ratio"),
    of: countable,
    over: countable,
    ofWhere: filter.exactOptional(),
    overWhere: filter.exactOptional(),
    prior: z.number().exactOptional(),
    strength: z.number().nonnegative().exactOptional(),
  }),
  z.strictObject({ how: z.literal("calendar"), part: z.enum(PARTS) }),
]);

const feature = z.strictObject({
  name,
  about: said,
  unit: z.string().trim().min(1).max(50),
  aggregation,
  where: filter.exactOptional(),
  windowDays: z.number().positive().max(MAX_WINDOW_DAYS).nullable(),
});

const viewSchema: z.ZodType<FeatureView> = z.strictObject({
  name,
  version: z.int().min(1).max(1_000_000),
  entity,
  owner: said,
  purpose: said,
  about: said,
  ttlSeconds: z.int().positive(),
  source: z.discriminatedUnion("grain", [
    z.strictObject({ grain: z.literal("performance"), level: entity }),
    z.strictObject({ grain: z.literal("event") }),
    z.strictObject({ grain: z.literal("calendar") }),
  ]),
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
  const view = parsed.data;
  const problem = findProblem(view);
  if (problem !== null) throw invalid(view.name, problem);
  return view;
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

function findProblem(view: FeatureView): string | null {
  const names = new Set<string>();
  for (const [place, feature] of view.features.entries()) {
    const path = `features.${place}`;
    if (names.has(feature.name)) {
      return `${path}.name: "${feature.name}" is there already; rename one`;
    }
    names.add(feature.name);
    const problem = findFeatureProblem(view, feature);
    if (problem !== null) return `${path}.${problem}`;
  }
  return null;
}

function findFeatureProblem(
  { source }: FeatureView,
  { aggregation, where }: FeatureView["features"][number],
): string | null {
  const calendar = aggregation.how === "calendar";
  if (source.grain === "calendar" && !calendar) {
    return "aggregation.how: a view of grain calendar has no signals; use calendar, or another grain";
  }
  const ratio = aggregation.how === "ratio";
  const filters = ratio
    ? [where, aggregation.ofWhere, aggregation.overWhere]
    : [where];
  if (source.grain !== "event" && filters.some((one) => one?.types)) {
    return "where.types: only events have types; leave it out";
  }
  const fields = ratio
    ? { of: aggregation.of, over: aggregation.over }
    : "of" in aggregation
    ? { of: aggregation.of }
    : {};
  for (const [member, field] of Object.entries(fields)) {
    if (field === "count" || isReadable(source.grain, field)) continue;
    return `aggregation.${member}: ${source.grain} signals have no "${field}"; use ${
      source.grain === "event"
        ? "value_micros or properties.<name>"
        : Object.keys(METRICS).join(", ")
    }`;
  }
  return null;
}

function isReadable(
  grain: FeatureView["source"]["grain"],
  field: SignalField,
): boolean {
  return grain === "event"
    ? field === "value_micros" || field.startsWith("properties.")
    : Object.hasOwn(METRICS, field);
}
