/**
 * Runs: the vectors of a view brought up to a moment, piece by piece, each piece a
 * transaction of its own with a note of how far the run came. So it goes on where it
 * stopped, and repeated it changes nothing.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { FeatureView } from "../domain/feature.ts";
import type {
  MaterializeJob,
  MaterializeRun,
  Touched,
} from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import {
  type Ahead,
  countChanges,
  type Cover,
  coverAll,
  coverChanges,
  coverDays,
  idsIn,
  type Since,
  touchedSince,
} from "./feature_candidates.ts";
import { computePiece } from "./feature_run_pieces.ts";
import {
  finishRun,
  holdRun,
  notePiece,
  type Opened,
  type OpenRun,
  openRun,
  type RunKey,
  toRun,
} from "./feature_run_rows.ts";
import { hasSignals } from "./feature_sql.ts";
import { rebuildTiles, rebuildTouched } from "./feature_tiles.ts";
import type { Session, Sql } from "./sql.ts";

/** Signals of a piece; while the embedded database computes it, it answers nobody else. */
const EMBEDDED_SIGNALS = 2000;
/** A server reads all signals once for each piece of everybody. */
const SERVER_SIGNALS = 10_000_000;
/** Signals of a piece of a server that looks up each entity. */
const LISTED_SIGNALS = 100_000;
/** Beyond this share of all entities, reading everybody in order is less work. */
const MANY_CHANGES = 0.25;
/** Entities whose tiles are built in one transaction; readers of new signals wait for it. */
const TILED_ENTITIES = 500;
/** Rows after which the planner is told of them. */
const ANALYZE_ROWS = 10_000;

/**
 * Computes and keeps vectors.
 *
 * @throws {EngineError} `not_found` if the version is dropped meanwhile,
 * `view_invalid` if its signals do not have what it asks for.
 */
export async function materialize(
  sql: Sql,
  view: FeatureView,
  { tenant, job, ...sizes }: {
    readonly tenant: string;
    readonly job: MaterializeJob;
    /** Signals of a piece; by the kind of database if absent. */
    readonly pieceSignals?: number;
  },
): Promise<MaterializeRun> {
  const key = { tenant, view };
  const opened = await openRun(sql, key, job);
  const plan = hasSignals(view)
    ? await planOf(sql, key, { ...opened, ...sizes })
    : null;
  let { run } = opened;
  while (run.finishedAt === null) {
    run = await nextPiece(sql, key, { run, plan });
    job.progress?.(run.computed, plan?.of ?? null);
  }
  await tidy(sql, run);
  return toRun(run);
}

/** How a run finds its next entities. */
interface Plan {
  /** How many it will compute, if that is known. */
  readonly of: number | null;
  /** What came since the run that this one renews; null if that does not matter. */
  readonly since: Since | null;
  cover(session: Session, after: string | null): Promise<Cover>;
}

async function planOf(
  sql: Sql,
  { tenant, view }: RunKey,
  { run, base, pieceSignals }: Opened & { readonly pieceSignals?: number },
): Promise<Plan> {
  const ahead = (after: string | null, onServer: number): Ahead => ({
    tenant,
    after,
    signals: pieceSignals ?? (sql.embedded ? EMBEDDED_SIGNALS : onServer),
  });
  const { scope, at, watermark } = run;
  if (typeof scope === "object") {
    return {
      of: null,
      since: null,
      cover: (session, after) =>
        coverDays(session, view, {
          ...ahead(after, SERVER_SIGNALS),
          days: scope,
        }),
    };
  }
  const since = scope === "all" || base === null
    ? null
    : { base: base.watermark, watermark, at };
  const of = since && await countChanges(sql, view, { tenant, since });
  const isFew = of !== null && base !== null &&
    (sql.embedded || of <= base.rows * MANY_CHANGES);
  return {
    of,
    since,
    cover: since !== null && isFew
      ? (session, after) =>
        coverChanges(session, view, {
          ...ahead(after, LISTED_SIGNALS),
          since,
        })
      : (session, after) =>
        coverAll(session, view, ahead(after, SERVER_SIGNALS)),
  };
}

/** Computes the next piece of a run, unless another node did meanwhile. */
async function nextPiece(
  sql: Sql,
  key: RunKey,
  { run, plan }: { readonly run: OpenRun; readonly plan: Plan | null },
): Promise<OpenRun> {
  const cover = await plan?.cover(sql, run.doneEntity) ?? NOBODY;
  if (plan !== null) await renewTiles(sql, key, { cover, since: plan.since });
  return await sql.transaction(async (tx) => {
    if (!sql.embedded) await tx.query(SETTINGS);
    const held = await holdRun(tx, key, run.id);
    if (held === null) throw dropped(key.view);
    if (held.finishedAt !== null || held.doneEntity !== run.doneEntity) {
      return held;
    }
    const { tenant, view } = key;
    const { until } = cover;
    const computed = isNobody(cover)
      ? 0
      : await computePiece(tx, view, { tenant, run, cover });
    const noted = await notePiece(tx, key, { id: run.id, until, computed });
    return until === null ? await finishRun(tx, key, noted) : noted;
  });
}

const NOBODY: Cover = { after: null, until: null, ids: [] };

function isNobody({ ids }: Cover): boolean {
  return ids !== null && ids.length === 0;
}

/** Before the vectors and apart from them, so that nobody waits for both. */
async function renewTiles(
  sql: Sql,
  { tenant, view }: RunKey,
  { cover, since }: { readonly cover: Cover; readonly since: Since | null },
): Promise<void> {
  if (view.tiles === undefined || isNobody(cover)) return;
  const ids = await idsIn(sql, view, { tenant, ...cover });
  for (const some of chunks(ids, TILED_ENTITIES)) {
    const touched: Touched[] | null = since &&
      await touchedSince(sql, view, { tenant, ids: some, since });
    await sql.transaction((tx) =>
      touched === null
        ? rebuildTiles(tx, view, { tenant, ids: some })
        : rebuildTouched(tx, view, { tenant, touched })
    );
  }
}

/** The embedded database has nobody in the background to do it. */
async function tidy(sql: Sql, { computed }: OpenRun): Promise<void> {
  if (sql.embedded && computed > 0) {
    await sql.query("vacuum (analyze) feature_vector");
  } else if (computed >= ANALYZE_ROWS) {
    await sql.query("analyze feature_vector");
  }
}

/**
 * A piece of a server is large: its plan is for that piece alone, and groups and sorts
 * in memory.
 */
const SETTINGS = `
  select set_config('statement_timeout', '1h', true),
    set_config('work_mem', '128MB', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)`;

function dropped({ name, version }: FeatureView): EngineError {
  return new EngineError(
    "not_found",
    `Cannot materialize feature view "${name}@${version}": it was dropped meanwhile`,
    { facts: { view: name, version } },
  );
}
