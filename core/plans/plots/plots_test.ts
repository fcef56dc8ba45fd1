/**
 * Plots of plans are well-formed, say the same twice, and mark what they should.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseXml } from "../../charts/fixtures/parse_xml.ts";
import { plotAllocation } from "./allocation_plot.ts";
import { plotFlight } from "./flight_plot.ts";
import { plotFrontier, plotRisk } from "./frontier_plot.ts";
import { PLAN_PLOTS, plotPlan } from "./plot_plan.ts";
import { plotPacing } from "./pacing_plot.ts";
import { MOST_CURVES, plotResponses } from "./response_plot.ts";
import { EVIDENCE, PLAN } from "./fixtures/plan.ts";

const UNITS = { amount: "EUR", outcome: "revenue" };
const amounts = fc.double({ min: 0, max: 1e12, noNaN: true });
const some = fc.oneof(fc.constant(null), amounts);
const names = fc.oneof(fc.string({ unit: "binary" }), fc.constant('<"&>'));

Deno.test.each([
  {
    note: "plotAllocation()",
    plots: fc.array(fc.record({ id: names, today: some, plan: amounts }))
      .map((rows) => plotAllocation(rows, "EUR")),
  },
  {
    note: "plotResponses()",
    plots: fc.array(
      fc.record({ id: names, today: some, plan: amounts, until: amounts }),
    ).map((rows) =>
      plotResponses(rows.map((row) => ({ ...row, respond: Math.sqrt })), UNITS)
    ),
  },
  {
    note: "plotFrontier()",
    plots: fc.array(
      fc.record({ budget: amounts, value: amounts, upperBound: amounts }),
    ).map((points) =>
      plotFrontier(
        { points, plan: { budget: 1, value: 1 }, today: null },
        UNITS,
      )
    ),
  },
  {
    note: "plotRisk()",
    plots: fc.array(fc.record({ mean: amounts, tail: amounts }))
      .map((points) => plotRisk(points, 0.1)),
  },
  {
    note: "plotPacing()",
    plots: fc.array(amounts, { maxLength: 40 }).map((planned) =>
      plotPacing({
        days: planned.map((_, at) => `d${at}`),
        planned,
        spent: planned.slice(1),
      }, "EUR")
    ),
  },
  {
    note: "plotFlight()",
    plots: fc.array(fc.array(amounts, { minLength: 3, maxLength: 3 }), {
      maxLength: 14,
    })
      .map((rows) =>
        plotFlight({
          ids: rows.map((_, at) => `e${at}`),
          periods: 3,
          amounts: Float64Array.from(rows.flat()),
        })
      ),
  },
])("$note of anything is well-formed", ({ plots }) => {
  fc.assert(
    fc.property(plots, (svg) => {
      assert.equal(parseXml(svg).name, "svg");
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    }),
    { numRuns: 60 },
  );
});

Deno.test.each(PLAN_PLOTS.map((kind) => ({ kind })))(
  "plotPlan() draws $kind of a stored plan, the same twice",
  ({ kind }) => {
    const svg = plotPlan(PLAN, EVIDENCE, kind);
    assert.equal(parseXml(svg).name, "svg");
    assert.equal(plotPlan(PLAN, EVIDENCE, kind), svg);
  },
);

Deno.test("plotPlan() marks today and plan on each curve", () => {
  const svg = plotPlan(PLAN, EVIDENCE, "curves");
  const labels = (text: string) => svg.split(`>${text}<`).length - 1;
  assert.deepEqual([labels("today"), labels("plan")], [2, 2]);
  const many = Array.from({ length: 20 }, (_, at) => ({
    ...{ id: `e${at}`, today: 1, plan: 1 + at, until: 30 },
    respond: Math.sqrt,
  }));
  const first = plotResponses(many, UNITS);
  assert.match(first, new RegExp(`the ${MOST_CURVES} of 20 that move most`));
  assert.match(first, /e19/);
  assert.doesNotMatch(first, /e2</);
});

Deno.test("plotPlan() adds up what was spent, and draws the plan alone where nothing is known", () => {
  const svg = plotPlan(PLAN, EVIDENCE, "pacing");
  assert.match(svg, />spent so far</);
  assert.match(svg, />300</);
  const { curves } = EVIDENCE;
  assert.doesNotMatch(plotPlan(PLAN, { curves }, "pacing"), /spent so far/);
});

Deno.test("plotPlan() draws a frontier that rises to the plan and on", () => {
  const svg = plotPlan(PLAN, EVIDENCE, "frontier");
  assert.match(svg, />plan</);
  assert.match(svg, /No plan brings more/);
});
