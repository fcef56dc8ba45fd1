/**
 * Next week's budgets: planned over HTTP, approved by a colleague, written to the
 * `file` destination, and rolled back.
 *
 * @module
 */
import { addDays } from "../../domain/day.ts";
import { printPlan } from "../print_plan.ts";
import { announce, demand, type Json, type Stage, TENANT } from "./stage.ts";

/** Plans the week. */
export async function planWeek(stage: Stage): Promise<void> {
  const { call, terminal, opened: { engine, clock } } = stage;
  announce(stage, "Next week's plan");
  const from = addDays(clock.now().slice(0, 10), 1);
  const body = {
    scope: { model: "campaign_response" },
    period: { from, until: addDays(from, 7) },
    currency: "EUR",
  };
  const headers = { "idempotency-key": `week-${from}` };
  const made = await call("systems", {
    path: "/optimization/plan",
    body,
    headers,
  });
  const again = await call("systems", {
    path: "/optimization/plan",
    body,
    headers,
  });
  const plan = await engine.plans.find(TENANT, made.plan_id);
  if (plan) printPlan(plan).forEach(terminal.line);
  demand(again.plan_id === made.plan_id, "one key makes one plan");
  terminal.line("asked again with the same key: the same plan, made once");
  await applyAndRollBack(stage, made.plan_id);
}

async function applyAndRollBack(stage: Stage, id: string): Promise<void> {
  const { terminal } = stage;
  announce(stage, "Applied, and rolled back");
  for (
    const [step, wanted] of [
      ["approve", "approved"],
      ["apply", "applied"],
      ["rollback", "rolled_back"],
    ] as const
  ) {
    const { state }: Json = await stage.call("approver", {
      path: `/optimization/plans/${id}/${step}`,
      body: {},
    });
    terminal.line(`${step.padEnd(8)}  → ${state}`);
    demand(state === wanted, `after ${step} a plan is ${wanted}`);
  }
}
