/**
 * What a media mix is to be learnt from, and how: plain JSON, all but three members
 * with a default. README.md has an example, and the reasons for the defaults.
 *
 * @module
 */
import { EngineError, suggestName } from "@moe/plugin";
import { z } from "zod";
import { ADSTOCKS } from "./adstock.ts";
import { HOLIDAYS } from "./holidays.ts";
import { SATURATIONS } from "./saturation.ts";

const name = z.string().min(1).max(200);
const positive = z.number().positive().finite();

/** A belief; `mean` and `sd` without a type are those of a log-normal. */
const Belief = z.union([
  z.strictObject({
    type: z.literal("lognormal"),
    mu: z.number(),
    sigma: positive,
  }),
  z.strictObject({
    type: z.enum(["lognormal", "normal"]).default("lognormal"),
    mean: positive,
    sd: positive,
  }),
  z.strictObject({ type: z.literal("half_normal"), sd: positive }),
  z.strictObject({
    type: z.literal("gamma"),
    shape: positive,
    rate: positive,
  }),
  z.strictObject({ type: z.literal("beta"), alpha: positive, beta: positive }),
]);

/** A belief as a person states it. */
export type Belief = z.infer<typeof Belief>;

const Channel = z.preprocess(
  (given) => typeof given === "string" ? { name: given } : given,
  z.strictObject({
    /** What it is called; also its column of spend unless that is named. */
    name,
    /** Column of spend in money. */
    spend: name.optional(),
    /** Column of what the money bought (impressions, clicks), to respond to instead. */
    exposure: name.optional(),
    adstock: z.enum(ADSTOCKS).optional(),
    /** Periods in which a spend works. */
    l_max: z.int().min(1).max(400).optional(),
    saturation: z.enum(SATURATIONS).optional(),
    priors: z.record(z.string(), Belief).default({}),
  }),
);

const Trend = z.preprocess(
  (given) => typeof given === "string" ? { type: given } : given,
  z.strictObject({
    type: z.enum(["none", "linear", "piecewise", "local_level"]),
    /** Changes of slope, or of level, that it may make. */
    knots: z.int().min(1).max(200).optional(),
  }),
);

const Event = z.union([
  name,
  z.strictObject({
    name,
    dates: z.array(z.iso.date()).min(1),
    /** Days before and after that it also touches. */
    before: z.int().min(0).max(60).default(0),
    after: z.int().min(0).max(60).default(0),
  }),
]);

const Measured = {
  channel: name,
  geo: name.optional(),
  /** Outcome that the spend brought. */
  lift: z.number(),
  /** Its standard error. */
  "standard_error": positive,
};

const LiftTest = z.union([
  z.strictObject({
    ...Measured,
    /** First day; the day after the last. */
    from: z.iso.date(),
    until: z.iso.date(),
    /** Share of the spend that was held back from the control. */
    share: z.number().gt(0).max(1).default(1),
  }),
  z.strictObject({
    ...Measured,
    /** Steady spend a period, and what was added to it. */
    x: z.number().nonnegative(),
    delta_x: z.number(),
    periods: z.int().min(1).default(1),
  }),
]);

const Pooling = z.enum(["partial", "full"]);

const Shape = z.strictObject({
  /** Column of the day that each period begins on. */
  date: name,
  /** Column of the outcome. */
  target: name,
  /** Column of the geography, or of another group. */
  geo: name.optional(),
  channels: z.array(Channel).min(1).max(200),
  controls: z.array(name).default([]),
  /** Columns, names of built-in holidays, or dates. */
  events: z.array(Event).default([]),
  trend: Trend.optional(),
  seasonality: z.strictObject({
    yearly: z.int().min(0).max(12).optional(),
    weekly: z.int().min(0).max(3).optional(),
  }).default({}),
  likelihood: z.enum(["normal", "student_t"]).default("normal"),
  adstock: z.enum(ADSTOCKS).default("geometric"),
  saturation: z.enum(SATURATIONS).default("hill"),
  l_max: z.int().min(1).max(400).optional(),
  /** Share of the outcome believed to come from media in all, in the middle. */
  media_share: z.number().gt(0).lt(1).default(0.3),
  pooling: z.strictObject({
    roas: Pooling.default("partial"),
    adstock: Pooling.default("full"),
    saturation: Pooling.default("full"),
  }).prefault({}),
  lift_tests: z.array(LiftTest).default([]),
  mode: z.enum(["nuts", "laplace"]).default("nuts"),
  chains: z.int().min(1).max(16).default(4),
  /** Threads that draw chains; the same bits on any number. */
  threads: z.int().min(1).max(64).default(2),
  warmup: z.int().min(20).max(20_000).optional(),
  draws: z.int().min(20).max(20_000).optional(),
  accept: z.number().min(0.5).max(0.999).default(0.85),
  seed: z.int().min(0).default(1),
  /** Share of the latest periods to be forecast as a check; 0 for none. */
  holdout: z.number().min(0).max(0.5).default(0.15),
  /** How often so many are forecast, each time from earlier on. */
  folds: z.int().min(1).max(12).default(1),
});

/** A specification, its defaults filled in. */
export type MixSpec = z.infer<typeof Shape>;
/** A channel of a specification. */
export type ChannelSpec = MixSpec["channels"][number];
/** An experiment of a specification. */
export type LiftTestSpec = MixSpec["lift_tests"][number];

/**
 * Reads a specification.
 *
 * @param given JSON as a person wrote it.
 * @returns The specification, its defaults filled in.
 * @throws {EngineError} `request_invalid`, naming the member and what it should be.
 */
export function parseMixSpec(given: unknown): MixSpec {
  const parsed = Shape.safeParse(given);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const unknown = issues.find(({ code }) => code === "unrecognized_keys");
    throw refused(describe(unknown ?? issues[0]));
  }
  const spec = parsed.data;
  const names = spec.channels.map((channel) => channel.name);
  const twice = names.find((one, at) => names.indexOf(one) !== at);
  if (twice !== undefined) {
    throw refused(`channels: "${twice}" is there twice`);
  }
  for (const { channel } of spec.lift_tests) {
    if (names.includes(channel)) continue;
    const near = suggestName(channel, names);
    throw refused(`lift_tests: there is no channel "${channel}"; ${near}`);
  }
  return spec;
}

/** Says what is wrong, and what an unknown member may have been. */
function describe(issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path.join(".") || "specification";
  if (issue?.code !== "unrecognized_keys") {
    return `${path}: ${issue?.message ?? "wrong"}`;
  }
  const [unknown = ""] = issue.keys;
  const known = issue.path.length === 0
    ? Object.keys(Shape.shape)
    : membersAt(issue.path);
  const near = known.length === 0 ? "" : `; ${suggestName(unknown, known)}`;
  return `${path}: there is no member "${unknown}"${near}`;
}

function membersAt(path: readonly PropertyKey[]): string[] {
  if (path[0] === "channels" && path.length === 2) {
    return [
      "name",
      "spend",
      "exposure",
      "adstock",
      "l_max",
      "saturation",
      "priors",
    ];
  }
  return [];
}

function refused(reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot read media mix specification: ${reason}`,
  );
}

/** Whether an event is a built-in holiday. */
export function isHoliday(event: string): event is keyof typeof HOLIDAYS {
  return Object.hasOwn(HOLIDAYS, event);
}
