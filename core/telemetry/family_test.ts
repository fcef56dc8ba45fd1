/** Metrics in one form, and as text. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { formatFor, printFamilies } from "./exposition.ts";
import { familiesOf, type ToldMetric } from "./family.ts";

async function toldOf(registry: Registry): Promise<readonly ToldMetric[]> {
  return await registry.getMetricsAsJSON() as readonly ToldMetric[];
}

Deno.test("Prometheus' own format is as the kept library prints it", async () => {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["a", "b"];
  new Counter({
    name: "one_total",
    help: 'A "count"\nof \\',
    registers,
    labelNames,
  })
    .labels('x"y\\z\n', "").inc(3);
  new Gauge({ name: "two", help: "two", registers }).set(-1.5e-7);
  const three = new Gauge({
    name: "three",
    help: "three",
    registers,
    labelNames,
  });
  three.labels("1", "").set(Infinity);
  three.labels("2", "").set(NaN);
  new Histogram({
    name: "four",
    help: "four",
    registers,
    labelNames: ["c"],
    buckets: [0.1, 5],
  })
    .labels("v").observe(2);
  const printed = printFamilies(
    familiesOf(await toldOf(registry)),
    formatFor("text/plain"),
  );
  const lines = (text: string) =>
    text.replaceAll("Nan", "NaN").split("\n").filter((line) =>
      line !== "" && !line.includes("left_out")
    )
      .map(sortLabels).sort();
  assert.deepEqual(lines(printed), lines(await registry.metrics()));
});

/** The order of labels means nothing. */
function sortLabels(line: string): string {
  const [, name = line, labels = "", value = ""] =
    /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
  return labels === ""
    ? line
    : `${name} ${labels.split(",").sort().join()} ${value}`;
}

Deno.test("OpenMetrics names counters without their end, tells a trace, and ends", () => {
  const told = [
    {
      name: "n_total",
      help: "n",
      type: "counter",
      values: [{ value: 2, labels: {} }],
    },
    {
      ...{ name: "d_seconds", help: "d", type: "histogram" },
      values: [{
        value: 1,
        labels: { le: 0.1 },
        metricName: "d_seconds_bucket",
      }],
    },
  ];
  const exemplar = { traceId: "ab", value: 0.05, atSeconds: 12.3456 };
  const families = familiesOf(
    told,
    (_, { suffix }) => suffix === "_bucket" ? exemplar : null,
  );
  const text = printFamilies(
    families,
    formatFor("application/openmetrics-text; version=1.0.0"),
  );
  assert.ok(text.startsWith("# HELP n n\n# TYPE n counter\nn_total 2\n"));
  assert.ok(
    text.includes(
      'd_seconds_bucket{le="0.1"} 1 # {trace_id="ab"} 0.05 12.346\n',
    ),
  );
  assert.ok(text.endsWith("# EOF\n"));
  assert.doesNotMatch(printFamilies(families, formatFor(undefined)), / # |EOF/);
});

Deno.test("so many series of a metric are told, whole, and how many are not", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 1, max: 20 }),
  );
  fc.assert(fc.property(sizes, ([series, most]) => {
    const values = Array.from(
      { length: series },
      (_, tenant) =>
        [1, 2].map((le) => ({
          value: 1,
          labels: { tenant: `t${tenant}`, le },
        })),
    ).flat();
    const told = [{ name: "m", help: "m", type: "histogram", values }];
    const [family, leftOut] = familiesOf(told, undefined, most);
    assert.equal(
      family?.samples.length,
      2 * Math.min(series, most),
    );
    const left = leftOut?.samples[0]?.value ?? 0;
    assert.equal((family?.samples.length ?? 0) / 2 + left, series);
  }));
});
