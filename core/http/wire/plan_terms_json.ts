/**
 * What a plan may be asked to keep beyond its bounds, as parsed from the wire: what is
 * maximised, change limits, pauses, groups, shares, returns, risk and tests.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { EntityKey } from "../../domain/entity.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import { bigMicrosField, entityKeyField, isKey } from "./fields.ts";

const MOST_SETS = 1000;

const permilleField = z.int().min(0).max(1000);
const changeField = z.int().min(0).max(1_000_000).openapi({ example: 200 });
const positive = z.number().positive().max(1e15);
const share = z.number().positive().max(1);

const memberField = z.string().min(1).max(220).openapi({
  description: "An entity, a parent for all below it, or a group by its name",
  example: "channel:search",
});
const membersField = z.array(memberField).min(1).max(100_000);

const groupField = z.strictObject({
  name: z.string().min(1).max(100).openapi({ example: "brand" }),
  members: membersField,
  lo_micros: bigMicrosField.optional(),
  hi_micros: bigMicrosField.optional(),
  most_on: z.int().min(0).max(1_000_000).optional().openapi({
    description: "How many of its entities may get more than nothing",
  }),
}).refine(
  ({ lo_micros: lo, hi_micros: hi }) =>
    lo === undefined || hi === undefined || BigInt(lo) <= BigInt(hi),
  { message: "lo_micros must not be above hi_micros", path: ["lo_micros"] },
);

const shareField = z.strictObject({
  of: membersField,
  in: membersField.optional().openapi({
    description: "Of which it is a share; all that is spent unless given",
  }),
  least_permille: permilleField.optional(),
  most_permille: permilleField.optional(),
}).refine(
  ({ least_permille: least, most_permille: most }) =>
    (least ?? most) !== undefined && (least ?? 0) <= (most ?? 1000),
  {
    message: "expected least_permille, most_permille, or both in order",
    path: ["least_permille"],
  },
);

const returnField = z.strictObject({
  over: memberField.optional().openapi({
    description: "An entity, a parent or a group; all unless given",
  }),
  least_roas: positive.optional().openapi({
    description: "Worth of the outcomes for each unit spent",
  }),
  most_cost_micros: positive.optional().openapi({
    description: "Spend for each unit of outcome",
  }),
}).refine(
  ({ least_roas: roas, most_cost_micros: cost }) =>
    (roas === undefined) !== (cost === undefined),
  {
    message: "expected either least_roas or most_cost_micros",
    path: ["least_roas"],
  },
);

const riskField = z.discriminatedUnion("measure", [
  z.strictObject({ measure: z.literal("mean") }),
  z.strictObject({
    measure: z.literal("mean_cvar"),
    weight: share.openapi({ description: "Of the tail, next to the mean" }),
    tail: share.openapi({ description: "Share of the cases in the tail" }),
  }),
  z.strictObject({
    measure: z.literal("chance"),
    target: positive.openapi({
      description: "Outcome over the period that is to be reached",
    }),
  }),
]);

const explorationField = z.strictObject({
  cost_permille: permilleField.openapi({
    description:
      "Outcome that all tests may cost, in thousandths of the plan's",
  }),
  test_days: z.int().min(1).max(366),
  useful_periods: z.number().positive().max(1000).optional().openapi({
    description: "Periods in which what was learnt is of use; 4 unless given",
  }),
  noise_permille: z.int().min(1).max(10_000).optional().openapi({
    description:
      "Noise of an entity's outcome in a period, in thousandths of it; 100 unless given",
  }),
});

/** Fields of the body of `POST /optimization/plan`. */
export const planTerms = z.object({
  objective: z.strictObject({
    maximize: z.enum(["outcome", "profit"]),
    value_micros: positive.optional().openapi({
      description:
        "Worth of one unit of outcome; 1 unless given, which is right for outcomes in micros",
    }),
    weights: z.record(entityKeyField, z.number().min(0).max(1e9)).optional()
      .openapi({ description: "Of the outcomes of entities and of parents" }),
  }).optional().openapi({
    description: "What is maximised; the outcome unless given",
  }),
  change_limit: z.strictObject({
    most_permille: changeField.optional().openapi({
      description: "Of every entity's budget, against today's spend",
    }),
    of: z.record(entityKeyField, changeField).optional().openapi({
      description:
        "Of single entities, instead; of a parent, what is below it together",
    }),
  }).optional().openapi({ description: "How far budgets may move" }),
  least_if_on: z.record(entityKeyField, bigMicrosField).optional().openapi({
    description:
      "Entities that may be paused: they get nothing, or at least so much in the period. A parent's is that of each below it",
  }),
  step_micros: bigMicrosField.optional().openapi({
    description:
      "Budgets per day are multiples of it; what the destination can hold unless given",
  }),
  groups: z.array(groupField).max(MOST_SETS).optional().openapi({
    description:
      "Sets with bounds; of two that share an entity, one holds the other",
  }),
  shares: z.array(shareField).max(MOST_SETS).optional().openapi({
    description: "Bounds on what one set gets of another",
  }),
  returns: z.array(returnField).max(MOST_SETS).optional().openapi({
    description: "Target returns on spend, and target costs",
  }),
  target_outcome: positive.optional().openapi({
    description:
      "Outcome to be reached by the least budget; the total is then the most",
  }),
  risk: riskField.optional().openapi({
    description: "What is made of doubt about curves; the mean unless given",
  }),
  exploration: explorationField.optional().openapi({
    description: "Tests to look for; none unless given",
  }),
  schedule: z.enum(["day", "week"]).optional().openapi({
    description:
      "Lays the budgets out over the days or weeks of the period; not unless given",
  }),
  deadline_ms: z.int().min(1).max(600_000).optional().openapi({
    description:
      "Time after which the best plan so far is the answer, or why none was found; 20,000 unless given",
  }),
});

/** What the body says beyond bounds. */
type Terms = z.output<typeof planTerms>;

/**
 * Reads the fields of {@link planTerms}.
 *
 * @param body The parsed body.
 * @returns Those given; others are absent.
 */
export function planTermsFromJson(body: Terms): Partial<PlanRequest> {
  const { least_if_on: leastIfOn, step_micros: step } = body;
  const { groups, exploration, risk, deadline_ms: deadlineMs } = body;
  return {
    ...weighingFromJson(body),
    ...leastIfOn && {
      leastIfOn: mapKeys(leastIfOn, (micros) => BigInt(micros)),
    },
    ...step === undefined ? {} : { stepMicros: BigInt(step) },
    ...groups && { groups: groups.map(groupFromJson) },
    ...given("targetOutcome", body.target_outcome),
    ...risk && { risk },
    ...given("schedule", body.schedule),
    ...exploration && {
      exploration: {
        costPermille: exploration.cost_permille,
        testDays: exploration.test_days,
        usefulPeriods: exploration.useful_periods ?? 4,
        noisePermille: exploration.noise_permille ?? 100,
      },
    },
    ...deadlineMs === undefined ? {} : { deadlineMs },
  };
}

function weighingFromJson(
  { objective, change_limit: change, shares, returns }: Terms,
): Partial<PlanRequest> {
  return {
    ...objective && {
      objective: {
        maximize: objective.maximize,
        ...given("valueMicros", objective.value_micros),
        ...objective.weights && {
          weights: mapKeys(objective.weights, (weight) => weight),
        },
      },
    },
    ...change && {
      changeLimit: {
        ...given("mostPermille", change.most_permille),
        ...change.of && { of: mapKeys(change.of, (permille) => permille) },
      },
    },
    ...shares && {
      shares: shares.map((one) => ({
        of: one.of,
        in: one.in ?? null,
        ...given("leastPermille", one.least_permille),
        ...given("mostPermille", one.most_permille),
      })),
    },
    ...returns && {
      returns: returns.map((one) => ({
        over: one.over ?? null,
        ...given("leastRoas", one.least_roas),
        ...given("mostCostMicros", one.most_cost_micros),
      })),
    },
  };
}

function groupFromJson(
  { name, members, lo_micros: lo, hi_micros: hi, most_on: mostOn }: z.output<
    typeof groupField
  >,
): NonNullable<PlanRequest["groups"]>[number] {
  return {
    name,
    members,
    ...lo === undefined ? {} : { lo: BigInt(lo) },
    ...hi === undefined ? {} : { hi: BigInt(hi) },
    ...given("mostOn", mostOn),
  };
}

/** A member that is there only if it has a value. */
function given<K extends string, V>(
  key: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: V };
}

function mapKeys<V, W>(
  record: Readonly<Record<string, V>>,
  map: (value: V) => W,
): Record<EntityKey, W> {
  const mapped: Record<EntityKey, W> = {};
  for (const [key, value] of Object.entries(record)) {
    if (isKey(key)) mapped[key] = map(value);
  }
  return mapped;
}
