/**
 * Brings a database to the tables of this release, however many nodes start at once and
 * while the release before it serves.
 *
 * Each migration is a transaction that waits for locks only briefly and then tries again:
 * who waits for a table in use holds up everybody that comes after. Indexes on tables in
 * use are built beside the traffic; one that was interrupted is built anew.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Session, Sql } from "./sql.ts";
import { type Migration, shippedMigrations } from "./upgrade/migrations.ts";

/** Any number that no other lock of ours uses. */
const LOCK = 7_301_946;
/** Longest that a table in use is waited for, and the pause before it is tried again. */
const LOCK_MS = 1000;
const PAUSE_MS = 500;
/** Pause between two looks whether it is this node's turn. */
const TURN_MS = 100;
const ATTEMPTS = 60;
/** How Postgres says that a lock was not to be had, or that two waited for each other. */
const BUSY: ReadonlySet<unknown> = new Set(["55P03", "40P01"]);

/** How a database is brought up to date. */
export interface MigrateOptions {
  /** Those of the release unless given. */
  readonly migrations?: readonly Migration[];
  /** Longest that a table in use is waited for, ms; a second unless given. */
  readonly lockMs?: number;
}

/**
 * Applies the migrations that are missing.
 *
 * @returns Their names, in order.
 * @throws {EngineError} `configuration_invalid` if the database is of a newer release, or a
 * migration is not as it was applied; `store_unavailable` if a table stays in use.
 */
export async function migrate(
  sql: Sql,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const migrations = options.migrations ?? await shippedMigrations();
  const lockMs = options.lockMs ?? LOCK_MS;
  await whileOthersWait(sql, makeJournal);
  const missing = await missingOf(sql, migrations);
  for (const migration of missing) {
    await untilFree(() => applyStatements(sql, migration, lockMs));
    if (migration.indexes.length > 0) await buildIndexes(sql, migration);
  }
  return missing.map(({ tag }) => tag);
}

/**
 * What `migrate` would apply; it changes nothing.
 *
 * @throws {EngineError} As {@link migrate}.
 */
export async function pendingMigrations(
  sql: Sql,
  { migrations }: Pick<MigrateOptions, "migrations"> = {},
): Promise<readonly Migration[]> {
  return await missingOf(sql, migrations ?? await shippedMigrations());
}

interface Applied {
  readonly tag: string;
  readonly checksum: string | null;
  readonly state: string;
}

async function missingOf(
  session: Session,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const applied = await readJournal(session);
  refuseOther(applied, migrations);
  const whole = new Set(
    applied.filter(({ state }) => state === "applied").map(({ tag }) => tag),
  );
  return migrations.filter(({ tag }) => !whole.has(tag));
}

/** Of an earlier release it has no checksums; of none it is not there. */
async function readJournal(session: Session): Promise<readonly Applied[]> {
  const columns = await session.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = to_regclass('migration') and attnum > 0 and not attisdropped",
  );
  const names = new Set(columns.map(({ name }) => name));
  if (names.size === 0) return [];
  return await session.query<Applied>(
    names.has("checksum") && names.has("state")
      ? "select tag, checksum, state from migration"
      : "select tag, null::text as checksum, 'applied' as state from migration",
  );
}

function refuseOther(
  applied: readonly Applied[],
  migrations: readonly Migration[],
): void {
  const known = new Map(migrations.map(({ tag, checksum }) => [tag, checksum]));
  const newer = applied.filter(({ tag }) => !known.has(tag))
    .map(({ tag }) => tag).sort();
  if (newer.length > 0) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot open the database: it is of a newer release, whose migration "${
        newer.at(-1)
      }" this one does not know; start that release`,
    );
  }
  const changed = applied.find(({ tag, checksum }) =>
    checksum !== null && checksum !== known.get(tag)
  );
  if (changed === undefined) return;
  throw new EngineError(
    "configuration_invalid",
    `Cannot open the database: migration "${changed.tag}" is not as it was applied; restore its file`,
  );
}

async function makeJournal(tx: Session): Promise<void> {
  const applied = await tx.query(
    "select 1 from pg_attribute where attrelid = to_regclass('migration') and attname in ('checksum', 'state')",
  );
  if (applied.length === 2) return;
  await tx.query(
    "create table if not exists migration (tag text primary key, applied_at timestamptz not null default now())",
  );
  await tx.query(
    "alter table migration add column if not exists checksum text, add column if not exists state text not null default 'applied'",
  );
}

/**
 * A transaction that one node at a time is in. Neither who waits for it nor who is in it
 * keeps a snapshot meanwhile: building an index beside the traffic waits for all there are.
 */
async function whileOthersWait(
  sql: Sql,
  work: (tx: Session) => Promise<void>,
): Promise<void> {
  while (!await tryAlone(sql, work)) {
    await new Promise((wake) => setTimeout(wake, TURN_MS));
  }
}

async function tryAlone(
  sql: Sql,
  work: (tx: Session) => Promise<void>,
): Promise<boolean> {
  return await sql.transaction(async (tx) => {
    const [turn] = await tx.query<{ taken: boolean }>(
      "select pg_try_advisory_xact_lock($1::int8) as taken",
      [LOCK],
    );
    if (!turn?.taken) return false;
    // The driver leaves a statement's portal, and its snapshot, open until the next.
    await tx.query("set local idle_in_transaction_session_timeout = 0");
    await work(tx);
    return true;
  });
}

/** Another node may have applied it meanwhile. */
async function applyStatements(
  sql: Sql,
  { tag, checksum, statements, indexes }: Migration,
  lockMs: number,
): Promise<void> {
  await whileOthersWait(sql, async (tx) => {
    const done = await tx.query("select 1 from migration where tag = $1", [
      tag,
    ]);
    if (done.length > 0) return;
    await tx.query("select set_config('lock_timeout', $1, true)", [
      `${lockMs}ms`,
    ]);
    for (const statement of statements) await tx.query(statement);
    await tx.query(
      "insert into migration (tag, checksum, state) values ($1, $2, $3)",
      [tag, checksum, indexes.length === 0 ? "applied" : "indexing"],
    );
  });
}

async function untilFree(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const cause = error instanceof EngineError ? error.facts.cause : null;
      if (attempt === ATTEMPTS || !BUSY.has(cause)) throw error;
      const pauseMs = PAUSE_MS * (0.5 + Math.random());
      await new Promise((wake) => setTimeout(wake, pauseMs));
    }
  }
}

/**
 * Builds indexes while one node holds the lock; outside of its transaction, as Postgres
 * wants it. The embedded database has one session, and nobody else.
 */
async function buildIndexes(
  sql: Sql,
  { tag, indexes }: Migration,
): Promise<void> {
  const buildAll = async () => {
    for (const statement of indexes) await buildIndex(sql, statement);
    await sql.query("update migration set state = 'applied' where tag = $1", [
      tag,
    ]);
  };
  if (sql.embedded) return await buildAll();
  const built = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = whileOthersWait(sql, async () => {
    held.resolve();
    await built.promise;
  });
  try {
    await Promise.race([held.promise, holding]);
    await buildAll();
  } finally {
    built.resolve();
    await holding;
  }
}

const INDEX = /index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("?\w+"?)/i;

/** What an interrupted build left is no index, and is taken away. */
async function buildIndex(sql: Sql, statement: string): Promise<void> {
  const name = INDEX.exec(statement)?.[1] ?? "";
  const broken = await sql.query(
    "select 1 from pg_index where indexrelid = to_regclass($1) and not indisvalid",
    [name],
  );
  if (broken.length > 0) await sql.query(`drop index concurrently ${name}`);
  await sql.query(
    sql.embedded
      ? statement.replace(/\bconcurrently\b(?! *$)/gim, "")
      : statement,
  );
}
