/**
 * `moe plans diff`: why a stored plan moves budgets, in a sentence each.
 *
 * @module
 */
import type { Plan } from "../domain/plan.ts";
import { EngineError } from "../domain/error.ts";
import { readPlanCurves } from "../plans/plots/gather.ts";
import { explainPlan } from "../plans/what_if/stored_moves.ts";
import type { Command } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

/** `moe plans diff`. */
export const plansDiff: Command = {
  name: "plans diff",
  about: "why a plan moves budgets from today's, or from another plan's",
  operands: ["ID", "[FROM]"],
  options: {
    ...TENANT,
    "json!": "print JSON",
    "all!": "tell those that keep theirs too",
  },
  run: (scope, [id = "", from], options) =>
    withEngine(scope, async ({ engine, stores }) => {
      const tenant = tenantOption(options);
      const plan = await findPlan(engine, tenant, id);
      const against = from === undefined
        ? null
        : await findPlan(engine, tenant, from);
      const curves = await readPlanCurves(stores.models, tenant, plan);
      const moves = explainPlan(plan, { curves, against })
        .filter(({ cause }) => options.all || cause !== "kept");
      if (options.json) {
        scope.terminal.line(
          JSON.stringify({ plan: id, from: from ?? null, moves }),
        );
        return 0;
      }
      const lines = moves.map(({ sentence }) => sentence);
      (lines.length > 0 ? lines : ["nothing moves"]).forEach(
        scope.terminal.line,
      );
      return 0;
    }),
};

/**
 * Finds a plan.
 *
 * @throws {EngineError} `not_found` if the tenant has none of that id.
 */
async function findPlan(
  { plans }: Pick<Opened["engine"], "plans">,
  tenant: string,
  id: string,
): Promise<Plan> {
  const plan = await plans.find(tenant, id);
  if (plan !== null) return plan;
  throw new EngineError("not_found", `Cannot find plan "${id}": there is none`);
}
