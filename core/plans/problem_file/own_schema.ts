/**
 * The shape of `moe-plan-problem/1`, the engine's own format of problem files.
 *
 * @module
 */
import { z } from "zod";
import { amount, LARGEST, positive, ratio, signed } from "./amounts_schema.ts";
import { fields } from "./refuse.ts";

/** Name of the format. */
export const OWN_FORMAT = "moe-plan-problem/1";

const maybe = z.exactOptional;
const name = z.string().min(1);
const several = z.union([amount, z.array(amount)], {
  error:
    "expected a number of 0 or more, or a list of them, one for each period",
});

const RESPONSES = [
  fields({
    type: z.literal("hill"),
    ceiling: amount,
    half: positive,
    slope: positive,
  }),
  fields({ type: z.literal("logistic"), ceiling: amount, rate: positive }),
  fields({
    type: z.literal("michaelis_menten"),
    ceiling: amount,
    half: positive,
  }),
] as const;

const response = z.discriminatedUnion("type", [...RESPONSES], {
  error: unknownType('"hill", "logistic" or "michaelis_menten"'),
});

const curve = z.discriminatedUnion("type", [
  ...RESPONSES,
  fields({
    type: z.literal("piecewise"),
    points: z.array(z.tuple([amount, signed])).min(1),
  }),
  fields({ type: z.literal("sampled"), draws: z.array(response).min(1) }),
], {
  error: unknownType(
    '"hill", "logistic", "michaelis_menten", "piecewise" or "sampled"',
  ),
});

function unknownType(known: string) {
  return (issue: { readonly code?: string | undefined }) =>
    issue.code === "invalid_union" ? `expected ${known}` : undefined;
}

const range = fields({ lo: maybe(amount), hi: maybe(amount) });

const carryOver = z.union([
  fields({ decay: z.number().min(0).lt(1), lags: z.int().min(1).max(10_000) }),
  fields({ kernel: z.array(amount).min(1) }),
], {
  error:
    'expected {"decay": 0 to below 1, "lags": periods} or {"kernel": [shares]}',
});

const entity = fields({
  id: name,
  curve,
  lo: maybe(several),
  hi: maybe(several),
  off: maybe(z.boolean()),
  step: maybe(amount),
  weight: maybe(amount),
  group: maybe(name.nullable()),
  today: maybe(amount),
  change: maybe(amount),
  seen: maybe(z.tuple([amount, amount])),
  total: maybe(range),
  "carry_over": maybe(carryOver),
  history: maybe(z.array(amount)),
  season: maybe(z.array(amount)),
  ramp: maybe(amount),
  before: maybe(amount),
  spent: maybe(z.array(amount)),
});

const group = fields({
  id: name,
  parent: maybe(name.nullable()),
  lo: maybe(amount),
  hi: maybe(amount),
  most: maybe(z.int().nonnegative()),
});

/** Not a record of zod's, which drops an entity called `__proto__`. */
const terms = z.custom<Readonly<Record<string, number>>>(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((term) =>
      typeof term === "number" && Math.abs(term) <= LARGEST
    ),
  'expected an object of numbers by entity, such as {"tv": 1}',
);

const linear = fields({
  id: name,
  terms,
  lo: maybe(signed),
  hi: maybe(signed),
});

const target = fields({
  id: name,
  group: maybe(name.nullable()),
  least: maybe(ratio),
  "most_cost": maybe(ratio),
}).refine(
  (one) => (one.least === undefined) !== (one.most_cost === undefined),
  'give either "least" (outcome for each unit spent) or "most_cost" (spend for each outcome)',
);

const aim = z.discriminatedUnion("type", [
  fields({ type: z.literal("mean") }),
  fields({
    type: z.literal("mean_cvar"),
    weight: z.number().min(0).max(1),
    tail: z.number().gt(0).max(1),
  }),
  fields({ type: z.literal("chance"), target: positive }),
], { error: unknownType('"mean", "mean_cvar" or "chance"') });

/** A file of the format. */
export const OwnFile = fields({
  schema: z.literal(OWN_FORMAT),
  about: maybe(z.string()),
  budget: amount,
  spend: maybe(z.enum(["all", "up_to"])),
  objective: maybe(z.enum(["outcome", "profit"])),
  entities: z.array(entity),
  groups: maybe(z.array(group)),
  linear: maybe(z.array(linear)),
  returns: maybe(z.array(target)),
  uncertainty: maybe(aim),
  periods: maybe(fields({
    count: z.int().min(1).max(10_000),
    after: maybe(z.int().min(0).max(10_000)),
    totals: maybe(z.array(range)),
  })),
});

/** What it holds. */
export type OwnProblem = z.output<typeof OwnFile>;
/** One of its entities. */
export type OwnEntity = OwnProblem["entities"][number];
