/**
 * The evaluator against windows and joins that others computed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseInstant } from "../../core/domain/day.ts";
import type { Aggregation, Span } from "../../core/domain/feature.ts";
import { eventView, feature } from "../stores/views.ts";
import { evaluate } from "./evaluate.ts";
import { eventAt } from "./event_at.ts";

const FOLDER = new URL("../../../shared/vectors/features/", import.meta.url);

/** A test of what a file holds; skipped where the file is absent. */
function replay<T>(name: string, file: string, check: (vectors: T) => void) {
  const url = new URL(`${file}.json`, FOLDER);
  const present = isPresent(url);
  Deno.test({
    name: `${name}${present ? "" : " (skipped: ../shared/vectors is absent)"}`,
    ignore: !present,
    fn: () => check(JSON.parse(Deno.readTextFileSync(url))),
  });
}

function isPresent(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}

const VALUE = "properties.value";
const SUMMARIES: Readonly<Record<string, Aggregation>> = {
  count: { how: "count" },
  sum: { how: "sum", of: VALUE },
  avg: { how: "mean", of: VALUE },
  min: { how: "min", of: VALUE },
  max: { how: "max", of: VALUE },
  last: { how: "last", of: VALUE },
};

function summaries(window: Span | null, names = Object.keys(SUMMARIES)) {
  return eventView(
    ...names.map((name) =>
      feature(name, SUMMARIES[name] ?? { how: "count" }, { window })
    ),
  );
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

type Summary = Record<string, number | null>;

replay<{
  readonly events: readonly { ts: number; value: number }[];
  readonly "exact_sliding": readonly {
    "query_ts": number;
    windows: Record<string, Summary>;
  }[];
}>(
  "evaluate() equals exact sliding windows",
  "sawtooth_windows_derived",
  (vectors) => {
    const events = vectors.events.map(({ ts, value }, place) =>
      eventAt(instant(ts), { value }, { eventId: `${place}` })
    );
    let compared = 0;
    for (const { query_ts: at, windows } of vectors.exact_sliding) {
      for (const [length, want] of Object.entries(windows)) {
        const view = summaries(length === "unbounded" ? null : length as Span);
        const got = evaluate(view, events, { id: "u", at: instant(at) });
        view.features.forEach(({ name }, place) => {
          const wanted = name === "sum" ? want.sum ?? 0 : want[name] ?? null;
          assert.equal(got[place], wanted, `${name} of ${length} at ${at}`);
          compared++;
        });
      }
    }
    assert.equal(compared, 40 * 10 * 6);
  },
);

replay<{
  readonly events: readonly { "ts_ms": number; amount: number }[];
  readonly expected: readonly { "window_end_ms": number; correct: Summary }[];
}>(
  "evaluate() is right where tiles were wrong",
  "feast_tiling_counterexample",
  (vectors) => {
    const events = vectors.events.map(({ ts_ms: ms, amount }) =>
      eventAt(instant(ms), { value: amount })
    );
    const names = ["sum", "count", "max", "min", "avg"];
    for (const { window_end_ms: end, correct } of vectors.expected) {
      const got = evaluate(summaries("10m", names), events, {
        id: "u",
        at: instant(end),
      });
      assert.deepEqual(got, names.map((name) => correct[name]));
    }
    assert.equal(vectors.expected.length, 5);
  },
);

interface JoinRow {
  readonly k: number;
  readonly v: number;
  readonly event: string;
  readonly created: string | null;
}

interface JoinCase {
  readonly name: string;
  readonly "as_of": boolean;
  readonly ttl: number;
  readonly rows: readonly JoinRow[];
  readonly entities: readonly { k: number; ts: string }[];
  readonly expected: readonly (number | null)[];
}

replay<{ readonly cases: readonly JoinCase[] }>(
  "evaluate() joins at a point in time",
  "feast_point_in_time",
  ({ cases }) => {
    for (const one of cases) {
      assert.deepEqual(one.entities.map(join(one)), one.expected, one.name);
    }
    assert.equal(cases.length, 8);
  },
);

/** Their windows include the moment itself; ours end a millisecond later to do so. */
function join({ rows, ttl, "as_of": asOf }: JoinCase) {
  const window: Span | null = ttl === 0 ? null : `${ttl / 60}m`;
  const last: Aggregation = { how: "last", of: "properties.v" };
  const view = eventView(feature("v", last, { window }));
  const observed = rows.flatMap(({ k, v, event, created }) =>
    created === null ? [] : eventAt(parseInstant(event), { v }, {
      eventId: `${k} ${created}`,
      entities: { subject: `${k}` },
      observedAt: parseInstant(created),
    })
  );
  return ({ k, ts }: JoinCase["entities"][number]) =>
    evaluate(view, observed, {
      id: `${k}`,
      at: instant(Date.parse(ts) + 1),
      knownAt: asOf ? parseInstant(ts) : null,
    })[0];
}
