/**
 * `moe budgets`: what bids may spend, how that goes, and budgets made from a plan.
 *
 * @module
 */
import { planBudgets } from "../decisions/budgets/plan_budgets.ts";
import type { BudgetStanding } from "../decisions/budgets/standing.ts";
import { isZone } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { decimalFromMicros } from "../domain/money.ts";
import { parseFields } from "../http/request/field_errors.ts";
import { budgetBody, budgetFromJson } from "../http/wire/budget_terms_json.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import { amountOption, personOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Lists budgets. */
export const budgets: Command = {
  name: "budgets",
  about: "budgets that bids spend, and how they stand",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const all = await engine.budgets.list(tenantOption(options));
      printBudgets(all).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Keeps a budget. */
export const budgetsSet: Command = {
  name: "budgets set",
  about: "keep a budget that bids spend, or change it",
  operands: ["ID"],
  options: {
    ...TENANT,
    "file*": "JSON, the body of PUT /optimization/budgets/{id}",
  },
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const file = textOption(options, "file", "");
      const body = parseFields(budgetBody, await readJsonFile(file), "");
      const terms = budgetFromJson(id, body);
      const made = await engine.budgets.put(tenantOption(options), terms);
      printBudgets([made]).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Makes budgets of a plan. */
export const budgetsFromPlan: Command = {
  name: "budgets from-plan",
  about: "let bids spend what an applied plan gives each entity",
  operands: ["ID"],
  options: {
    ...TENANT,
    "max-bid*": "most of any bid, in currency units",
    zone: "zone of its days; UTC unless given",
  },
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const plan = await engine.plans.find(tenant, id);
      if (plan === null) {
        scope.terminal.warn(`there is no plan ${id}`);
        return 1;
      }
      const made: BudgetStanding[] = [];
      const terms = planBudgets(plan, {
        mostMicros: Number(amountOption(options, "max-bid")),
        zone: zoneOption(options),
      });
      for (const asked of terms) {
        made.push(await engine.budgets.put(tenant, asked));
      }
      printBudgets(made).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Closes a budget. */
export const budgetsClose = onBudget(
  "close",
  "bid no more on a budget, nor without it for what it pays for",
);

/** Resumes a budget. */
export const budgetsResume = onBudget(
  "resume",
  "let a budget go on that a broken promise stopped",
);

function onBudget(word: "close" | "resume", about: string): Command {
  return {
    name: `budgets ${word}`,
    about,
    operands: ["ID"],
    options: { ...TENANT, ...AS },
    run: (scope, [id = ""], options) =>
      withEngine(scope, async ({ engine }) => {
        const by = personOption(options);
        const made = await engine.budgets[word](tenantOption(options), id);
        printBudgets([made]).forEach(scope.terminal.line);
        scope.terminal.warn(`${word} of ${id} by ${by}`);
        return 0;
      }),
  };
}

/**
 * Prints budgets as a table.
 *
 * @param all How they stand.
 * @returns Lines.
 */
export function printBudgets(all: readonly BudgetStanding[]): string[] {
  return printTable(
    [
      { heading: "budget" },
      { heading: "state" },
      { heading: "cap", numeric: true },
      { heading: "spent", numeric: true },
      { heading: "lent", numeric: true },
      { heading: "expected", numeric: true },
      { heading: "multiplier", numeric: true },
      { heading: "until" },
      { heading: "pays for" },
    ],
    all.map(({ terms, state, ...standing }) => [
      terms.id,
      state,
      `${units(terms.capMicros)} ${terms.currency}`,
      units(standing.spentMicros),
      units(standing.lentMicros),
      units(standing.expectedMicros),
      String(Number(standing.multiplier.toPrecision(4))),
      terms.until.slice(0, 16),
      printPaid(terms.paysFor),
    ]),
  );
}

function printPaid([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function units(micros: number): string {
  return decimalFromMicros(BigInt(Math.round(micros)), 2);
}

function zoneOption(options: Options): string {
  const zone = textOption(options, "zone", "UTC");
  if (isZone(zone)) return zone;
  throw new EngineError(
    "request_invalid",
    `Cannot use --zone "${zone}": give an IANA time zone, such as Europe/Berlin`,
    { facts: { option: "zone" } },
  );
}
