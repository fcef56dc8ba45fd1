/**
 * Opens everything that is kept: Postgres, embedded or a server, and Deno KV.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import { createBackfillStore } from "./backfills.ts";
import { awaitServer } from "./await_server.ts";
import { createBudgetBook } from "./budget_store.ts";
import { createDecisionLog } from "./decision_log.ts";
import { createErasureStore } from "./erasure.ts";
import { createChangeJournal } from "./change_journal.ts";
import { createGovernanceStore } from "./change_store.ts";
import { createRolloutStore } from "./rollout_counts.ts";
import { createConsistencyStore } from "./feature_checks.ts";
import { createFeatureHistory } from "./feature_history.ts";
import { createOnlineFeatures } from "./feature_kv.ts";
import { createFeatureSpreads } from "./feature_spreads.ts";
import { lockFolder } from "./folder_lock.ts";
import { createIdempotencyStore } from "./idempotency.ts";
import { createKeyStore } from "./key_store.ts";
import { createLazyKv } from "./lazy_kv.ts";
import { createLeaseStore } from "./leases.ts";
import { createLimitCounts } from "./limit_counts.ts";
import { migrate } from "./migrate.ts";
import { createModelRegistry } from "./model_registry.ts";
import { createModelWatchStore } from "./model_watches.ts";
import { createSignalStream } from "./outbox.ts";
import { openPglite } from "./pglite.ts";
import { createPlanStore } from "./plan_store.ts";
import { createPolicyArchive } from "./policy_archive.ts";
import { openPostgres } from "./postgres.ts";
import { createQuotaStore } from "./quota_store.ts";
import { createSignalStore } from "./signal_store.ts";
import { createSourceProfiles } from "./source_profile.ts";
import type { Sql } from "./sql.ts";
import { createTrialStore } from "./trials.ts";
import { createViewStore } from "./view_store.ts";

/** Longest that a database server may take to come up. */
const WAIT_MS = 15_000;
/** Longest that a part may take to say that it is well. */
const HEALTH_MS = 2000;

/** Where the stores are. */
export interface StoreOptions {
  /** URL of a Postgres server; null for the embedded one in the data folder. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded database and of the online features. */
  readonly dataFolder: string;
  /** File or KV Connect URL of the online features; null for the data folder. */
  readonly kvUrl?: string | null;
  readonly clock: Clock;
  /** Longest to wait for a server that is starting. */
  readonly waitMs?: number;
}

/**
 * Opens all stores and brings the tables up to date.
 *
 * @throws {EngineError} `store_locked` if another process has the embedded database
 * open; `store_unavailable` if the server does not come up.
 */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { databaseUrl, dataFolder, kvUrl, waitMs = WAIT_MS } = options;
  await using opening = new AsyncDisposableStack();
  const sql = await openSql(databaseUrl, dataFolder, opening);
  await awaitServer(() => migrate(sql), waitMs);
  const kv = createLazyKv(kvUrl ?? `${dataFolder}/features.kv`, dataFolder);
  opening.defer(() => kv.close());
  const opened = opening.move();
  return {
    ...createStores(sql, kv.open),
    health: async () => {
      const [database, features] = await Promise.all([
        problemOf(sql.query("select 1")),
        problemOf(kv.open().then((kv) => kv.get(["health"]))),
      ]);
      return { database, features };
    },
    close: () => opened.disposeAsync(),
  };
}

/** Every port over one database and one key-value store. */
export function createStores(
  sql: Sql,
  openKv: () => Promise<Deno.Kv>,
): Omit<Stores, "health" | "close"> {
  return {
    signals: createSignalStore(sql),
    backfills: createBackfillStore(sql),
    stream: createSignalStream(sql),
    history: createFeatureHistory(sql),
    online: createOnlineFeatures(openKv),
    views: createViewStore(sql),
    checks: createConsistencyStore(sql),
    spreads: createFeatureSpreads(sql),
    profiles: createSourceProfiles(sql),
    consistency: createConsistencyStore(sql),
    models: createModelRegistry(sql),
    trials: createTrialStore(sql),
    watches: createModelWatchStore(sql),
    log: createDecisionLog(sql),
    idempotency: createIdempotencyStore(sql),
    plans: createPlanStore(sql),
    budgets: createBudgetBook(sql),
    changes: createChangeJournal(sql),
    policies: createPolicyArchive(sql),
    keys: createKeyStore(sql),
    erasures: createErasureStore(sql),
    leases: createLeaseStore(sql),
    quota: createQuotaStore(sql),
    limits: createLimitCounts(sql),
    governance: createGovernanceStore(sql),
    rollouts: createRolloutStore(sql),
    agree: async (name, setting) => {
      const [row] = await sql.query<{ setting: string }>(AGREE, [
        name,
        setting,
      ]);
      return row?.setting ?? setting;
    },
  };
}

const AGREE = `
  insert into shared_setting as s (name, setting) values ($1, $2)
  on conflict (name) do update set setting = s.setting
  returning setting`;

async function openSql(
  databaseUrl: string | null,
  dataFolder: string,
  opening: AsyncDisposableStack,
): Promise<Sql> {
  if (databaseUrl === null) opening.use(await lockFolder(dataFolder));
  const sql = databaseUrl === null
    ? await openPglite({ folder: `${dataFolder}/postgres` })
    : openPostgres(databaseUrl);
  opening.defer(() => sql.close());
  return sql;
}

async function problemOf(asked: Promise<unknown>): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => resolve(`does not answer within ${HEALTH_MS} ms`),
    HEALTH_MS,
  );
  const problem = asked.then(
    () => null,
    (error) => error instanceof EngineError ? error.message : "does not answer",
  );
  return await Promise.race([problem, late]).finally(() => clearTimeout(timer));
}
