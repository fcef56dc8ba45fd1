/**
 * One definition, equal paths: the naive evaluator, SQL at points, vectors that are
 * refreshed from signals and from tiles, and those that runs keep, agree exactly, on
 * signals that love boundaries.
 *
 * `MOE_FEATURE_PAIRS` is how many pairs of signals and a moment are compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Instant } from "../../core/domain/day.ts";
import type { FeatureVector, FeatureView } from "../../core/domain/feature.ts";
import type { Sql } from "../../core/store/sql.ts";
import { assertSame } from "./assert_same.ts";
import {
  AT,
  type Batch,
  batches,
  crowd,
  IDS,
  INSTANTS,
  KNOWN_AT,
  moment,
} from "./boundary_signals.ts";
import {
  CONSENT_VIEWS,
  EVENT_VIEW,
  eventViews,
  PERFORMANCE_VIEW,
  performanceViews,
  TILED_VIEWS,
} from "./boundary_views.ts";
import { evaluate, type ObservedSignal } from "./evaluate.ts";
import { type Scene, withScene } from "./scene.ts";
import {
  assertKept,
  instantsFor,
  touchedBy,
  write,
} from "./written_signals.ts";

const PAIRS = Number(Deno.env.get("MOE_FEATURE_PAIRS") ?? 50_000);
/** Moments of one set of signals beside those at which they were aimed. */
const MOMENTS = 60;
const KNOWN = [null, KNOWN_AT, "point"] as const;
const FULL_VIEWS = [
  EVENT_VIEW,
  PERFORMANCE_VIEW,
  ...TILED_VIEWS,
  ...CONSENT_VIEWS,
];

/** A view over signals that were written. */
interface Subject {
  readonly tenant: string;
  readonly view: FeatureView;
  readonly observed: readonly ObservedSignal[];
}

Deno.test(`evaluate() = SQL at points, over ${PAIRS} pairs`, () =>
  withScene(async (scene) => {
    const property = fc.asyncProperty(
      batches,
      fc.array(fc.oneof(eventViews, performanceViews), {
        minLength: 3,
        maxLength: 3,
      }),
      async (all, views) => {
        const { tenant, observed } = await scene.writeAll(all);
        for (const view of views) {
          pairs += await comparePoints(scene, { tenant, view, observed });
        }
      },
    );
    let pairs = 0;
    while (pairs < PAIRS) await fc.assert(property, { numRuns: 5 });
  }));

/** Returns how many pairs it compared. */
async function comparePoints(
  { history }: Pick<Scene, "history">,
  { tenant, view, observed }: Subject,
  instants = instantsFor(view, observed, MOMENTS),
): Promise<number> {
  const points = IDS.flatMap((id) => instants.map((at) => ({ id, at })));
  for (const knownAt of KNOWN) {
    const vectors = await history.aggregate(tenant, view, { points, knownAt });
    points.forEach((point, place) =>
      assertSame(view, vectors[place] ?? [], {
        observed,
        point: { ...point, knownAt },
      })
    );
  }
  return points.length * KNOWN.length;
}

Deno.test("every feature over every window, at points and refreshed", () =>
  withScene((scene) =>
    fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const { tenant, observed } = await scene.writeAll(all);
        for (const view of FULL_VIEWS) {
          const subject = { tenant, view, observed };
          await comparePoints(scene, subject, INSTANTS.slice(0, 2));
          const at = INSTANTS.toSorted()[0] ?? AT;
          await scene.history.materialize(tenant, view, { at, scope: "all" });
          for (const later of INSTANTS.toSorted()) {
            await compareRefreshed(scene, subject, later);
          }
        }
      }),
      { numRuns: 2 },
    )
  ));

async function compareRefreshed(
  { history }: Scene,
  { tenant, view, observed }: Subject,
  at: Instant,
): Promise<void> {
  const vectors = await history.refresh(tenant, view, {
    touched: [...IDS, "nobody"].map((id) => ({ id, moments: [] })),
    at,
  });
  assert.equal(vectors.length, IDS.length + 1);
  for (const { entity, ...vector } of vectors) {
    const id = entity.slice(view.entity.length + 1);
    assert.equal(vector.at, at);
    assertKept(view, vector, { observed, point: { id, at } });
  }
}

const steps = fc.array(
  fc.record({
    /** Which of the moments comes next. */
    wait: fc.integer({ min: 0, max: 2 }),
    /** How what changed is brought up to date. */
    by: fc.constantFrom("refresh" as const, "run" as const),
  }),
  { minLength: 4, maxLength: 4 },
);

Deno.test("kept vectors follow what comes, and the clock", () =>
  withScene((scene) =>
    fc.assert(
      fc.asyncProperty(
        batches,
        fc.oneof(eventViews, performanceViews),
        steps,
        (all, view, steps) => follow(scene, { all, view, steps }),
      ),
      { numRuns: 60 },
    )
  ));

interface Course {
  readonly all: readonly Batch[];
  readonly view: FeatureView;
  readonly steps: readonly { wait: number; by: "refresh" | "run" }[];
}

/** Brings vectors up to date after each batch, at moments that grow. */
async function follow(
  scene: Scene,
  { all, view, steps }: Course,
): Promise<void> {
  const { history, signals, newTenant } = scene;
  const tenant = newTenant();
  const observed: ObservedSignal[] = [];
  const instants = INSTANTS.toSorted();
  let place = 0;
  await history.materialize(tenant, view, { at: AT_FIRST, scope: "changes" });
  for (const [step, { wait, by }] of steps.entries()) {
    const batch = all[step];
    const came = batch ? await write(signals, tenant, batch) : [];
    observed.push(...came);
    place = Math.min(place + wait, instants.length - 1);
    const at = instants[place] ?? AT;
    if (by === "run") {
      await history.materialize(tenant, view, { at, scope: "changes" });
    } else {
      await history.refresh(tenant, view, {
        touched: [
          ...touchedBy(view, came),
          ...await dueBy(scene.sql, { tenant, view, at }),
        ],
        at,
      });
    }
    await compareKept(scene, { tenant, view, observed }, at);
  }
}

const AT_FIRST = moment(-60 * 86_400_000);

/** Entities of which a value may have changed by itself, as runs find them. */
async function dueBy(
  sql: Sql,
  { tenant, view, at }: { tenant: string; view: FeatureView; at: Instant },
) {
  const rows = await sql.query<{ entity: string }>(
    `select entity from feature_vector
    where tenant = $1 and view = $2 and valid_until < $3::timestamptz`,
    [tenant, view.name, at],
  );
  return rows.map(({ entity }) => ({
    id: entity.slice(view.entity.length + 1),
    moments: [],
  }));
}

async function compareKept(
  { history, sql }: Scene,
  { tenant, view, observed }: Subject,
  at: Instant,
): Promise<void> {
  const kept = new Map<string, FeatureVector>();
  for await (const page of history.vectors(tenant, view, null)) {
    for (const one of page) kept.set(one.entity, one);
  }
  for (const id of IDS) {
    const vector = kept.get(`${view.entity}:${id}`);
    assertKept(view, vector, { observed, point: { id, at } });
    const until = await validUntil(sql, { tenant, view, id });
    if (until === null || until <= at) continue;
    assertKept(view, vector, { observed, point: { id, at: until } });
  }
}

async function validUntil(
  sql: Sql,
  { tenant, view, id }: { tenant: string; view: FeatureView; id: string },
): Promise<Instant | null> {
  const [row] = await sql.query<{ until: Instant | null }>(
    `select valid_until as until from feature_vector
    where tenant = $1 and view = $2 and entity = $3`,
    [tenant, view.name, `${view.entity}:${id}`],
  );
  return row?.until ?? null;
}

Deno.test("more distinct values than are counted one by one", () =>
  withScene(async (scene) => {
    const dense = crowd("b", 1500).map((signal, place) => ({
      ...signal,
      eventId: `b-${place}`,
      occurredAt: moment(-1 - place * 10_000),
    }));
    const signals = [...crowd("a", 1500), ...dense];
    const batch = { source: "s", observedAt: AT, signals };
    const { tenant, observed } = await scene.writeAll([batch]);
    for (const tiles of [undefined, "hour", "day"] as const) {
      const view = {
        ...EVENT_VIEW,
        name: `crowd_${tiles}`,
        ...(tiles && { tiles }),
        features: EVENT_VIEW.features.filter(({ name }) =>
          name.startsWith("distinct")
        ),
      };
      const point = { id: "a", at: AT };
      assert.ok(evaluate(view, observed, point).some((n) => Number(n) > 512));
      await scene.history.materialize(tenant, view, { at: AT, scope: "all" });
      await compareRefreshed(scene, { tenant, view, observed }, AT);
      const points = [AT, moment(-40_000_000)];
      await comparePoints(scene, { tenant, view, observed }, points);
    }
  }));
