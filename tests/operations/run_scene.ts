/**
 * A tenant with many subjects, and runs of small pieces over them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureVector } from "../../core/domain/feature.ts";
import type { MaterializeRun, RunScope } from "../../core/ports/features.ts";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { materialize } from "../../core/store/feature_runs.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";

/** Subjects of a filled tenant, one event each. */
export const SUBJECTS = 300;
/** One of them, with more events than several pieces hold. */
export const BUSY = subject(100);
/** Events of {@link BUSY}. */
export const BUSY_EVENTS = 250;
const PIECE_SIGNALS = 70;

/** When everything in a filled tenant happened. */
export const HAPPENED = "2026-01-01T00:00:00.000Z";
/** As of when runs are, unless they are told otherwise. */
export const AT = "2026-02-01T00:00:00.000Z";
/** So little later that an unfinished run is gone on with. */
export const LATER = "2026-02-01T00:30:00.000Z";

/** The view that runs compute, unless they are told otherwise. */
export const VIEW = eventView(
  feature("events", { how: "count" }),
  feature("events_1d", { how: "count" }, { window: "1d" }),
);

/** Name of a subject by its place in the order. */
export function subject(place: number): string {
  return `s-${String(place).padStart(4, "0")}`;
}

/** Fills a tenant. */
export async function fill(sql: Sql, tenant: string): Promise<void> {
  const many = Array.from({ length: SUBJECTS }, (_, place) => subject(place));
  const busy = Array.from({ length: BUSY_EVENTS - 1 }, () => BUSY);
  await tell(sql, tenant, { subjects: [...many, ...busy], at: HAPPENED });
}

/** Writes an event of each subject that is named. */
export async function tell(
  sql: Sql,
  tenant: string,
  { subjects, at }: {
    readonly subjects: readonly string[];
    readonly at: string;
  },
): Promise<void> {
  const events = subjects.map((subject, place) =>
    subjectEvent(`e-${place}-${at}`, at, { entities: { subject } })
  );
  await createSignalStore(sql).write(batch(tenant, { events }));
}

/** How to run. */
export interface Asked {
  readonly at?: string;
  readonly scope?: RunScope;
  readonly view?: typeof VIEW;
  readonly progress?: (computed: number, of: number | null) => void;
}

/** Runs, in small pieces. */
export function run(
  sql: Sql,
  tenant: string,
  { at = AT, scope = "all", view = VIEW, ...also }: Asked = {},
): Promise<MaterializeRun> {
  return materialize(sql, view, {
    tenant,
    job: { at, scope, ...also },
    pieceSignals: PIECE_SIGNALS,
  });
}

/** A run that stops after so many pieces. */
export async function interrupted(
  sql: Sql,
  tenant: string,
  { pieces, ...asked }: Asked & { readonly pieces: number },
): Promise<void> {
  let told = 0;
  const progress = () => {
    if (++told === pieces) throw new Error("stopped");
  };
  await assert.rejects(run(sql, tenant, { ...asked, progress }), /stopped/);
}

/** Kept vectors, all or those of later moments. */
export async function read(
  sql: Sql,
  tenant: string,
  after: string | null = null,
): Promise<FeatureVector[]> {
  const pages = createFeatureHistory(sql).vectors(tenant, VIEW, after);
  return (await Array.fromAsync(pages)).flat();
}

/** Ids of runs that have not ended. */
export async function unfinished(sql: Sql, tenant: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    "select id from feature_run where tenant = $1 and finished_at is null",
    [tenant],
  );
  return rows.map(({ id }) => id);
}

/** Moves the run of a tenant to yesterday, and adds 55 runs of days after it. */
export async function addRuns(sql: Sql, tenant: string): Promise<void> {
  await sql.query(YESTERDAY, [tenant]);
  await sql.query(MANY_RUNS, [tenant]);
}

const YESTERDAY = `
  update feature_run set started_at = started_at - interval '1 day',
    finished_at = finished_at - interval '1 day'
  where tenant = $1`;

const MANY_RUNS = `
  insert into feature_run (tenant, view, version, id, scope, at, started_at,
    finished_at, watermark)
  select tenant, view, version, 'r-' || n, '{"from":"2025-01-01"}', at,
    started_at + n * interval '1 ms', finished_at + n * interval '1 ms', '{}'
  from feature_run, generate_series(1, 55) n where tenant = $1`;
