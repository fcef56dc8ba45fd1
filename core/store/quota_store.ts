/**
 * Budgets of the vendors' quotas, by the clock of the database, whatever the clocks of
 * the nodes say. While that one is set back, calls wait for as much longer.
 *
 * A change is read, made and then written if the connector's budgets are still as they
 * were read, else made again: a process that stalls or dies in its midst holds up
 * nobody.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { BudgetChange, BudgetState, QuotaStore } from "../ports/quota.ts";
import type { Sql } from "./sql.ts";

/** How a database is waited for. */
export interface QuotaStoreOptions {
  /** Longest that a change may take in all, milliseconds. */
  readonly limitMs?: number;
}

/** What was read, and the connector's changes by then. */
interface Known {
  readonly budgets: ReadonlyMap<string, BudgetState>;
  readonly changes: bigint;
  readonly now: number;
}

/** As long as a call waits for its turn. */
const LIMIT_MS = 120_000;
/** Before a change is made again: processes do not keep in step. */
const MOST_PAUSE_MS = 3;
/** Changes from one removal of idle budgets to the next, and how many it removes. */
const SWEEP_EVERY = 500;
const SWEPT = 1000;

/** Keeps budgets in a database. */
export function createQuotaStore(
  sql: Sql,
  { limitMs = LIMIT_MS }: QuotaStoreOptions = {},
): QuotaStore {
  let asked = 0;
  return {
    change: (connector, names, apply) =>
      within(limitMs, async () => {
        if (asked++ % SWEEP_EVERY === 0) await sql.query(SWEEP);
        while (true) {
          const known = await read(sql, connector, names);
          const change = apply(known.budgets, known.now);
          if (await write(sql, connector, { known, change })) return change;
          await pause(Math.random() * MOST_PAUSE_MS);
        }
      }),
  };
}

async function read(
  sql: Sql,
  connector: string,
  names: readonly string[],
): Promise<Known> {
  const rows = await sql.query<{
    name: string;
    state: BudgetState | null;
    changes: bigint;
    now: number;
  }>(READ, [connector, names]);
  const budgets = rows.flatMap(({ name, state }) =>
    state === null ? [] : [[name, state] as const]
  );
  const [{ changes, now } = { changes: 0n, now: 0 }] = rows;
  return { budgets: new Map(budgets), changes, now };
}

/** Whether it could be written: whether nobody else had changed anything since. */
async function write(
  sql: Sql,
  connector: string,
  { known: { budgets, changes }, change: { kept } }: {
    readonly known: Known;
    readonly change: BudgetChange;
  },
): Promise<boolean> {
  const gone = [...budgets.keys()].filter((name) => !kept.has(name));
  const changed = [...kept]
    .filter(([name, budget]) => budgets.get(name) !== budget);
  if (gone.length + changed.length === 0) return true;
  const written = await sql.query(WRITE, [
    connector,
    changes,
    gone,
    changed.map(([name]) => name),
    changed.map(([, budget]) => JSON.stringify(budget)),
    changed.map(([, { idleAt }]) => idleAt),
  ]);
  return written.length > 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** A server that is stopped or cut off answers nothing, and no error either. */
async function within<T>(
  limitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(unanswered(limitMs)), limitMs);
  return await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

function unanswered(limitMs: number): EngineError {
  return new EngineError(
    "store_unavailable",
    `Cannot use the database: it does not answer within ${limitMs} ms`,
  );
}

const READ = `
  select n.name, b.state, coalesce(c.changes, 0) as changes,
    floor(extract(epoch from statement_timestamp()) * 1000)::float8 as now
  from unnest($2::text[]) as n (name)
  left join quota_change c on c.connector = $1
  left join quota_budget b on b.connector = $1 and b.name = n.name`;

const WRITE = `
  with turn as (
    insert into quota_change as c (connector, changes) values ($1, $2::int8 + 1)
    on conflict (connector) do update set changes = excluded.changes
    where c.changes = $2::int8
    returning connector
  ), gone as (
    delete from quota_budget b using turn
    where b.connector = turn.connector and b.name = any($3::text[])
  ), kept as (
    insert into quota_budget (connector, name, state, idle_at)
    select turn.connector, name, state::json, to_timestamp(idle_ms / 1000)
    from turn,
      unnest($4::text[], $5::text[], $6::float8[]) as k (name, state, idle_ms)
    on conflict (connector, name) do update set
      state = excluded.state, idle_at = excluded.idle_at
  )
  select connector from turn`;

const SWEEP = `
  delete from quota_budget
  where (connector, name) in (
    select connector, name from quota_budget where idle_at < now()
    limit ${SWEPT} for update skip locked
  )`;
