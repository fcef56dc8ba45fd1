/**
 * Opens everything that is kept: Postgres, embedded or a server, and Deno KV.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Guards } from "../ports/dependencies.ts";
import type { Stores } from "../ports/stores.ts";
import { createAllowanceBook } from "./allowance_book.ts";
import { createBackfillStore } from "./backfills.ts";
import { awaitServer } from "./await_server.ts";
import { createBudgetBook } from "./budget_store.ts";
import { createCheckpointStore } from "./log/checkpoints.ts";
import { createDecisionLog } from "./log/decision_log.ts";
import { createLogNaming } from "./log/naming.ts";
import { createLogRetention } from "./log/retention.ts";
import { createDataKeyStore } from "./encryption/data_keys.ts";
import { createErasureStore } from "./erasure.ts";
import { createChangeJournal } from "./change_journal.ts";
import { createGovernanceStore } from "./change_store.ts";
import { createRolloutStore } from "./rollout_counts.ts";
import { createConsistencyStore } from "./feature_checks.ts";
import { createFeatureHistory } from "./feature_history.ts";
import { createOnlineFeatures } from "./feature_kv.ts";
import { createFeatureSpreads } from "./feature_spreads.ts";
import { lockFolder } from "./folder_lock.ts";
import { guardSql } from "./guard/guarded_sql.ts";
import { createGuards } from "./guard/guards.ts";
import { createIdempotencyStore } from "./idempotency.ts";
import { createKeyedEffects } from "./keyed_effects.ts";
import { createJobQueue } from "./jobs/job_queue.ts";
import { createKeyStore } from "./key_store.ts";
import { createLazyKv } from "./lazy_kv.ts";
import { createLeaseStore } from "./leases.ts";
import { createLimitCounts, type LimitCountsOptions } from "./limit_counts.ts";
import { migrate } from "./migrate.ts";
import { createModelRegistry } from "./model_registry.ts";
import { createModelTrialStore } from "./model_trials/store.ts";
import { createModelWatchStore } from "./model_watches.ts";
import { createSignalStream } from "./outbox.ts";
import { openPglite } from "./pglite.ts";
import { createPlanStore } from "./plan_store.ts";
import { createPolicyArchive } from "./policy_archive.ts";
import { openPostgres, type PostgresSql } from "./postgres.ts";
import { createQuotaStore } from "./quota_store.ts";
import { createSignalStore } from "./signal_store.ts";
import { createSourceProfiles } from "./source_profile.ts";
import type { Sql } from "./sql.ts";
import { createTrialStore } from "./trials.ts";
import { createViewStore } from "./view_store.ts";
import { actFor } from "./wall/acting.ts";
import { ownerOf } from "./wall/owner.ts";
import { onServer } from "./upgrade/with_database.ts";
import { raiseWall } from "./wall/raise.ts";

/** Longest that a database server may take to come up. */
const WAIT_MS = 15_000;
/** Longest that a part may take to say that it is well. */
const HEALTH_MS = 2000;
/** Longest that a decision waits for a statement; the server itself gives up later. */
const DECISION_MS = 1000;
/** The server's own limit for those, and how many are under way at once. */
const DECISION_POOL = { pool: 4, statementMs: 5000 };
/** Longest that anything else waits: as the server gives up before. */
const OTHER_MS = 310_000;

/** Where the stores are. */
export interface StoreOptions {
  /** URL of a Postgres server; null for the embedded one in the data folder. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded database and of the online features. */
  readonly dataFolder: string;
  /** File or KV Connect URL of the online features; null for the data folder. */
  readonly kvUrl?: string | null;
  readonly clock: Clock;
  /** How limits are counted. */
  readonly limits?: LimitCountsOptions;
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
  const { limits = {} } = options;
  await using opening = new AsyncDisposableStack();
  const guards = createGuards();
  const server = await openSql(databaseUrl, dataFolder, opening);
  const sql = guardSql(
    server,
    ...[guards.of("postgres"), OTHER_MS] as const,
  );
  await awaitServer(
    () => databaseUrl === null ? migrate(sql) : onServer(databaseUrl, migrate),
    waitMs,
  );
  const wall = await raiseWall(sql);
  const decisions = databaseUrl === null ? sql : guardSql(
    openPostgres(databaseUrl, { ...DECISION_POOL, silent: server.reconnect }),
    ...[guards.of("postgres"), DECISION_MS] as const,
  );
  if (decisions !== sql) opening.defer(() => decisions.close());
  const kv = createLazyKv(kvUrl ?? `${dataFolder}/features.kv`, dataFolder);
  opening.defer(() => kv.close());
  const stores = createStores(sql, kv.open, {
    ...{ decisions, guards, limits },
  });
  opening.defer(() => stores.jobs.close());
  const opened = opening.move();
  return {
    ...stores,
    actFor: wall === null ? actFor : (_tenant, work) => work(),
    health: async () => {
      const [database, features] = await Promise.all([
        problemOf(decisions.query("select 1"))
          .then((problem) => problem ?? problemOf(sql.query("select 1"))),
        problemOf(kv.open().then((kv) => kv.get(["health"]))),
      ]);
      return {
        ...{ database, features, wall },
        ...openBreakers(guards),
      };
    },
    close: () => opened.disposeAsync(),
  };
}

/**
 * Every port over one database and one key-value store.
 *
 * @param beside The same database for what decisions wait for, and what keeps them from
 * waiting too long; how limits are counted.
 */
export function createStores(
  sql: Sql,
  openKv: () => Promise<Deno.Kv>,
  { decisions = sql, guards = createGuards(), limits = {} }: {
    readonly decisions?: Sql;
    readonly guards?: Guards;
    readonly limits?: LimitCountsOptions;
  } = {},
): Omit<Stores, "actFor" | "health" | "close"> {
  const owner = ownerOf(sql);
  return {
    guards,
    // Rows are copied in, which no row-level security lets through.
    signals: {
      ...createSignalStore(sql),
      write: createSignalStore(owner).write,
    },
    backfills: createBackfillStore(sql),
    stream: createSignalStream(owner),
    history: createFeatureHistory(sql),
    online: createOnlineFeatures(openKv, { guard: guards.of("kv") }),
    views: createViewStore(sql),
    checks: createConsistencyStore(sql),
    spreads: createFeatureSpreads(sql),
    profiles: createSourceProfiles(sql),
    consistency: createConsistencyStore(sql),
    models: createModelRegistry(sql),
    trials: createTrialStore(sql),
    watches: createModelWatchStore(sql),
    ...decisionStores(sql, decisions, limits),
    checkpoints: createCheckpointStore(sql),
    retention: createLogRetention(sql),
    naming: createLogNaming(sql),
    plans: createPlanStore(sql),
    budgets: {
      ...createBudgetBook(sql),
      terms: createBudgetBook(owner).terms,
    },
    changes: createChangeJournal(sql),
    erasures: createErasureStore(sql),
    leases: createLeaseStore(owner),
    jobs: createJobQueue(owner),
    quota: createQuotaStore(owner),
    rollouts: createRolloutStore(sql),
    modelTrials: createModelTrialStore(sql),
    agree: (name, setting) => agree(owner, name, setting),
  };
}

/** What decisions wait for. */
function decisionStores(
  sql: Sql,
  decisions: Sql,
  limits: LimitCountsOptions,
) {
  const owner = ownerOf(decisions);
  const { everyPointer, load, findAltered } = createGovernanceStore(decisions);
  return {
    // What is in force is asked for so often that a wait for it must be short.
    governance: {
      ...createGovernanceStore(sql),
      ...{ everyPointer, load, findAltered },
    },
    log: {
      ...createDecisionLog(sql),
      append: createDecisionLog(owner).append,
    },
    idempotency: createIdempotencyStore(decisions),
    effects: createKeyedEffects(decisions),
    policies: createPolicyArchive(owner),
    keys: createKeyStore(decisions),
    dataKeys: createDataKeyStore(owner),
    limits: createLimitCounts(owner, limits),
    allowances: createAllowanceBook(owner),
  };
}

async function agree(
  owner: Sql,
  name: string,
  setting: string,
): Promise<string> {
  const [row] = await owner.query<{ setting: string }>(AGREE, [name, setting]);
  return row?.setting ?? setting;
}

const AGREE = `
  insert into shared_setting as s (name, setting) values ($1, $2)
  on conflict (name) do update set setting = s.setting
  returning setting`;

/** Dependencies that are not asked for now, as parts of the health. */
function openBreakers(guards: Guards): Record<string, string> {
  return Object.fromEntries(
    guards.states().flatMap(({ dependency, state }) =>
      state === "closed"
        ? []
        : [[`breaker:${dependency}`, "is not asked, as it did not answer"]]
    ),
  );
}

async function openSql(
  databaseUrl: string | null,
  dataFolder: string,
  opening: AsyncDisposableStack,
): Promise<Sql & Partial<PostgresSql>> {
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
