/**
 * Returns on published data whose truth is known, where present. The largest set is
 * fitted when everything must be (`REQUIRE_ALL=1`).
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { drawChain } from "./explore.ts";
import { collectChains, drawLaplace, planChain, prepareMix } from "./fit.ts";
import { arrangePanel } from "./panel.ts";
import { parseMixSpec } from "./spec.ts";
import { type ChannelSummary, summarizeMix } from "./summary.ts";

const DATA = new URL("../../../../shared/data/mmm/", import.meta.url);
const ALL = Deno.env.get("REQUIRE_ALL") === "1";
const present = isPresent();

const MEDIUM = [
  "x1_Search-Ads",
  "x2_Search-Ads-Brand",
  "x3_Video",
  "x4_Video-2",
  "x5_Social-Media",
  "x6_Social-Media-2",
  "x7_Display-Ads",
  "x8_Influencer",
];

Deno.test.each([
  {
    file: "mmm_example",
    spec: {
      date: "date_week",
      channels: ["x1", "x2"],
      events: ["event_1", "event_2"],
      saturation: "logistic",
    },
    within: 2,
    off: 0.1,
  },
  {
    file: "small_business",
    spec: {
      date: "date",
      channels: [
        "x1_Search-Ads",
        "x2_Social-Media",
        "x3_Local-Ads",
        "x4_Email",
      ],
      controls: ["c1", "c2"],
    },
    within: 3,
    off: 0.3,
  },
  {
    file: "medium_business",
    spec: {
      date: "date",
      geo: "geo",
      channels: MEDIUM,
      controls: ["c1", "c2", "c3", "c4"],
      mode: "laplace",
    },
    within: 7,
    off: 0.12,
  },
])(
  `returns of published data are found: $file${
    present ? "" : " (skipped: ../shared/data/mmm is absent)"
  }`,
  ({ file, spec, within, off }) => {
    if (!present || (file === "medium_business" && !ALL)) return;
    const summary = learn(file, { target: "y", ...spec });
    const truth = trueReturns(file, summary.map(({ name }) => name));
    const found = summary.map(({ name, roas }) => {
      const want = truth[name] ?? NaN;
      const [low, high] = roas.interval;
      return {
        name,
        want,
        got: roas.mean,
        inside: low <= want && want <= high,
        off: Math.abs(roas.mean / want - 1),
      };
    });
    const inside = found.filter((one) => one.inside).length;
    print(
      `${file}: ${inside} of ${found.length} within their interval; worst ${
        (100 * Math.max(...found.map((one) => one.off))).toFixed(1)
      } % off`,
    );
    assert.ok(inside >= within, JSON.stringify(found));
    assert.ok(found.every((one) => one.off < off), JSON.stringify(found));
  },
);

function learn(file: string, stated: Record<string, unknown>) {
  const spec = parseMixSpec({ ...stated, warmup: 400, draws: 600 });
  const { names, column } = readCsv(`${file}.csv`);
  const panel = arrangePanel(spec, {
    days: column(spec.date),
    geos: spec.geo === undefined ? null : column(spec.geo),
    columns: Object.fromEntries(
      names.filter((name) => name !== spec.date && name !== spec.geo)
        .map((name) => [name, Float64Array.from(column(name), Number)]),
    ),
  });
  const prepared = prepareMix(spec, panel);
  const random = seededRandom(1);
  const fit = spec.mode === "laplace"
    ? drawLaplace(prepared, random)
    : collectChains(
      prepared,
      [1, 2].map(() => drawChain(planChain(prepared), random)),
    );
  return summarizeMix(fit, random).channels.map((
    { name, roas },
  ): Pick<ChannelSummary, "roas"> & { name: string } => ({ name, roas }));
}

function trueReturns(
  file: string,
  channels: readonly string[],
): Record<string, number> {
  const truth = readCsv(`${file}.true_contributions.csv`);
  const data = readCsv(`${file}.csv`);
  const total = (texts: readonly string[]) =>
    texts.reduce((sum, text) => sum + Number(text), 0);
  return Object.fromEntries(channels.map((name) => {
    const key = truth.names.find((one) =>
      one === `contribution_${name}` || one === `${name}_contribution`
    );
    const brought = total(truth.column(key ?? ""));
    return [name, brought / total(data.column(name))];
  }));
}

function readCsv(file: string) {
  const [head = "", ...lines] = Deno.readTextFileSync(new URL(file, DATA))
    .trim().split("\n");
  const names = head.split(",");
  const cells = lines.map((line) => line.split(","));
  return {
    names,
    column: (name: string) =>
      cells.map((row) => row[names.indexOf(name)] ?? ""),
  };
}

function isPresent(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch (error) {
    if (ALL) throw error;
    return false;
  }
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${line}\n`));
}
