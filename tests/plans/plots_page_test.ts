/**
 * Plots of a plan in a real browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EVIDENCE, PLAN } from "../../core/plans/plots/fixtures/plan.ts";
import { PLAN_PLOTS, plotPlan } from "../../core/plans/plots/plot_plan.ts";
import { needingChromium, render } from "../servers/chromium.ts";

/** Tells how large each chart is drawn. */
const MEASURE = `<script>addEventListener("load", () => {
  document.body.dataset.sizes = [...document.querySelectorAll("svg")]
    .map((svg) => Math.round(svg.getBoundingClientRect().width) + "x" +
      svg.querySelectorAll("path,rect,circle,text").length).join(" ");
});</script>`;

Deno.test({
  ...needingChromium("every plot of a plan is drawn by a browser"),
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "plots_" });
    try {
      const charts = PLAN_PLOTS.map((kind) => plotPlan(PLAN, EVIDENCE, kind));
      const page = `<!doctype html><meta charset="utf-8"><body>${
        charts.join("")
      }${MEASURE}`;
      await Deno.writeTextFile(`${folder}/page.html`, page);
      const { html, console } = await render(`file://${folder}/page.html`);
      assert.deepEqual(console, []);
      const sizes = /data-sizes="([^"]*)"/.exec(html)?.[1]?.split(" ") ?? [];
      assert.equal(sizes.length, PLAN_PLOTS.length);
      for (const size of sizes) {
        const [width = 0, parts = 0] = size.split("x").map(Number);
        assert.ok(width >= 300 && parts >= 15, size);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
