/**
 * The database against windows, tiles and joins that others computed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseInstant } from "../../core/domain/day.ts";
import type {
  Aggregation,
  FeatureView,
  Span,
} from "../../core/domain/feature.ts";
import { trainingRows } from "../../core/features/point_in_time.ts";
import type { DeclaredView } from "../../core/ports/features.ts";
import { eventView, feature } from "../stores/views.ts";
import type { ObservedSignal } from "./evaluate.ts";
import { eventAt } from "./event_at.ts";
import { type Scene, withScene } from "./scene.ts";

const FOLDER = new URL("../../../shared/vectors/features/", import.meta.url);
const NOW = "2026-06-01T00:00:00.000Z";

const present = isPresent();
const note = present ? "" : " (skipped: ../shared/vectors is absent)";

function isPresent(): boolean {
  try {
    return Deno.statSync(FOLDER).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}

async function read<T>(file: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(`${file}.json`, FOLDER)));
}

Deno.test({
  name: `SQL against what others computed${note}`,
  ignore: !present,
  fn: (t) =>
    withScene(async (scene) => {
      await t.step(
        "SQL and tiles equal exact sliding windows",
        async () => slide(scene, await read("sawtooth_windows_derived")),
      );
      await t.step(
        "tiles are right where others were wrong",
        async () => tile(scene, await read("feast_tiling_counterexample")),
      );
      await t.step(
        "trainingRows() joins at a point in time, a TTL being a window",
        async () => joinAll(scene, await read("feast_point_in_time")),
      );
    }),
});

/** Writes one by one, in a tenant of its own. */
async function writeAll(
  { writeAll }: Scene,
  observed: readonly ObservedSignal[],
): Promise<string> {
  const batches = observed.map(({ source, observedAt, signal }) => ({
    source,
    observedAt,
    signals: [signal],
  }));
  return (await writeAll(batches)).tenant;
}

const VALUE = "properties.value";
const SUMMARIES: Readonly<Record<string, Aggregation>> = {
  count: { how: "count" },
  sum: { how: "sum", of: VALUE },
  avg: { how: "mean", of: VALUE },
  min: { how: "min", of: VALUE },
  max: { how: "max", of: VALUE },
  last: { how: "last", of: VALUE },
  "unique_users": { how: "distinct", of: "properties.user" },
};
const LENGTHS: readonly Span[] = [
  "5m",
  "1h",
  "11h",
  "12h",
  "1d",
  "7d",
  "11d",
  "12d",
  "30d",
];

type Summary = Record<string, number | null>;

function summaries(windows: readonly (Span | null)[]): FeatureView {
  return eventView(
    ...windows.flatMap((window) =>
      Object.entries(SUMMARIES).map(([name, aggregation]) =>
        feature(`${name} ${window ?? "unbounded"}`, aggregation, { window })
      )
    ),
  );
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** What SQL says at points, from the signals and from tiles; the three must agree. */
async function computed(
  { history }: Scene,
  tenant: string,
  { view, ats }: { view: FeatureView; ats: readonly string[] },
): Promise<readonly (readonly unknown[])[]> {
  const points = ats.map((at) => ({ id: "u", at }));
  const vectors = await history.aggregate(tenant, view, {
    points,
    knownAt: null,
  });
  for (const tiles of ["hour", "day"] as const) {
    const tiled = { ...view, name: `by_${tiles}`, tiles };
    const [first = NOW] = ats;
    await history.materialize(tenant, tiled, { at: first, scope: "all" });
    for (const [place, at] of ats.entries()) {
      const [refreshed] = await history.refresh(tenant, tiled, {
        touched: [{ id: "u", moments: [] }],
        at,
      });
      const seen = vectors[place]?.some((value) => value !== 0);
      if (seen) assert.deepEqual(refreshed?.values, vectors[place], tiles);
    }
  }
  return vectors;
}

interface Windows {
  readonly events: readonly { ts: number; value: number; user: string }[];
  readonly "exact_sliding": readonly {
    "query_ts": number;
    windows: Record<string, Summary>;
  }[];
}

async function slide(
  scene: Scene,
  { events, exact_sliding: wanted }: Windows,
): Promise<void> {
  const observed = events.map(({ ts, value, user }, place) =>
    eventAt(instant(ts), { value, user }, { eventId: `${place}` })
  );
  const tenant = await writeAll(scene, observed);
  const view = summaries([...LENGTHS, null]);
  const got = await computed(scene, tenant, {
    view,
    ats: wanted.map(({ query_ts: at }) => instant(at)),
  });
  for (const [place, { windows }] of wanted.entries()) {
    const want = view.features.map(({ name }) => {
      const [what = "", length = ""] = name.split(" ");
      return windows[length]?.[what] ?? (what === "sum" ? 0 : null);
    });
    assert.deepEqual(got[place], want);
  }
  assert.equal(wanted.length, 40);
}

interface Tiles {
  readonly events: readonly { "ts_ms": number; amount: number }[];
  readonly expected: readonly { "window_end_ms": number; correct: Summary }[];
}

async function tile(scene: Scene, { events, expected }: Tiles): Promise<void> {
  const observed = events.map(({ ts_ms: ms, amount }) =>
    eventAt(instant(ms), { value: amount })
  );
  const tenant = await writeAll(scene, observed);
  const view = summaries(["10m"]);
  const got = await computed(scene, tenant, {
    view,
    ats: expected.map(({ window_end_ms: end }) => instant(end)),
  });
  const names = ["sum", "count", "max", "min", "avg"];
  for (const [place, { correct }] of expected.entries()) {
    const said = names.map((name) =>
      got[place]?.[view.features.findIndex((one) => one.name === `${name} 10m`)]
    );
    assert.deepEqual(said, names.map((name) => correct[name]));
  }
  assert.equal(expected.length, 5);
}

interface JoinCase {
  readonly name: string;
  readonly "as_of": boolean;
  readonly ttl: number;
  readonly rows: readonly {
    readonly k: number;
    readonly v: number;
    readonly event: string;
    readonly created: string | null;
  }[];
  readonly entities: readonly { k: number; ts: string }[];
  readonly expected: readonly (number | null)[];
}

async function joinAll(
  scene: Scene,
  { cases }: { readonly cases: readonly JoinCase[] },
): Promise<void> {
  for (const one of cases) {
    assert.deepEqual(await join(scene, one), [one.expected], one.name);
  }
  assert.equal(cases.length, 8);
}

/** Their windows include the moment itself; ours end a millisecond later to do so. */
async function join(
  scene: Scene,
  { rows, ttl, "as_of": asOf, entities }: JoinCase,
) {
  const observed = rows.flatMap(({ k, v, event, created }) =>
    created === null ? [] : eventAt(parseInstant(event), { v }, {
      eventId: `${k} ${created}`,
      entities: { subject: `${k}` },
      observedAt: parseInstant(created),
    })
  );
  const tenant = await writeAll(scene, observed);
  const window: Span | null = ttl === 0 ? null : `${ttl / 60}m`;
  const view = eventView(
    feature("v", { how: "last", of: "properties.v" }, { window }),
  );
  const declared: DeclaredView = {
    view,
    state: "serving",
    declaredAt: NOW,
    promotedAt: NOW,
  };
  const { columns } = await trainingRows(scene.history, {
    tenant,
    labels: entities.map(({ k, ts }) => ({
      entities: { subject: `${k}` },
      at: instant(Date.parse(ts) + 1),
    })),
    ids: ["engagement.v"],
    views: [declared],
    knownAt: asOf ? "point" : null,
  });
  return columns;
}
