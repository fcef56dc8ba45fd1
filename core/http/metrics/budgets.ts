/**
 * What Prometheus reads of budgets that bids spend: how the ones stand that this node
 * bids on, as of its last sync, what they let no bid go for, and what was told of bids.
 *
 * Budgets are named here: an operator keeps them, so they are few.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";
import type { BudgetMetrics, HeldBudget } from "./budget_tally.ts";

const GAUGES = [
  {
    name: "moe_budget_spent_micros",
    help: "What a budget is known to have cost",
    of: "spentMicros",
  },
  {
    name: "moe_budget_lent_micros",
    help: "What of a budget is lent to nodes and not known to be charged",
    of: "lentMicros",
  },
  {
    name: "moe_budget_multiplier",
    help: "Value wanted per micro of a budget",
    of: "multiplier",
  },
] as const;

/**
 * Makes the metrics of budgets.
 *
 * @param registry Where they are printed.
 * @param held Budgets that this node bids on; asked when they are printed.
 * @returns What counts.
 */
export function registerBudgets(
  registry: Registry,
  held: () => readonly HeldBudget[],
): BudgetMetrics {
  const registers = [registry];
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      ...{ name, help, registers },
      labelNames: ["tenant", "budget"],
      collect() {
        this.reset();
        for (const { tenant, standing } of held()) {
          this.labels(tenant, standing.terms.id).set(standing[of]);
        }
      },
    });
  }
  const refused = new Counter({
    name: "moe_bids_refused_total",
    help: "Bids that a budget let not go, by why",
    labelNames: ["reason"],
    registers,
  });
  const notices = new Counter({
    name: "moe_bid_notices_total",
    help: "Notices of bids, by what became of them",
    labelNames: ["outcome"],
    registers,
  });
  return {
    refused: (refusal) => refused.labels(refusal).inc(),
    noticed: (tally) => {
      for (const [outcome, count] of Object.entries(tally)) {
        notices.labels(outcome).inc(count);
      }
    },
  };
}
