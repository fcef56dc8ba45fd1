/**
 * Budgets that bids spend, by the clock of the database, whatever the clocks of the
 * nodes say.
 *
 * A change is read, made and then written if terms and account are still as they were
 * read, else made again: a process that stalls or dies in its midst holds up nobody.
 *
 * @module
 */
import type { BudgetTerms } from "../domain/budget.ts";
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type {
  BudgetAccount,
  BudgetBook,
  BudgetChanged,
  KeptBudget,
} from "../ports/budgets.ts";
import { withKey } from "./keyed_effects.ts";
import type { Sql } from "./sql.ts";

/** How a database is waited for. */
export interface BudgetBookOptions {
  /** Longest that a change may take in all, milliseconds. */
  readonly limitMs?: number;
}

interface Row {
  readonly terms: BudgetTerms;
  readonly account: BudgetAccount | null;
  readonly createdAt: Instant;
}

interface Read extends Row {
  readonly changes: bigint;
  readonly now: number;
}

/** A lease outlasts it: a node that cannot renew knows before it ends. */
const LIMIT_MS = 15_000;
/** Before a change is made again: processes do not keep in step. */
const MOST_PAUSE_MS = 3;

/** Keeps budgets in a database. */
export function createBudgetBook(
  sql: Sql,
  { limitMs = LIMIT_MS }: BudgetBookOptions = {},
): BudgetBook {
  return {
    create: async (tenant, terms) => {
      const made = await withKey(sql, CREATE, [
        tenant,
        terms.id,
        JSON.stringify(terms),
      ]);
      return made.length > 0;
    },
    find: async (tenant, id) => {
      const [row] = await sql.query<Row>(FIND, [tenant, id]);
      return row ? keptBudget(row) : null;
    },
    list: async (tenant) =>
      (await sql.query<Row>(LIST, [tenant])).map(keptBudget),
    terms: () => within(limitMs, () => sql.query(TERMS)),
    change: (tenant, id, apply) =>
      within(limitMs, async (isLate) => {
        while (true) {
          const [read] = await sql.query<Read>(READ, [tenant, id]);
          if (read === undefined) throw unknown(id);
          if (isLate()) throw unanswered(limitMs);
          const changed = apply(keptBudget(read), read.now);
          if (await write(sql, { tenant, read }, changed)) {
            return changed.answer;
          }
          await pause(Math.random() * MOST_PAUSE_MS);
        }
      }),
  };
}

function keptBudget({ terms, account, createdAt }: Row): KeptBudget {
  return { terms, account, createdAt };
}

/** Whether it could be written: whether nobody else had changed anything since. */
async function write<A>(
  sql: Sql,
  { tenant, read }: { readonly tenant: string; readonly read: Read },
  { terms = read.terms, kept }: BudgetChanged<A>,
): Promise<boolean> {
  if (terms === read.terms && kept === read.account) return true;
  const written = await withKey(sql, WRITE, [
    tenant,
    read.terms.id,
    read.changes,
    JSON.stringify(terms),
    kept === null ? null : JSON.stringify(kept),
  ]);
  return written.length > 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** A server that is stopped or cut off answers nothing, and no error either. */
async function within<T>(
  limitMs: number,
  work: (isLate: () => boolean) => Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reject(unanswered(limitMs));
  }, limitMs);
  return await Promise.race([work(() => isLate), late])
    .finally(() => clearTimeout(timer));
}

function unanswered(limitMs: number): EngineError {
  return new EngineError(
    "store_unavailable",
    `Cannot use the database: it does not answer within ${limitMs} ms`,
  );
}

function unknown(id: string): EngineError {
  return new EngineError(
    "not_found",
    `Cannot find budget "${id}": the tenant has none by that name`,
    { facts: { budget: id } },
  );
}

const CREATE = `
  insert into paced_budget (tenant, id, terms, changes, created_at)
  values ($1, $2, $3::json, 0, statement_timestamp())
  on conflict (tenant, id) do nothing
  returning id`;

const FIND = `
  select terms, account, created_at as "createdAt" from paced_budget
  where tenant = $1 and id = $2`;

const LIST = `
  select terms, account, created_at as "createdAt" from paced_budget
  where tenant = $1 order by created_at, id`;

const TERMS = `
  select tenant, terms from paced_budget order by created_at, tenant, id`;

const READ = `
  select terms, account, created_at as "createdAt", changes,
    floor(extract(epoch from statement_timestamp()) * 1000)::float8 as now
  from paced_budget where tenant = $1 and id = $2`;

const WRITE = `
  update paced_budget
  set terms = $4::json, account = $5::json, changes = changes + 1
  where tenant = $1 and id = $2 and changes = $3::int8
  returning id`;
