/**
 * `moe plan` and `moe plans`: make a plan, look at plans, and move them on.
 *
 * @module
 */
import { addDays, type DayRange } from "../domain/day.ts";
import { decimalFromMicros } from "../domain/money.ts";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import {
  amountOption,
  dayOption,
  personOption,
  tenantOption,
  wholeNumberOption,
} from "./option.ts";
import { printTable } from "./terminal.ts";

const DAYS = { otherwise: 7, least: 1, most: 366 };
const LIMIT = { otherwise: 20, least: 1, most: 1000 };

/** Makes a plan. */
export const plan: Command = {
  name: "plan",
  about: "plan budgets for the days to come",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    model: "allocation model; the only approved one unless given",
    from: "first day; tomorrow unless given",
    days: "how many days; 7 unless given",
    total:
      "amount for the period in currency units; today's spend unless given",
    currency: "ISO 4217 code; EUR unless given",
    "up-to!": "spend up to the total rather than all of it",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const { plan: made, answer } = await engine.plans.make(
        tenantOption(options),
        planRequest(options, clock.now()),
        {
          by: personOption(options),
          idempotent: null,
          render: printPlanJson,
        },
      );
      if (options.json || !made) scope.terminal.line(answer);
      else printPlan(made).forEach(scope.terminal.line);
      return 0;
    }),
};

function planRequest(options: Options, now: string): PlanRequest {
  const from = dayOption(options, "from", addDays(now.slice(0, 10), 1));
  const model = textOption(options, "model", "");
  const days = wholeNumberOption(options, "days", DAYS);
  const period: DayRange = { from, until: addDays(from, days) };
  return {
    model: model === "" ? null : model,
    entities: null,
    period,
    totalMicros: amountOption(options, "total"),
    currency: textOption(options, "currency", "EUR"),
    spend: options["up-to"] ? "up_to" : "all",
    bounds: {},
  };
}

function printPlanJson(made: Plan): string {
  return JSON.stringify(
    made,
    (_key, value) => typeof value === "bigint" ? String(value) : value,
    2,
  );
}

/**
 * Prints a plan as a table, with its certificate below.
 *
 * @param made The plan.
 * @returns Lines.
 */
export function printPlan(made: Plan): string[] {
  const { objective, recommendations, currency } = made;
  const rows = recommendations.map((row) => [
    row.entity,
    row.parent ?? "",
    units(row.currentMicros),
    units(row.budgetMicros),
    change(row.currentMicros, row.budgetMicros),
    row.marginalOutcome.toFixed(2),
    printBinding(row),
  ]);
  return [
    `${made.id}  ${made.state}  ${made.period.from} … ${made.period.until}  model ${made.modelVersion}`,
    "",
    ...printTable(
      [
        { heading: "entity" },
        { heading: "parent" },
        { heading: `now ${currency}`, numeric: true },
        { heading: `plan ${currency}`, numeric: true },
        { heading: "change", numeric: true },
        { heading: "marginal", numeric: true },
        { heading: "held by" },
      ],
      rows,
    ),
    "",
    `total ${units(made.totalMicros)} ${currency}; expected ${
      printOutcome(objective.outcome, made)
    }, as things are ${printOutcome(objective.currentOutcome, made)}`,
    `no plan brings more than ${
      printOutcome(objective.upperBound, made)
    }: gap ${
      objective.gap.toExponential(1)
    }; ${made.binding.length} constraints bind`,
    ...new Set(
      recommendations.flatMap(({ entity, warnings }) =>
        warnings.map((warning) => `${entity}: ${warning}`)
      ),
    ),
  ];
}

/** Rules that hold the budget where it is, or changed it. */
function printBinding(
  { applied, budgetMicros, boundsMicros }: Plan["recommendations"][number],
): string {
  const [lo, hi] = boundsMicros;
  const binding = applied.filter(({ effect, beforeMicros, afterMicros }) =>
    effect === "deny" ||
    (effect === "floor" && budgetMicros === lo) ||
    (effect === "cap" && budgetMicros === hi) ||
    (effect === "adjust" && beforeMicros !== afterMicros)
  );
  return [...new Set(binding.map(({ rule }) => rule))].join(" ");
}

function printOutcome(
  outcome: number,
  { objective: { unit }, currency }: Plan,
): string {
  return unit.endsWith("_micros")
    ? `${(outcome / 1e6).toFixed(2)} ${currency} of ${unit.slice(0, -7)}`
    : `${outcome.toPrecision(6)} ${unit}`;
}

function units(micros: bigint): string {
  return decimalFromMicros((micros / 10_000n) * 10_000n, 2);
}

function change(before: bigint, after: bigint): string {
  if (before === 0n) return after === 0n ? "" : "new";
  const share = Number(after - before) / Number(before);
  return `${share >= 0 ? "+" : "−"}${(Math.abs(share) * 100).toFixed(1)} %`;
}

/** Lists plans. */
export const plans: Command = {
  name: "plans",
  about: "the latest plans and where they stand",
  operands: [],
  options: { ...TENANT, limit: "how many at most; 20 unless given" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const found = await engine.plans.list(
        tenantOption(options),
        wholeNumberOption(options, "limit", LIMIT),
      );
      printTable(
        ["plan", "state", "from", "until", "by", "approved by"].map((
          heading,
        ) => ({ heading })),
        found.map(({ id, state, period, createdBy, approvedBy }) => [
          id,
          state,
          period.from,
          period.until,
          createdBy,
          approvedBy ?? "",
        ]),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Shows a plan. */
export const plansShow = onPlan("show", "show a plan", "find");

/** Approves a plan. */
export const plansApprove = onPlan(
  "approve",
  "approve a plan that another person asked for",
  "approve",
);

/** Applies a plan. */
export const plansApply = onPlan(
  "apply",
  "write an approved plan to its destination",
  "apply",
);

/** Rolls a plan back. */
export const plansRollback = onPlan(
  "rollback",
  "undo an applied plan exactly",
  "rollback",
);

function onPlan(
  word: string,
  about: string,
  step: "find" | "approve" | "apply" | "rollback",
): Command {
  return {
    name: `plans ${word}`,
    about,
    operands: ["ID"],
    options: { ...TENANT, ...AS },
    run: (scope, [id = ""], options) =>
      withEngine(scope, async ({ engine }) => {
        const tenant = tenantOption(options);
        const by = personOption(options);
        const found = await engine.plans[step](tenant, id, by);
        if (found) printPlan(found).forEach(scope.terminal.line);
        else scope.terminal.warn(`there is no plan ${id}`);
        return found ? 0 : 1;
      }),
  };
}
