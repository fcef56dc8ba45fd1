/**
 * Silence and changed units in simulated histories: about no false alarm, whatever
 * season, growth, sale or budget does, and no mistake of a unit missed for long.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../core/domain/random.ts";
import {
  printFinding,
  type SourceFinding,
  watchedDays,
  watchSources,
} from "../../core/features/source_watch.ts";
import type { StreamProfile, WatchedMetric } from "../../core/ports/trust.ts";
import {
  dayAt,
  type History,
  type Kind,
  KINDS,
  mistaking,
  profileOf,
} from "./source_histories.ts";

const HISTORIES = 20;
const DAYS = 90;
/** From here on there is enough to judge by. */
const JUDGED = 30;

function histories(kind: Kind): readonly History[] {
  return Array.from(
    { length: HISTORIES },
    (_, seed) => kind.draw(seededRandom(1000 + seed), DAYS),
  );
}

function watch(kind: Kind, history: History, today: number) {
  return watchSources([profileOf(kind, history, today)], dayAt(today));
}

/** Days until a first finding; null if there is none within so many. */
function daysUntil(
  kind: Kind,
  history: History,
  { from, within, is }: {
    readonly from: number;
    readonly within: number;
    readonly is: (finding: SourceFinding) => boolean;
  },
): number | null {
  for (let day = from + 1; day <= from + within; day++) {
    if (watch(kind, history, day).some(is)) return day - from;
  }
  return null;
}

Deno.test.each(Object.entries(KINDS).map(([name, kind]) => ({ name, kind })))(
  "$name as usual are told of in about no history",
  ({ name, kind }) => {
    const alarms = histories(kind).filter((history) => {
      for (let day = JUDGED; day <= DAYS; day += 5) {
        if (watch(kind, history, day).length > 0) return true;
      }
      return false;
    });
    assert.ok(
      alarms.length <= (name === "deals" ? 2 : 0),
      `${alarms.length} of ${HISTORIES}`,
    );
  },
);

Deno.test.each<{ name: string; factor: number; within: number; least: number }>(
  [
    { name: "campaigns", factor: 1e6, within: 4, least: 1 },
    { name: "campaigns", factor: 1e-6, within: 5, least: 1 },
    { name: "campaigns", factor: 1e4, within: 4, least: 0.9 },
    { name: "campaigns", factor: 100, within: 10, least: 0.85 },
    { name: "campaigns", factor: 1 / 100, within: 10, least: 0.8 },
    { name: "orders", factor: 1e6, within: 4, least: 1 },
    { name: "orders", factor: 1 / 100, within: 10, least: 0.95 },
    { name: "orders", factor: 10, within: 10, least: 0.95 },
    { name: "till", factor: 100, within: 10, least: 0.9 },
  ],
)(
  "$name that tell money $factor times as large are told of within $within days",
  ({ name, factor, within, least }) => {
    const kind = KINDS[name] ?? assert.fail();
    for (const metric of kind.money) {
      const found = histories(kind).filter((history, place) => {
        const from = 45 + place % 20;
        const wrong = mistaking(history, { metrics: [metric], factor, from });
        const is = (one: SourceFinding) => one.metric === metric;
        return daysUntil(kind, wrong, { from, within, is }) !== null;
      });
      assert.ok(
        found.length >= least * HISTORIES,
        `${metric}: ${found.length} of ${HISTORIES}`,
      );
    }
  },
);

Deno.test("all amounts in cents at once are told of, each by name and since when", () => {
  const kind = KINDS.campaigns ?? assert.fail();
  const [history = []] = histories(kind);
  const metrics: WatchedMetric[] = ["spend_micros", "conversion_value_micros"];
  const wrong = mistaking(history, { metrics, factor: 1e-4, from: 50 });
  const findings = watch(kind, wrong, 55);
  assert.deepEqual(
    findings.map(({ metric, what, since }) => [metric, what, since]),
    metrics.map((metric) => [metric, "unit", dayAt(50)]),
  );
  assert.equal(
    printFinding(findings[0] ?? assert.fail()),
    'tells spend_micros of "stream" 1/10000 as large since 2026-10-21, for all of its rows alike; check its unit and currency, and fetch those days again once it is mended',
  );
});

Deno.test("a unit that was mended, days fetched again, is no longer told of", () => {
  const kind = KINDS.orders ?? assert.fail();
  const [history = []] = histories(kind);
  const metrics: WatchedMetric[] = ["value_micros"];
  const wrong = mistaking(history, { metrics, factor: 100, from: 50 });
  assert.equal(watch(kind, wrong, 55).length, 1);
  assert.deepEqual(watch(kind, history, 56), []);
});

Deno.test.each(Object.entries(KINDS).map(([name, kind]) => ({ name, kind })))(
  "$name that end are told of, and as silent",
  ({ name, kind }) => {
    const within = { mailings: 16, deals: 40, till: 8 }[name] ?? 3;
    const missed = histories(kind).filter((history) =>
      daysUntil(kind, history.slice(0, 60), {
        from: 60,
        within,
        is: ({ what }) => what === "silent",
      }) === null
    );
    assert.ok(missed.length <= (name === "deals" ? 8 : 0), `${missed.length}`);
  },
);

/** What is told of a metric whose rows on each day are given. */
function toldOf(rows: (day: number) => readonly number[]) {
  const kind = KINDS.orders ?? assert.fail();
  const history = Array.from(
    { length: 60 },
    (_, day) =>
      rows(day).map((micros) => ({ ["value_micros"]: Math.round(micros) })),
  );
  return watch(kind, history, 60).map(({ factor }) => factor);
}

/** Ten sizes about a level, by which days differ a little. */
function sizes(level: number, day: number): number[] {
  return Array.from(
    { length: 10 },
    (_, row) => level * (1 + row / 5) * (1 + day % 3 / 20),
  );
}

Deno.test("only what is sudden, of all rows, and of as many is another unit", () => {
  const from = 50;
  const after = <T>(day: number, then: T, before: T) =>
    day >= from ? then : before;
  const [factor] = toldOf((day) => sizes(after(day, 1e7, 1e6), day));
  assert.ok(Math.abs((factor ?? NaN) - 10) < 0.5, `${factor}`);
  const ramp = (day: number) => Math.min(Math.max(day - 20, 0), 24) / 24;
  const growing = (day: number) => sizes(1e6 * 10 ** ramp(day), day);
  assert.deepEqual(toldOf(growing), []);
  const fewer = (day: number) =>
    sizes(after(day, 1e7, 1e6), day).slice(after(day, 8, 0));
  assert.deepEqual(toldOf(fewer), []);
  const more = (day: number) =>
    Array(after(day, 4, 1)).fill(sizes(after(day, 1e7, 1e6), day)).flat();
  assert.deepEqual(toldOf(more), []);
  const mixed = (day: number) =>
    sizes(1e6, day).map((size, row) =>
      row < 3 ? size : after(day, 10, 1) * size
    );
  assert.deepEqual(toldOf(mixed), []);
});

function streamOf(
  name: string,
  active: (day: number) => boolean,
  heard = active,
): StreamProfile {
  const days = Array.from({ length: 60 }, (_, day) => day);
  return {
    source: "shop",
    connector: "test",
    grain: "event",
    name,
    days: days.filter(active).map((day) => ({
      day: dayAt(day),
      signals: 1,
      levels: [],
    })),
    heard: days.filter(heard).map(dayAt),
  };
}

/** What is told of streams on the day after the sixty. */
function told(...streams: readonly StreamProfile[]) {
  return watchSources(streams, dayAt(60))
    .map(({ name, since }) => [name, since]);
}

Deno.test("a source that is silent as a whole is told of once, a type of it by name", () => {
  const ended = (name: string) => streamOf(name, (day) => day < 50);
  const going = streamOf("Page Viewed", () => true);
  assert.deepEqual(told(ended("Order Completed"), ended("Page Viewed")), [
    [null, dayAt(50)],
  ]);
  assert.deepEqual(told(ended("Order Completed"), going), [
    ["Order Completed", dayAt(50)],
  ]);
  assert.deepEqual(told(going), []);
  assert.equal(
    printFinding(
      watchSources([ended("Order Completed"), going], dayAt(60))[0] ??
        assert.fail(),
    ),
    'has told nothing "Order Completed" since 2026-10-21, for longer than it ever pauses; check its credentials, its schedule and whether the vendor still sends',
  );
});

Deno.test("three whole days of a source of every day are too long, two are not", () => {
  assert.deepEqual(told(streamOf("a", (day) => day < 58)), []);
  assert.deepEqual(told(streamOf("a", (day) => day < 57)), [[null, dayAt(57)]]);
});

Deno.test("a source of each week's files is silent by its files, not by their days", () => {
  const weekly = (until: number) =>
    streamOf(
      "a",
      (day) => day < until - 1,
      (day) => day < until && day % 4 === 0,
    );
  assert.deepEqual(told(weekly(54)), []);
  assert.deepEqual(told(weekly(46)), [[null, dayAt(45)]]);
});

Deno.test("history that came at once is silent by its days", () => {
  const at = streamOf("a", (day) => day < 30, (day) => day === 59);
  assert.deepEqual(told(at), [[null, dayAt(30)]]);
});

Deno.test("a source that is hardly known is not judged", () => {
  assert.deepEqual(told(streamOf("a", (day) => day < 13)), []);
  assert.deepEqual(watchSources([], dayAt(60)), []);
  assert.deepEqual(watchedDays("2026-11-01"), {
    from: "2026-09-02",
    until: "2026-11-01",
  });
});
