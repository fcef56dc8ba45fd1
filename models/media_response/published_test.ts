/**
 * Contributions on published data sets whose truth is known, where present.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EntityKey, FittedSeries, SeriesDataset } from "@moe/plugin";
import { respond, seededRandom } from "@moe/plugin/test";
import { carryOver } from "../math/adstock.ts";
import family from "./model.ts";

const DATA = new URL("../../../shared/data/mmm/", import.meta.url);
const present = isPresent();

Deno.test.each([
  {
    file: "mmm_example",
    date: "date_week",
    channels: ["x1", "x2"],
    controls: ["event_1", "event_2"],
    want: 0.08,
  },
  {
    file: "small_business",
    date: "date",
    channels: ["x1_Search-Ads", "x2_Social-Media", "x3_Local-Ads", "x4_Email"],
    controls: ["c1", "c2"],
    want: 0.03,
  },
])(
  "media_response recovers the contributions of $file" +
    (present ? "" : " (skipped: ../shared/data/mmm is absent)"),
  ({ file, date, channels, controls, want }) => {
    if (!present) return;
    const rows = readCsv(`${file}.csv`);
    const truth = readCsv(`${file}.true_contributions.csv`);
    const column = (name: string) =>
      Float64Array.from(rows, (row) => Number(row[name]));
    const dataset: SeriesDataset = {
      days: rows.map((row) => row[date] ?? ""),
      periodDays: 7,
      outcome: column("y"),
      spend: channels.map((name) =>
        spendOf(name, column(name).map((value) => 1e9 * value))
      ),
      controls: Object.fromEntries(
        controls.map((name) => [name, column(name)]),
      ),
    };
    const total = sum(dataset.outcome);
    fit(dataset).curves.forEach(({ curve, decay }, at) => {
      const name = channels[at] ?? "";
      const series = dataset.spend[at]?.series ?? new Float64Array();
      const got = sum(carryOver(series, decay).map((x) => respond(curve, x)));
      const key = Object.keys(truth[0] ?? {}).find((word) =>
        word.includes(name)
      );
      const real = sum(
        Float64Array.from(truth, (row) => Number(row[key ?? ""])),
      );
      const line = `${file} ${name}: ${
        (100 * got / total).toFixed(2)
      } % of the outcome, in truth ${(100 * real / total).toFixed(2)} %`;
      print(line);
      assert.ok(Math.abs(got - real) / total < want, line);
    });
  },
);

function fit(
  dataset: SeriesDataset,
): FittedSeries {
  assert.ok(family.grain === "series");
  return family.fit({
    dataset,
    validation: null,
    params: family.params.parse({}),
    random: seededRandom(1),
    report: () => {},
  }) as FittedSeries;
}

/** Median relative error of each curve over spends from the 5th to the 95th percentile. */

function spendOf(id: string, series: Float64Array) {
  return { entity: `channel:${id}` as EntityKey, parent: null, series };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function readCsv(file: string): Record<string, string>[] {
  const [head = "", ...lines] = Deno.readTextFileSync(new URL(file, DATA))
    .trim().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
  });
}

function isPresent(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${line}\n`));
}
