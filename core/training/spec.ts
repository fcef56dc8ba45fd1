/**
 * What a person writes to have a model trained: a JSON file, `grain` saying which
 * kind of dataset. Money is integer micros as text or number, moments are ISO 8601.
 *
 * Rows: each event of type `label.start` is one row, its features as they stood at
 * that moment; the label is whether (`occurs`) an event of type `label.outcome`
 * followed within `label.withinDays` for the same `label.matchOn`, or the sum of its
 * `value`. Rows whose time for an outcome is not over by `asOf` are left out (`wait`),
 * or teach, and never measure, what is to be expected of them (`correct`). `known`
 * says which signals features may stand on: what was observed by `asOf` (`as_of`), or
 * what had been observed at the row's own moment (`decision`), restated later or not;
 * history that was brought in later is then unseen.
 *
 * Series: spend of each entity by period explains an outcome. With `outcome.by`
 * null all spends explain the one total; with an entity type each entity's spend
 * explains its own outcome.
 *
 * Both: `gates` are the thresholds that a version must hold to be approved.
 *
 * @module
 */
import { z } from "zod";
import { isDay, parseInstant } from "../domain/day.ts";
import { ENTITY_TYPES } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import { isCurrency } from "../domain/money.ts";
import type { ModelUse } from "../domain/score.ts";
import { type Metric, METRICS } from "../domain/signal.ts";

const name = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "use a snake_case name of at most 63 characters",
);
const said = z.string().min(1).max(200);
const entity = z.enum(ENTITY_TYPES);
const metric = z.enum(Object.keys(METRICS) as [Metric, ...Metric[]]);
const currency = z.string().refine(isCurrency, "use an ISO 4217 code");
const micros = z.union([
  z.int(),
  z.string().regex(/^-?\d{1,18}$/, "use integer micros"),
]).transform((given) => BigInt(given));
const instant = z.string().transform((text, context) => {
  try {
    return parseInstant(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});
const day = z.string().refine(isDay, "use a day, YYYY-MM-DD");
const share = z.number().min(0).max(0.9);

const bid = z.strictObject({
  kind: z.literal("bid"),
  /** Worth of one outcome; left out where the family's score is money already. */
  valueMicros: micros.nullable().default(null),
  currency,
  targetReturnPermille: z.int().positive(),
  /** Model for use `win` by which bids are shaded; the worth itself is bid if absent. */
  landscape: name.optional(),
});

const win = z.strictObject({ kind: z.literal("win"), currency });

const action = z.strictObject({
  kind: z.literal("action"),
  valueMicros: micros,
  currency,
  actions: z.array(said).min(2).max(100)
    .refine((all) => new Set(all).size === all.length, "name each action once"),
  /** Cost of taking each action once; free if absent. */
  costMicros: z.record(said, micros).default({}),
  /** The action that does nothing. */
  control: said,
}).refine(({ actions, control }) => actions.includes(control), {
  path: ["control"],
  message: "name one of the actions",
}).refine(
  ({ actions, costMicros }) =>
    Object.keys(costMicros).every((costed) => actions.includes(costed)),
  { path: ["costMicros"], message: "name only actions" },
);

const rowsUse = z.discriminatedUnion("kind", [bid, win, action]);

const limit = z.union([z.number(), name]);

/** A threshold for a metric: a number, or the name of another metric. */
const gate = z.strictObject({
  metric: name,
  min: limit.optional(),
  max: limit.optional(),
}).refine(
  ({ min, max }) => (min === undefined) !== (max === undefined),
  "give min or max",
);

const range = z.union([
  z.strictObject({
    from: z.number(),
    to: z.number(),
    log: z.boolean().default(false),
    whole: z.boolean().default(false),
  }).refine(({ from, to }) => from < to, "from must be below to")
    .refine(({ from, log }) => !log || from > 0, "factors need from above 0"),
  z.strictObject({
    choices: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)
      .max(50),
  }),
]);

const tune = z.strictObject({
  /** Parameters to try, those of the specification first. */
  trials: z.int().min(1).max(1000),
  seed: z.int().nonnegative().default(1),
  method: z.enum(["halving", "tpe"]).default("halving"),
  /** What to choose from, in place of what the family says. */
  params: z.record(z.string(), range).nullable().default(null),
});

const common = {
  /** Name under which versions are registered. */
  model: name,
  /** Model family, a folder of `models/`. */
  family: name,
  /** Parameters of the family; its defaults for those left out. */
  params: z.record(z.string(), z.json()).default({}),
  seed: z.int().nonnegative().default(1),
  /** Only what was known by then; the present if absent. */
  asOf: instant.nullable().default(null),
  /** What a version must hold to be approved; better than the baseline if absent. */
  gates: z.array(gate).max(50).nullable().default(null),
};

const rows = z.strictObject({
  ...common,
  grain: z.literal("rows"),
  use: rowsUse,
  label: z.strictObject({
    start: said,
    /** Property of the starting event that holds the action taken. */
    actionProperty: said.nullable().default(null),
    outcome: said,
    matchOn: entity,
    withinDays: z.number().positive().max(3660),
    measure: z.enum(["occurs", "value"]).default("occurs"),
    /** What is done with rows whose time for an outcome is not over by `asOf`. */
    maturity: z.enum(["wait", "correct"]).default("wait"),
    from: instant.nullable().default(null),
    until: instant.nullable().default(null),
  }),
  /** What features may stand on, beside what happened before the row. */
  known: z.enum(["as_of", "decision"]).default("as_of"),
  /** Feature ids, `view.feature`. */
  features: z.array(said).min(1).max(500)
    .refine((all) => new Set(all).size === all.length, "name each once"),
  /** How to seek better parameters; those given are taken if absent. */
  tune: tune.nullable().default(null),
  /** Feature ids by which people may be treated unequally; need not be inputs. */
  slices: z.array(said).max(20).default([])
    .refine((all) => new Set(all).size === all.length, "name each once"),
  split: z.strictObject({
    /** Share of the rows that only measure. */
    holdoutShare: share.default(0.3),
    /**
     * `hash` keeps an entity on one side, `time` holds out the latest, and
     * `time_and_entity` the latest of entities that are seen nowhere else.
     */
    by: z.enum(["hash", "time", "time_and_entity"]).default("hash"),
    /** Share of the others that families stop early on. */
    validationShare: share.default(0.2),
  }).prefault({}),
}).refine(
  ({ use, label }) => use.kind !== "action" || label.actionProperty !== null,
  {
    path: ["label", "actionProperty"],
    message: "name the property that holds the action",
  },
);

const series = z.strictObject({
  ...common,
  grain: z.literal("series"),
  use: z.strictObject({ kind: z.literal("plan"), currency }),
  spend: z.strictObject({
    level: entity,
    by: entity,
    /** Type above, such as `channel` for campaigns. */
    parent: entity.nullable().default(null),
  }),
  outcome: z.strictObject({
    metric,
    level: entity,
    by: entity.nullable().default(null),
  }),
  from: day.nullable().default(null),
  until: day.nullable().default(null),
  split: z.strictObject({
    /** Share of the periods, the latest, that are forecast. */
    holdoutShare: share.gt(0).default(0.15),
    /** Slices of them, each forecast after learning from all before it. */
    origins: z.int().min(1).max(12).default(1),
  }).prefault({}),
}).refine(
  ({ spend, outcome }) => outcome.by === null || outcome.by === spend.by,
  { path: ["outcome", "by"], message: "use spend.by, or null for one total" },
);

/** A threshold, as a specification sets it. */
export type GateSpec = z.infer<typeof gate>;

/** How to seek parameters. */
export type TuneSpec = z.infer<typeof tune>;

const specification = z.discriminatedUnion("grain", [rows, series]);

/** What to train on labelled rows. */
export type RowsSpec = z.infer<typeof rows>;

/** What to train on series. */
export type SeriesSpec = z.infer<typeof series>;

/** A training specification. */
export type TrainingSpec = RowsSpec | SeriesSpec;

/**
 * Reads a specification.
 *
 * @param given Anything; JSON as a person wrote it.
 * @returns The specification, its defaults filled in.
 * @throws {EngineError} `request_invalid`, naming the member and what it should be.
 */
export function parseSpec(given: unknown): TrainingSpec {
  const parsed = specification.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") || "specification";
  throw new EngineError(
    "request_invalid",
    `Cannot read training specification: ${path}: ${issue?.message ?? "wrong"}`,
  );
}

/**
 * Reads the specification of a registered version.
 *
 * @param text JSON that this or an older engine wrote.
 * @returns Null for what cannot be read: what an older engine wrote, or an import.
 */
export function readSpec(text: string): TrainingSpec | null {
  try {
    return parseSpec(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Reads what a model's scores are used for, as `use` of a specification for rows.
 *
 * @throws {EngineError} `request_invalid`, naming the member and what it should be.
 */
export function parseUse(given: unknown): Exclude<ModelUse, { kind: "plan" }> {
  const parsed = rowsUse.safeParse(given);
  if (parsed.success) {
    return parsed.data as Exclude<ModelUse, { kind: "plan" }>;
  }
  const [issue] = parsed.error.issues;
  throw new EngineError(
    "request_invalid",
    `Cannot read use: ${issue?.path.join(".") || "use"}: ${
      issue?.message ?? "wrong"
    }`,
  );
}
