/**
 * Charts of anything are well-formed, lie inside their view box, and say the same
 * twice; a few are looked at more closely.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { barChart } from "./bar_chart.ts";
import { lineChart } from "./line_chart.ts";
import { stackedChart } from "./stacked_chart.ts";
import { parseXml, type XmlElement } from "./fixtures/parse_xml.ts";

const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: -1e6, max: 1e6 }),
  fc.constantFrom(0, 1, NaN, Infinity, 5e-324, -1.7e308),
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("", "<b>&\"'", "]]>", "漢字".repeat(40), "\ud800"),
);
const few = { maxLength: 6 };
const points = fc.array(fc.tuple(numbers, numbers), { maxLength: 15 });
const marks = fc.array(
  fc.record({ x: numbers, y: numbers, label: texts }),
  few,
);

const lines = fc.record({
  title: texts,
  x: fc.record({ label: texts }),
  y: fc.record({ label: texts }),
  series: fc.array(
    fc.record({
      name: texts,
      points,
      band: fc.array(fc.tuple(numbers, numbers, numbers), { maxLength: 5 }),
      dashed: fc.boolean(),
    }),
    few,
  ),
  marks,
}).map(lineChart);
const bars = fc.record({
  title: texts,
  label: texts,
  bars: fc.array(
    fc.record({
      name: texts,
      value: numbers,
      interval: fc.tuple(numbers, numbers),
    }),
    few,
  ),
}).map(barChart);
const stacks = fc.record({
  title: texts,
  x: fc.record({ label: texts }),
  y: fc.record({ label: texts }),
  xs: fc.array(texts, few),
  layers: fc.array(
    fc.record({ name: texts, values: fc.array(numbers, few) }),
    few,
  ),
}).map(stackedChart);

function all(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}

/** Corners that an element draws, in pixels. */
function corners({ name, attributes }: XmlElement): [number, number][] {
  const of = (key: string) => Number(attributes[key] ?? 0);
  if (name === "text") return [[of("x"), of("y")]];
  if (name === "circle") return [[of("cx"), of("cy")]];
  if (name === "rect") {
    return [[of("x"), of("y")], [
      of("x") + of("width"),
      of("y") + of("height"),
    ]];
  }
  return name === "path" ? pathCorners(attributes.d ?? "") : [];
}

function pathCorners(d: string): [number, number][] {
  const found: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, letter, rest = ""] of d.matchAll(/([MLHVhvZ])([^MLHVhvZ]*)/g)) {
    const [first = NaN, second = NaN] = rest.trim().split(" ").map(Number);
    if (letter === "M" || letter === "L") [x, y] = [first, second];
    if (letter === "H") x = first;
    if (letter === "V") y = first;
    if (letter === "h") x += first;
    if (letter === "v") y += first;
    found.push([x, y]);
  }
  return found;
}

Deno.test.each([
  { note: "lineChart()", charts: lines },
  { note: "barChart()", charts: bars },
  { note: "stackedChart()", charts: stacks },
])("$note of anything is well-formed and inside its view box", ({ charts }) => {
  fc.assert(fc.property(charts, (svg) => {
    const root = parseXml(svg);
    const [, , width = 0, height = 0] = (root.attributes.viewBox ?? "")
      .split(" ").map(Number);
    assert.ok(width > 0 && height > 0);
    assert.deepEqual(
      root.children.slice(0, 2).map(({ name }) => name),
      ["title", "desc"],
    );
    for (const element of all(root)) {
      for (const [x, y] of corners(element)) {
        assert.ok(x >= 0 && x <= width, `${element.name} at x ${x}`);
        assert.ok(y >= 0 && y <= height, `${element.name} at y ${y}`);
      }
      for (const value of Object.values(element.attributes)) {
        assert.doesNotMatch(value, /NaN|Infinity|undefined|null/);
      }
    }
  }));
});

const CHART = { x: { label: "Spend" }, y: { label: "Revenue" } };

function withNames(svg: string, names: string): XmlElement[] {
  return all(parseXml(svg)).filter(({ name }) => name === names);
}

Deno.test("lineChart() puts a greater value higher, and breaks at a gap", () => {
  const svg = lineChart({
    ...CHART,
    title: "T",
    series: [{ name: "a", points: [[0, 0], [1, 5], [2, NaN], [3, 1], [4, 2]] }],
  });
  const line = withNames(svg, "path")
    .find(({ attributes }) => attributes["stroke-width"] === "2");
  const d = line?.attributes.d ?? "";
  assert.equal(d.split("M").length - 1, 2);
  const [first, second] = pathCorners(d);
  assert.ok((first?.[1] ?? 0) > (second?.[1] ?? 0));
});

Deno.test("barChart() draws bars as long as their values", () => {
  const svg = barChart({
    title: "T",
    label: "Return",
    bars: [
      { name: "a", value: 1 },
      { name: "b", value: 3, interval: [2, 4] },
      { name: "c", value: -2 },
    ],
  });
  const [a = 0, b = 0, c = 0] = withNames(svg, "rect")
    .filter(({ attributes }) => attributes.class !== "paper")
    .map(({ attributes }) => Number(attributes.width));
  assert.ok(Math.abs(b - 3 * a) < 0.05);
  assert.ok(Math.abs(c - 2 * a) < 0.05);
  assert.match(svg, />3 \(2 to 4\)</);
});

Deno.test("stackedChart() stacks what adds on each other, what takes away below", () => {
  const svg = stackedChart({
    ...CHART,
    title: "T",
    xs: ["a"],
    layers: [
      { name: "base", values: [2] },
      { name: "more", values: [1] },
      { name: "less", values: [-1] },
    ],
  });
  const [base = [], more = [], less = []] = withNames(svg, "path")
    .filter(({ attributes }) => attributes.fill?.startsWith("#"))
    .map(({ attributes }) => pathCorners(attributes.d ?? "").map(([, y]) => y));
  assert.equal(Math.max(...more), Math.min(...base));
  assert.equal(Math.min(...less), Math.max(...base));
});

Deno.test("a label that is too long is cut, and told in full to who points at it", () => {
  const name = "A very long name of a channel, ".repeat(4);
  const svg = barChart({ title: "", label: "", bars: [{ name, value: 1 }] });
  assert.match(svg, /A very long name[^<]*…<title>(A very long name[^<]*){4}</);
});

Deno.test.each([
  { note: "an open element", text: "<a><b></a>" },
  { note: "a bare ampersand", text: "<a>&</a>" },
  { note: "two roots", text: "<a/><b/>" },
  { note: "a repeated attribute", text: '<a b="1" b="2"/>' },
])("parseXml() refuses $note", ({ text }) => {
  assert.throws(() => parseXml(text), assert.AssertionError);
});
