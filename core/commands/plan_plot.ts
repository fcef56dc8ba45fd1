/**
 * `moe plans plot`: a stored plan as charts.
 *
 * @module
 */
import { PLAN_PLOTS } from "../plans/plots/plot_plan.ts";
import { type Command, textOption } from "./command.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";
import { writeCharts } from "./write_charts.ts";

/** `moe plans plot`. */
export const plansPlot: Command = {
  name: "plans plot",
  about:
    "draw a plan: response curves, budgets, frontier, and spending against it",
  operands: ["ID"],
  options: { ...TENANT, "svg*": "folder for the charts" },
  run: (scope, [id = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const charts = new Map<string, string>();
      for (const kind of PLAN_PLOTS) {
        charts.set(kind, await engine.plans.plot(tenant, id, kind));
      }
      const folder = textOption(options, "svg", "");
      const paths = await writeCharts(folder, charts, "svg");
      paths.forEach((path) => scope.terminal.line(`chart in ${path}`));
      return 0;
    }),
};
