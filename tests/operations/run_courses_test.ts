/**
 * Whatever came, whenever, and however often runs were interrupted: after a run of the
 * changes every kept vector is that of the naive evaluator, as it is after a run of
 * everybody.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Instant } from "../../core/domain/day.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { MaterializeRun, RunScope } from "../../core/ports/features.ts";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { materialize } from "../../core/store/feature_runs.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import type { ObservedSignal } from "../features/evaluate.ts";
import { batches, IDS, moment } from "../features/boundary_signals.ts";
import { eventViews, performanceViews } from "../features/boundary_views.ts";
import { assertKept, instantsFor, write } from "../features/written_signals.ts";
import { testDatabases } from "../stores/databases.ts";

const PIECE_SIGNALS = 3;
const START = moment(-60 * 86_400_000);

/** What happens between two looks: signals, time, and runs that may be cut short. */
const courses = fc.record({
  view: fc.oneof(eventViews, performanceViews),
  told: batches,
  steps: fc.array(
    fc.record({
      /** Share of the moments worth asking about that pass. */
      wait: fc.constantFrom(0, 0.05, 0.2, 0.5),
      scope: fc.constantFrom<RunScope>("changes", "changes", "all", {
        from: moment(-86_400_000).slice(0, 10),
        until: moment(0).slice(0, 10),
      }),
      /** Pieces after which the run stops; null for none. */
      cutAfter: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

type Course = typeof courses extends fc.Arbitrary<infer C> ? C : never;

testDatabases("runs of changes leave what runs of all leave", async (sql) => {
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      await follow(sql, `course-${tenants++}`, course);
    }),
    { numRuns: 60 },
  );
});

async function follow(
  sql: Sql,
  tenant: string,
  { view, told, steps }: Course,
): Promise<void> {
  const store = createSignalStore(sql);
  const everything = told.flatMap(({ source, observedAt, signals }) =>
    signals.map((signal) => ({ source, observedAt, signal }))
  );
  const instants = instantsFor(view, everything, 60).toSorted();
  const observed: ObservedSignal[] = [];
  let place = 0;
  await run(sql, { tenant, view, at: START, scope: "changes" });
  for (const [step, { wait, scope, cutAfter }] of steps.entries()) {
    const batch = told[step];
    if (batch) observed.push(...await write(store, tenant, batch));
    place = Math.min(
      place + Math.ceil(wait * instants.length),
      instants.length - 1,
    );
    const at = instants[place] ?? START;
    await run(sql, { tenant, view, at, scope, cutAfter });
    if (cutAfter !== null) {
      const next = told[step + 1];
      if (next) observed.push(...await write(store, tenant, next));
      await run(sql, { tenant, view, at, scope });
    }
    const { at: as } = await run(sql, { tenant, view, at, scope: "changes" });
    await compare(sql, { tenant, view, observed, at: as });
  }
}

async function run(
  sql: Sql,
  { tenant, view, at, scope, cutAfter = null }: {
    readonly tenant: string;
    readonly view: FeatureView;
    readonly at: Instant;
    readonly scope: RunScope;
    readonly cutAfter?: number | null;
  },
): Promise<MaterializeRun | { readonly at: Instant }> {
  let pieces = 0;
  const progress = () => {
    if (++pieces === cutAfter) throw new Error("cut short");
  };
  const job = { at, scope, progress };
  const scale = { tenant, job, pieceSignals: PIECE_SIGNALS };
  return await materialize(sql, view, scale).catch((error) => {
    if (cutAfter === null) throw error;
    assert.match(error.message, /cut short/);
    return { at };
  });
}

async function compare(
  sql: Sql,
  { tenant, view, observed, at }: {
    readonly tenant: string;
    readonly view: FeatureView;
    readonly observed: readonly ObservedSignal[];
    readonly at: Instant;
  },
): Promise<void> {
  const history = createFeatureHistory(sql);
  const pages = await Array.fromAsync(history.vectors(tenant, view, null));
  const kept = new Map(pages.flat().map((vector) => [vector.entity, vector]));
  for (const id of IDS) {
    const vector = kept.get(`${view.entity}:${id}`);
    assertKept(view, vector, { observed, point: { id, at } });
  }
}
