/**
 * The mapping: names the columns of a file, or the members of a record, in the
 * words of the engine. README.md beside this file tells its members.
 *
 * @module
 */
import {
  EngineError,
  ENTITY_TYPES,
  isZone,
  type Metric,
  METRICS,
  parseInstant,
} from "@moe/plugin";
import * as z from "zod";

const Level = z.enum(ENTITY_TYPES).exclude(["tenant"]);

const METRIC_NAMES = Object.keys(METRICS) as [Metric, ...Metric[]];

const Template = z.string().min(1);

const Quantity = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    as: z.enum(["decimal", "whole", "rounded"]),
  }),
]);

const Condition = z.union([
  z.strictObject({ column: z.string().min(1), equals: z.string() }),
  z.strictObject({ column: z.string().min(1), above: z.number() }),
]);

const Property = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    type: z.enum(["text", "number", "boolean"]),
  }),
]);

const PlusSeconds = z.int().default(0);

const Moment = z.union([
  z.strictObject({
    at: z.string().refine(isMoment, "expected ISO 8601 with a zone"),
    plusSeconds: PlusSeconds,
  }),
  z.strictObject({
    column: z.string().min(1),
    format: z.string().min(1),
    plusSeconds: PlusSeconds,
  }),
]);

const Entities = z.partialRecord(Level, Template);

const Performance = z.strictObject({
  grain: z.literal("performance"),
  report: z.string().min(1),
  level: Level,
  entities: Entities,
  day: z.strictObject({
    column: z.string().min(1),
    format: z.string().min(1).default("YYYY-MM-DD"),
  }),
  periodDays: z.int().min(1).max(366).default(1),
  zone: z.string().refine(isZone, "expected an IANA zone, such as UTC"),
  currency: Template,
  breakdowns: z.record(z.string().min(1), Template).default({}),
  attribution: z.string().default(""),
  metrics: z.partialRecord(z.enum(METRIC_NAMES), Quantity),
  record: Template.optional(),
  when: z.array(Condition).default([]),
});

const Event = z.strictObject({
  grain: z.literal("event"),
  eventId: Template,
  type: Template,
  occurredAt: Moment,
  entities: Entities,
  value: z.strictObject({
    column: z.string().min(1),
    as: z.enum(["decimal", "whole"]).default("decimal"),
    currency: Template,
  }).optional(),
  properties: z.record(z.string().min(1), Property).default({}),
  when: z.array(Condition).default([]),
});

/** One or more signals of each row, as a connector's configuration holds them. */
export const SignalMappings = z.array(
  z.discriminatedUnion("grain", [Performance, Event]),
).min(1);

/** How a row becomes a signal. */
export type SignalMapping = z.infer<typeof SignalMappings>[number];
/** How a row becomes a total. */
export type PerformanceMapping = z.infer<typeof Performance>;
/** How a row becomes an event. */
export type EventMapping = z.infer<typeof Event>;
/** How a number is read. */
export type Quantity = z.infer<typeof Quantity>;
/** How a property is read. */
export type Property = z.infer<typeof Property>;
/** How a moment is read. */
export type Moment = z.infer<typeof Moment>;
/** What must hold of a row for a signal to be in it. */
export type Condition = z.infer<typeof Condition>;

/**
 * Reads a mapping.
 *
 * @param schema What it must be.
 * @param value The mapping's JSON.
 * @param path Name of the configuration's member, for messages.
 * @returns The mapping, defaults filled in.
 * @throws {EngineError} `mapping_invalid`, naming each wrong member by its path.
 */
export function parseMapping<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: string,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) =>
    `${[path, ...issue.path].join(".")}: ${issue.message}`
  );
  throw mappingInvalid(faults);
}

/**
 * Makes the failure that lists what is wrong with a mapping.
 *
 * @param faults One sentence each, opening with the path of the member.
 * @returns The failure, to be thrown.
 */
export function mappingInvalid(faults: readonly string[]): EngineError {
  const shown = faults.slice(0, 5).join("; ");
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : "";
  return new EngineError(
    "mapping_invalid",
    `Cannot use mapping: ${shown}${more}`,
    { facts: { faults: faults.length } },
  );
}

function isMoment(text: string): boolean {
  try {
    parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
