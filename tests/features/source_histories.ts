/**
 * Histories of sources as they are: seasons of the week, growth, promotions, new budgets,
 * totals that are told in part at first, and days without anything.
 *
 * @module
 */
import { addDays, type Day } from "../../core/domain/day.ts";
import type { Random } from "../../core/domain/random.ts";
import type {
  DayProfile,
  MetricLevel,
  StreamProfile,
  WatchedMetric,
} from "../../core/ports/trust.ts";

/** First day of every history. */
export const FIRST_DAY = "2026-09-01";

/** What a signal of a day carries. */
export type Row = Readonly<Partial<Record<WatchedMetric, number>>>;

/** Rows of each day, from {@link FIRST_DAY}; null where nothing was told. */
export type History = readonly (readonly Row[] | null)[];

/** A kind of source. */
export interface Kind {
  readonly grain: StreamProfile["grain"];
  /** Metrics that a source may mistake. */
  readonly money: readonly WatchedMetric[];
  draw(random: Random, days: number): History;
}

/** Advertising by campaign and day: budgets that move clicks along. */
const campaigns: Kind = {
  grain: "performance",
  money: ["spend_micros", "conversion_value_micros"],
  draw(random, days) {
    const growth = 0.02 * (random.next() - 0.3);
    const weekend = 0.4 + 0.6 * random.next();
    const budgets = Array.from(
      { length: 3 + Math.floor(30 * random.next()) },
      () => 20e6 * Math.exp(random.normal()),
    );
    const raise = between(random, 15, days);
    const raisedBy = random.next() < 0.5 ? 2 + 10 * random.next() : 1;
    const sale = between(random, 5, days);
    return Array.from({ length: days }, (_, day) => {
      const level = Math.exp(growth * day) *
        (isWeekend(day) ? weekend : 1) *
        (day >= raise ? raisedBy : 1) *
        (day >= sale && day < sale + 4 ? 2 + 2 * random.next() : 1);
      return budgets.filter(() => random.next() < 0.95).map((budget) => {
        const spend = budget * level * Math.exp(0.2 * random.normal());
        const clicks = Math.round(spend / 600_000 * noise(random));
        const known = Math.min(1, (days - day) / 4);
        const orders = Math.round(clicks * 0.05 * known * noise(random));
        return {
          spend_micros: Math.round(spend),
          impressions: Math.round(spend / 9000 * noise(random)),
          clicks,
          conversions_millionths: orders * 1e6,
          conversion_value_micros: orders * Math.round(60e6 * noise(random)),
        };
      });
    });
  },
};

/** Orders of a shop: many more on days of a sale, each for a little more. */
const orders: Kind = {
  grain: "event",
  money: ["value_micros"],
  draw(random, days) {
    const each = 5 + 60 * random.next();
    const growth = 0.01 * random.next();
    const sale = between(random, 5, days);
    const spread = 0.3 + 0.7 * random.next();
    return Array.from({ length: days }, (_, day) => {
      const isSale = day >= sale && day < sale + 4;
      const expected = each * Math.exp(growth * day) *
        (isWeekend(day) ? 1.5 : 1) * (isSale ? 8 : 1);
      const price = 45e6 * (isSale ? 0.6 + random.next() : 1);
      return Array.from(
        { length: Math.max(1, Math.round(expected * noise(random))) },
        () => ({
          value_micros: Math.round(price * Math.exp(spread * random.normal())),
        }),
      );
    });
  },
};

/** Mailings on some days of the week, of very different sizes. */
const mailings: Kind = {
  grain: "performance",
  money: [],
  draw(random, days) {
    const perWeek = 2 + Math.floor(4 * random.next());
    return Array.from({ length: days }, (_, day) => {
      if (day % 7 >= perWeek) return null;
      return Array.from({ length: 1 + Math.floor(2 * random.next()) }, () => {
        const sends = Math.round(8000 * Math.exp(1.2 * random.normal()));
        return {
          sends,
          delivered: Math.round(sends * 0.98),
          opens: Math.round(sends * 0.3 * noise(random)),
          email_clicks: Math.round(sends * 0.03 * noise(random)),
        };
      });
    });
  },
};

/** A till that tells of working days alone. */
const till: Kind = {
  grain: "event",
  money: ["value_micros"],
  draw: (random, days) =>
    orders.draw(random, days).map((rows, day) => isWeekend(day) ? null : rows),
};

/** Deals that are won now and then. */
const deals: Kind = {
  grain: "event",
  money: ["value_micros"],
  draw(random, days) {
    const chance = 0.25 + 0.5 * random.next();
    return Array.from(
      { length: days },
      () =>
        random.next() < chance
          ? [{ value_micros: Math.round(9e9 * Math.exp(random.normal())) }]
          : null,
    );
  },
};

/** All kinds, by name. */
export const KINDS: Readonly<Record<string, Kind>> = {
  campaigns,
  orders,
  mailings,
  till,
  deals,
};

function between(random: Random, from: number, until: number): number {
  return from + Math.floor((until - from) * random.next());
}

function noise(random: Random): number {
  return Math.exp(0.15 * random.normal());
}

/** The first day is a Tuesday. */
function isWeekend(day: number): boolean {
  return day % 7 === 4 || day % 7 === 5;
}

/** The day so many days after the first. */
export function dayAt(place: number): Day {
  return addDays(FIRST_DAY, place);
}

/** What a store says of a history up to a day, each day heard on the next. */
export function profileOf(
  { grain }: Kind,
  history: History,
  today: number,
): StreamProfile {
  const told = history.slice(0, today).flatMap((rows, place) =>
    rows === null || rows.length === 0 ? [] : [{ place, rows }]
  ).filter(({ place }) => place >= today - 60);
  return {
    source: "s",
    connector: "test",
    grain,
    name: "stream",
    days: told.map(({ place, rows }) => profileDay(dayAt(place), rows)),
    heard: told.map(({ place }) => dayAt(place)),
  };
}

function profileDay(day: Day, rows: readonly Row[]): DayProfile {
  const metrics = new Set(
    rows.flatMap((row) => Object.keys(row) as WatchedMetric[]),
  );
  return {
    day,
    signals: rows.length,
    levels: [...metrics].flatMap((metric) => levelOf(metric, rows) ?? []),
  };
}

/** Sizes as Postgres' `percentile_disc` gives them. */
export function levelOf(
  metric: WatchedMetric,
  rows: readonly Row[],
): MetricLevel | null {
  const values = rows.flatMap((row) => row[metric] || []);
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number) =>
    sizes[Math.max(Math.ceil(share * sizes.length) - 1, 0)] ?? NaN;
  return sizes.length === 0 ? null : {
    metric,
    signals: sizes.length,
    sum: values.reduce((sum, value) => sum + BigInt(value), 0n),
    low: at(0.1),
    median: at(0.5),
    high: at(0.9),
  };
}

/** A history that tells some metrics so many times as large from a day on. */
export function mistaking(
  history: History,
  { metrics, factor, from }: {
    readonly metrics: readonly WatchedMetric[];
    readonly factor: number;
    readonly from: number;
  },
): History {
  return history.map((rows, place) =>
    rows === null || place < from ? rows : rows.map((row) => ({
      ...row,
      ...Object.fromEntries(
        metrics.map((metric) => [
          metric,
          Math.round((row[metric] ?? 0) * factor),
        ]),
      ),
    }))
  );
}
