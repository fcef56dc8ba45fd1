/**
 * Statistics of sent mail by day: of all mail, and of each category.
 *
 * Opens and clicks are counted on the day on which the mail was sent, every time
 * anew, machines included. A message with several categories counts in each, so
 * categories do not add up to all mail. The statistics of categories go back 13
 * months, and ten categories can be asked for at once.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference/stats/retrieve-global-email-statistics, read on 2026-11-26
 * @see https://www.twilio.com/docs/sendgrid/api-reference/categories/retrieve-email-statistics-for-categories, read on 2026-11-26
 * @module
 */
import {
  addDays,
  type Metric,
  type Metrics,
  type Records,
  type ReportRow,
  type SliceScope,
  type SourceReport,
} from "@moe/plugin";
import * as z from "zod";
import { ask, type Config } from "./api.ts";

const CHANNEL = "email";
const CATEGORIES_PER_CALL = 10;
const CATEGORIES_PER_PAGE = 500;
const SUMS_PER_PAGE = 100;

/** The vendor's metrics, and what each is here. */
const METRICS: readonly (readonly [string, Metric])[] = [
  ["processed", "sends"],
  ["delivered", "delivered"],
  ["opens", "opens"],
  ["clicks", "email_clicks"],
  ["bounces", "bounces"],
  ["unsubscribes", "unsubscribes"],
];

const Stat = z.object({
  name: z.string().min(1).optional(),
  metrics: z.record(z.string(), z.unknown()),
});
const Day = z.object({ date: z.string(), stats: z.array(Stat) });
const Days = z.array(Day);
const Count = z.union([z.string(), z.int()]).transform(BigInt);
const Categories = z.array(z.object({ category: z.string() }));

/** One day of one category, or of all mail. */
const DayStat = z.object({ date: z.iso.date(), ...Stat.shape });

export const emailDaily: SourceReport<Config> = {
  name: "email_daily",
  level: "channel",
  dimensions: [],
  sliceDays: 90,
  historyDays: null,
  recordCap: null,
  async *read(scope) {
    const body = await ask(scope, "/v3/stats", daysOf(scope));
    yield { records: flatten(body) };
  },
  toRows,
};

export const categoryDaily: SourceReport<Config> = {
  name: "category_daily",
  level: "campaign",
  dimensions: [],
  sliceDays: 31,
  historyDays: 395,
  recordCap: null,
  callsPerSlice: 5,
  read: readCategories,
  toRows,
  totals: sumCategories,
};

/** Says what one day's statistics mean; days on which nothing was counted have no row. */
export function toRows(record: unknown): ReportRow[] {
  const { date, name, metrics: counts } = DayStat.parse(record);
  const metrics = toMetrics(counts);
  if (Object.values(metrics).every((count) => count === 0n)) return [];
  const campaign = name === undefined ? {} : { campaign: name };
  return [{ day: date, entities: { channel: CHANNEL, ...campaign }, metrics }];
}

function toMetrics(counts: Readonly<Record<string, unknown>>): Metrics {
  return Object.fromEntries(
    METRICS.map(([name, metric]) => [metric, Count.parse(counts[name])]),
  );
}

async function* readCategories(
  scope: SliceScope<Config>,
): AsyncIterable<Records> {
  const names = await listCategories(scope);
  for (let at = 0; at < names.length; at += CATEGORIES_PER_CALL) {
    const categories = names.slice(at, at + CATEGORIES_PER_CALL);
    const query = [
      ...daysOf(scope),
      ...categories.map((name): [string, string] => ["categories", name]),
    ];
    yield { records: flatten(await ask(scope, "/v3/categories/stats", query)) };
    scope.report("category_daily", (at + categories.length) / names.length);
  }
}

/** Pages begin after as many as are known, and end when one brings nothing new. */
async function listCategories(scope: SliceScope<Config>): Promise<string[]> {
  const known = new Set<string>();
  while (true) {
    const before = known.size;
    const page = Categories.parse(
      await ask(scope, "/v3/categories", [
        ["limit", String(CATEGORIES_PER_PAGE)],
        ["offset", String(before)],
      ]),
    );
    for (const { category } of page) known.add(category);
    if (known.size === before) return [...known];
  }
}

/** The vendor's own sums of each category over the days, added up. */
async function sumCategories(scope: SliceScope<Config>): Promise<Metrics> {
  const sums = new Map<string, Metrics>();
  while (true) {
    const before = sums.size;
    const { stats } = Day.parse(
      await ask(scope, "/v3/categories/stats/sums", [
        ...daysOf(scope),
        ["limit", String(SUMS_PER_PAGE)],
        ["offset", String(before)],
      ]),
    );
    for (const { name = "", metrics } of stats) {
      sums.set(name, toMetrics(metrics));
    }
    if (sums.size === before) break;
  }
  return Object.fromEntries(
    METRICS.map(([, metric]) => [
      metric,
      [...sums.values()].reduce((sum, one) => sum + (one[metric] ?? 0n), 0n),
    ]),
  );
}

function daysOf({ range }: SliceScope<Config>): [string, string][] {
  return [
    ["start_date", range.from],
    ["end_date", addDays(range.until, -1)],
    ["aggregated_by", "day"],
  ];
}

function flatten(body: unknown): unknown[] {
  return Days.parse(body).flatMap(({ date, stats }) =>
    stats.map((stat) => ({ date, ...stat }))
  );
}
