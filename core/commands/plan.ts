/**
 * `moe plan`: makes a plan.
 *
 * @module
 */
import type { Plan } from "../domain/plan.ts";
import type { Command } from "./command.ts";
import { AS, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption } from "./option.ts";
import { readPlanRequest, REQUEST } from "./plan_request.ts";
import { printPlan } from "./print_plan.ts";

/** Makes a plan. */
export const plan: Command = {
  name: "plan",
  about: "plan budgets for the days to come",
  operands: [],
  options: { ...TENANT, ...AS, ...REQUEST, "json!": "print JSON" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const { plan: made, answer } = await engine.plans.make(
        tenantOption(options),
        await readPlanRequest(options, clock.now()),
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

function printPlanJson(made: Plan): string {
  return JSON.stringify(
    made,
    (_key, value) => typeof value === "bigint" ? String(value) : value,
    2,
  );
}
