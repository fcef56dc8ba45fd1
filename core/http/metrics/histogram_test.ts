/** Histograms tell what prom-client's tell. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { familiesOf, type ToldMetric } from "../../telemetry/family.ts";
import { registerHistogram } from "./histogram.ts";

const LABELS = [["a", "1"], ["a", "2"], ["b", "1"]] as const;

Deno.test("a histogram tells what the kept library's tells", async () => {
  // The library's own sign for "beyond all bounds" is -1, so no bound may be that.
  const bound = fc.double({ noNaN: true, min: -0.5, max: 1 });
  const bounds = fc.uniqueArray(bound, {
    maxLength: 12,
  });
  const observed = fc.array(fc.tuple(
    fc.nat({ max: LABELS.length - 1 }),
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, min: -1, max: 1 }),
      fc.nat({ max: 11 }),
    ),
    fc.boolean(),
  ));
  await fc.assert(fc.asyncProperty(bounds, observed, async (ends, values) => {
    const buckets = ends.sort((one, other) => one - other);
    const [ours, theirs] = [new Registry(), new Registry()];
    const terms = { name: "h", help: "h", labelNames: ["x", "y"], buckets };
    const open = registerHistogram(ours, terms);
    const series = LABELS.map((labels) => open(...labels));
    const kept = new Histogram({ ...terms, registers: [theirs] });
    for (const [place, value, isBound] of values) {
      const one = isBound ? buckets[place] ?? value : value;
      series[place]?.observe(one);
      kept.labels(...LABELS[place] ?? []).observe(one);
    }
    assert.deepEqual(await told(ours), await told(theirs));
    assert.equal(await ours.metrics(), await theirs.metrics());
  }));
});

Deno.test.each([NaN, Infinity, -Infinity])(
  "a histogram refuses %s",
  (value) => {
    const open = registerHistogram(new Registry(), {
      ...{ name: "h", help: "h", labelNames: [], buckets: [1] },
    });
    assert.throws(() => open().observe(value), TypeError);
  },
);

async function told(registry: Registry) {
  const metrics = await registry.getMetricsAsJSON();
  return familiesOf(metrics as readonly ToldMetric[]);
}
