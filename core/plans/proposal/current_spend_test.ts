/**
 * Today's spend from daily, weekly, lagging and absent reports.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Day } from "../../domain/day.ts";
import type { MetricSeries, SeriesQuery } from "../../ports/training_sets.ts";
import { readCurrentSpend } from "./current_spend.ts";

const TODAY = "2026-03-02";

interface Report {
  readonly level: string;
  readonly first: Day;
  readonly step: number;
  readonly totals: readonly number[];
}

function historyOf(reports: readonly Report[]) {
  return {
    series: ({ level, from, until }: SeriesQuery) => {
      const series = reports.filter((report) => report.level === level)
        .map(({ first, step, totals }): MetricSeries => {
          const rows = totals.map((total, at) => ({
            day: addDays(first, at * step),
            total,
          })).filter(({ day }) =>
            (from === null || day >= from) && (until === null || day < until)
          );
          return {
            id: "tv",
            parent: null,
            days: rows.map(({ day }) => day),
            totals: Float64Array.from(rows, ({ total }) => total),
          };
        });
      return Promise.resolve(series);
    },
  };
}

Deno.test.each([
  {
    note: "days: the last 28 of them",
    reports: [{
      level: "channel",
      first: "2026-01-03",
      step: 1,
      totals: Array.from({ length: 58 }, (_, at) => at < 30 ? 999 : 28),
    }],
    want: { microsPerDay: 28n, until: "2026-03-02" },
  },
  {
    note: "weeks: the last four of them",
    reports: [{
      level: "channel",
      first: "2026-01-05",
      step: 7,
      totals: [7000, 7000, 7000, 70, 70, 70, 77],
    }],
    want: { microsPerDay: 10n, until: "2026-02-23" },
  },
  {
    note: "reports that ended long ago",
    reports: [{
      level: "channel",
      first: "2019-01-01",
      step: 1,
      totals: Array.from({ length: 40 }, () => 5),
    }],
    want: { microsPerDay: 5n, until: "2019-02-10" },
  },
  {
    note: "a history shorter than the window",
    reports: [{
      level: "channel",
      first: "2026-02-20",
      step: 1,
      totals: [10, 20],
    }],
    want: { microsPerDay: 15n, until: "2026-02-22" },
  },
  {
    note: "campaigns, where channels are not reported",
    reports: [{
      level: "campaign",
      first: "2026-02-20",
      step: 1,
      totals: [10, 20],
    }],
    want: { microsPerDay: 15n, until: "2026-02-22" },
  },
  { note: "nothing", reports: [], want: { microsPerDay: 0n, until: null } },
])("readCurrentSpend() reads $note", async ({ reports, want }) => {
  const spend = await readCurrentSpend(historyOf(reports), {
    tenant: "acme",
    entities: ["channel:tv"],
    today: TODAY,
  });
  assert.deepEqual(spend.get("channel:tv"), want);
});
