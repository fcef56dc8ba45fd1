/**
 * Specifications: little suffices, and what is wrong is named with what was meant.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "@moe/plugin";
import { prepareMix } from "./fit.ts";
import { HOLIDAYS } from "./holidays.ts";
import { inferMixSpec } from "./infer_spec.ts";
import { arrangePanel, type MixRows } from "./panel.ts";
import { parseMixSpec } from "./spec.ts";
import { listColumns } from "./spec_columns.ts";

const LEAST = { date: "day", target: "y", channels: ["tv"] };

function rows(changes: Partial<MixRows> = {}): MixRows {
  const days = Array.from(
    { length: 60 },
    (_, t) => addDays("2024-01-01", 7 * t),
  );
  const wave = (speed: number) =>
    Float64Array.from(days, (_, t) => 10 + 5 * Math.sin(speed * t));
  return {
    days,
    geos: null,
    columns: { y: wave(0.7), tv: wave(1.3) },
    ...changes,
  };
}

Deno.test("parseMixSpec() needs a date, a target and channels", () => {
  const spec = parseMixSpec(LEAST);
  assert.equal(spec.mode, "nuts");
  assert.deepEqual(spec.channels, [{ name: "tv", priors: {} }]);
  prepareMix(spec, arrangePanel(spec, rows()));
});

Deno.test.each([
  {
    note: "a member that is none",
    spec: { ...LEAST, chanels: [] },
    says: 'did you mean "channels"?',
  },
  {
    note: "a member of a channel that is none",
    spec: { ...LEAST, channels: [{ name: "tv", lmax: 4 }] },
    says: 'did you mean "l_max"?',
  },
  {
    note: "a channel twice",
    spec: { ...LEAST, channels: ["tv", "tv"] },
    says: '"tv" is there twice',
  },
  {
    note: "a lift test of nothing",
    spec: {
      ...LEAST,
      lift_tests: [{
        channel: "tvs",
        x: 1,
        delta_x: 1,
        lift: 1,
        standard_error: 1,
      }],
    },
    says: 'did you mean "tv"?',
  },
])("parseMixSpec() refuses $note", ({ spec, says }) => {
  assert.throws(
    () => parseMixSpec(spec),
    (error: Error) => error.message.includes(says),
  );
});

Deno.test.each([
  {
    note: "of a number that the channel does not have",
    priors: { halff: { type: "gamma", shape: 1, rate: 1 } },
    says: 'did you mean "half"?',
  },
  {
    note: "of a share that lives above 0",
    priors: { decay: { mean: 0.5, sd: 0.1 } },
    says: "give a beta",
  },
])("prepareMix() refuses a prior $note", ({ priors, says }) => {
  const spec = parseMixSpec({ ...LEAST, channels: [{ name: "tv", priors }] });
  assert.throws(
    () => prepareMix(spec, arrangePanel(spec, rows())),
    (error: Error) => error.message.includes(says),
  );
});

Deno.test.each([
  {
    note: "spend that is missing",
    change: () => {
      const { columns } = rows();
      const tv = columns.tv?.slice() ?? new Float64Array();
      tv[3] = NaN;
      return { columns: { ...columns, tv } };
    },
    says: "row 4",
  },
  {
    note: "a day that is none",
    change: () => ({ days: ["01.02.2024", ...rows().days.slice(1)] }),
    says: "YYYY-MM-DD",
  },
  {
    note: "a day twice",
    change: () => ({
      days: rows().days.map((day, t) => t === 1 ? "2024-01-01" : day),
    }),
    says: "twice",
  },
  {
    note: "a gap between days",
    change: () => ({
      days: rows().days.map((day, t) => t > 30 ? addDays(day, 7) : day),
    }),
    says: "needs a row",
  },
])("arrangePanel() refuses $note", ({ change, says }) => {
  assert.throws(
    () => arrangePanel(parseMixSpec(LEAST), rows(change())),
    (error: Error) => error.message.includes(says),
  );
});

Deno.test("prepareMix() refuses a channel without spend and an outcome that never varies", () => {
  const spec = parseMixSpec(LEAST);
  const { columns } = rows();
  for (const name of ["y", "tv"]) {
    const flat = { ...columns, [name]: new Float64Array(60) };
    assert.throws(
      () => prepareMix(spec, arrangePanel(spec, rows({ columns: flat }))),
      { code: "dataset_invalid" },
    );
  }
});

Deno.test("listColumns() names what was meant, and a column with two roles", () => {
  const header = ["day", "y", "tv_spend"];
  const spec = (name: string) => parseMixSpec({ ...LEAST, channels: [name] });
  assert.throws(
    () => listColumns(spec("tv_spent"), header),
    (error: Error) => error.message.includes('did you mean "tv_spend"?'),
  );
  assert.throws(
    () => listColumns(spec("y"), header),
    (error: Error) => error.message.includes("both target and channels"),
  );
});

Deno.test("inferMixSpec() takes columns by their names, and nothing derived", () => {
  const header = "date,geo,x1_Search,tv_spend,c1,c1_effect,event_1,t,y".split(
    ",",
  );
  const first = "2024-01-01,north,1,2,3,4,0,1,9".split(",");
  assert.deepEqual(inferMixSpec(header, first), {
    spec: {
      date: "date",
      target: "y",
      geo: "geo",
      channels: ["x1_Search", "tv_spend"],
      controls: ["c1"],
      events: ["event_1"],
    },
    ignored: ["c1_effect", "t"],
  });
  assert.throws(
    () => inferMixSpec(["date", "y"], ["2024-01-01", "1"]),
    (error: Error) => error.message.includes("columns of spend"),
  );
});

Deno.test.each(
  [
    { holiday: "easter", days: ["2023-04-09", "2024-03-31", "2025-04-20"] },
    {
      holiday: "black_friday",
      days: ["2023-11-24", "2024-11-29", "2025-11-28"],
    },
    {
      holiday: "cyber_monday",
      days: ["2023-11-27", "2024-12-02", "2025-12-01"],
    },
    {
      holiday: "mothers_day",
      days: ["2023-05-14", "2024-05-12", "2025-05-11"],
    },
    {
      holiday: "memorial_day",
      days: ["2023-05-29", "2024-05-27", "2025-05-26"],
    },
    { holiday: "labor_day", days: ["2023-09-04", "2024-09-02", "2025-09-01"] },
  ] as const,
)("HOLIDAYS has the days of $holiday", ({ holiday, days }) => {
  assert.deepEqual([2023, 2024, 2025].map(HOLIDAYS[holiday]), days);
});
