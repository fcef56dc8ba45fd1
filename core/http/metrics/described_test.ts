/**
 * The metrics that exist are those that are documented, drawn and watched.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createMetrics, type MetricDescribed } from "../metrics.ts";
import { OPERATED } from "./operated_test.ts";

const FOLDER = new URL("../../", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", FOLDER));
const TABLE = await Deno.readTextFile(
  new URL("http/metrics/README.md", FOLDER),
);
const DASHBOARD = JSON.parse(
  await Deno.readTextFile(new URL("telemetry/dashboard.json", FOLDER)),
);
const ALERTS = await Deno.readTextFile(
  new URL("telemetry/alerts.yaml", FOLDER),
);

/** Told by whoever scrapes. */
const SCRAPED: readonly MetricDescribed[] = [
  { name: "up", labels: ["job", "instance"], help: "" },
];
/** Made while metrics are read. */
const READ: readonly MetricDescribed[] = [
  { name: "moe_metric_series_left_out", labels: ["metric"], help: "" },
];
const KNOWN = new Map(
  [...createMetrics("1", OPERATED).described(), ...SCRAPED, ...READ]
    .map((one) => [one.name, one]),
);
/** Labels that every series may have beside its own. */
const ADDED = ["le", "job", "instance"];

/** What is wrong with an expression: metrics and labels that do not exist. */
function faultsOf(expression: string): string[] {
  const names = expression.match(/\b(?:moe|process)_[a-z_]+|\bup\b/g) ?? [];
  const found = names.map((name) =>
    KNOWN.get(name) ?? KNOWN.get(name.replace(/_(bucket|sum|count)$/, ""))
  );
  const labels = new Set([
    ...ADDED,
    ...found.flatMap((one) => one?.labels ?? []),
  ]);
  const used = [
    ...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g),
    ...expression.matchAll(/\{([^}]*)\}/g),
  ].flatMap(([, list = ""]) =>
    list.replaceAll(/(?:=~|!~|!=|=)\s*"[^"]*"/g, "").split(",")
  ).map((label) => label.trim()).filter((label) => label !== "");
  return [
    ...names.filter((_, place) => found[place] === undefined),
    ...used.filter((label) => !labels.has(label)),
    ...(names.length === 0 ? ["no metric"] : []),
  ];
}

interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly summary: string;
  readonly runbook: string;
}

function alerts(): readonly Alert[] {
  return ALERTS.split(/^ {6}- alert: /m).slice(1).map((text) => {
    const field = (name: string) =>
      new RegExp(`^ +${name}: (.+)$`, "m").exec(text)?.[1] ?? "";
    return {
      name: text.slice(0, text.indexOf("\n")),
      expr: field("expr").replace(/^'(.*)'$/, "$1"),
      summary: field("summary"),
      runbook: field("runbook_url"),
    };
  });
}

Deno.test("an expression with what does not exist has faults", () => {
  assert.deepEqual(faultsOf("moe_nothing"), ["moe_nothing"]);
  assert.deepEqual(faultsOf("sum by (colour) (moe_decisions_total)"), [
    "colour",
  ]);
  assert.deepEqual(faultsOf('moe_decisions_total{rang="x"}'), ["rang"]);
  assert.deepEqual(faultsOf("1 > 0"), ["no metric"]);
  assert.deepEqual(faultsOf('moe_decisions_total{rung="x"}'), []);
});

Deno.test("every panel of the dashboard draws metrics that exist", () => {
  const panels = DASHBOARD.panels.filter(({ type }: { type: string }) =>
    type !== "row"
  );
  assert.ok(panels.length > 20);
  for (const { title, targets } of panels) {
    for (const { expr } of targets) assert.deepEqual(faultsOf(expr), [], title);
  }
  const legends = JSON.stringify(panels).match(/\{\{(\w+)\}\}/g) ?? [];
  const labels = new Set([...KNOWN.values()].flatMap((one) => one.labels));
  for (const legend of legends) {
    assert.ok(labels.has(legend.slice(2, -2)), legend);
  }
});

Deno.test("every alert watches metrics that exist, and says what to do", () => {
  const headings = [...README.matchAll(/^#### (\S+)$/gm)].map(([, name]) =>
    name
  );
  const all = alerts();
  assert.ok(all.length > 20);
  for (const { name, expr, summary, runbook } of all) {
    assert.deepEqual(faultsOf(expr), [], name);
    assert.ok(summary.length > 10, name);
    assert.equal(runbook, `core/README.md#${name.toLowerCase()}`);
  }
  assert.deepEqual(headings, all.map(({ name }) => name));
});

Deno.test("links within the runbook lead somewhere", () => {
  const anchors = new Set(
    [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-")
    ),
  );
  const links = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, to = ""]) =>
    to
  );
  assert.ok(links.length > 10);
  for (const link of links) assert.ok(anchors.has(link), link);
});

Deno.test("the table of metrics is that of the metrics that exist", () => {
  const told = [...TABLE.matchAll(/^\| `(\w+)` +\| (.*?) +\| (.*?) +\|$/gm)]
    .map(([, name, labels, help]) => ({ name, labels, help }));
  const left = "Series of a metric that are not told, as there are too many";
  const want = [...KNOWN.values()].filter(({ name }) => name !== "up")
    .map(({ name, labels, help }) => ({
      name,
      labels: labels.map((label) => `\`${label}\``).join(" "),
      help: name === READ[0]?.name ? left : help,
    })).sort((one, other) => one.name < other.name ? -1 : 1);
  assert.deepEqual(told, want);
});

Deno.test("metrics are named by base units, and counters say that they are", () => {
  for (const { name } of createMetrics("1", OPERATED).described()) {
    assert.doesNotMatch(name, /_(ms|us|ns|kb|mb|percent|minutes|hours)(_|$)/);
  }
});
