/**
 * The one way to Postgres: parameterised queries and transactions.
 *
 * Whatever a driver throws leaves as `store_unavailable`, without the statement
 * and its parameters; the original is its `cause`, for the log alone.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { EngineError } from "../domain/error.ts";
import type { Param } from "./codec.ts";
import { behindWall } from "./wall/behind_wall.ts";

/** A row by column name; the values are as in `codec.ts`. */
export type Row = Record<string, unknown>;

/** Where statements run: a pool, or one open transaction. */
export interface Session {
  query<R = Row>(text: string, params?: readonly Param[]): Promise<R[]>;
  /** As `query`, each row as an array in column order. */
  values(text: string, params?: readonly Param[]): Promise<unknown[][]>;
}

/** One open transaction. */
export interface Transaction extends Session {
  /** Adds rows in bulk: `table (columns)`, and rows in Postgres' text format. */
  copy(into: string, rows: string): Promise<void>;
}

/** A database. */
export interface Sql extends Session {
  /** Whether it is inside the process: while it runs one statement, nobody else is answered. */
  readonly embedded: boolean;
  /** Commits when `work` resolves, rolls back when it throws. Transactions do not nest. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a driver brings; it throws whatever it likes. */
export interface Driver {
  readonly embedded: boolean;
  run(text: string, params: readonly Param[], mode: RowMode): Promise<unknown>;
  transaction<T>(
    work: (run: Driver["run"], copy: CopyRows) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Adds rows in bulk within the transaction that it was given for. */
export type CopyRows = (into: string, rows: string) => Promise<void>;

/** Rows as objects or as arrays. */
export type RowMode = "object" | "array";

/**
 * Makes a database of a driver.
 *
 * @throws {TypeError} From `query` and `transaction`, inside a transaction of the
 * same database: a second connection would deadlock on PGlite.
 */
export function createSql(given: Driver): Sql {
  const driver = behindWall(given);
  const open = new AsyncLocalStorage<true>();
  function outside() {
    if (open.getStore()) {
      throw new TypeError(
        "Cannot leave an open transaction: run the query on the transaction itself",
      );
    }
  }
  return {
    ...createSession((text, params, mode) => {
      outside();
      return driver.run(text, params, mode);
    }),
    transaction: (work) => {
      outside();
      return wrapped(() =>
        driver.transaction((run, copy) =>
          open.run(true, work, {
            ...createSession(run),
            copy: (into, rows) => wrapped(() => copy(into, rows)),
          })
        )
      );
    },
    embedded: driver.embedded,
    close: () => wrapped(() => driver.close()),
  };
}

function createSession(run: Driver["run"]): Session {
  return {
    query: <R>(text: string, params: readonly Param[] = []) =>
      wrapped(() => run(text, params, "object")) as Promise<R[]>,
    values: (text, params = []) =>
      wrapped(() => run(text, params, "array")) as Promise<unknown[][]>,
  };
}

async function wrapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw isDriverError(cause) ? storeUnavailable(cause) : cause;
  }
}

/** Drivers throw errors with a `code`; EngineErrors and slips in our own code pass. */
function isDriverError(cause: unknown): cause is Error & { code: string } {
  return cause instanceof Error && !(cause instanceof EngineError) &&
    "code" in cause;
}

function storeUnavailable(cause: Error & { code: string }): EngineError {
  const { code } = cause;
  const reason = /^(?=.*\d)[0-9A-Z]{5}$/.test(code)
    ? "it refused the statement"
    : "it does not answer";
  return new EngineError(
    "store_unavailable",
    `Cannot use the database: ${reason} (${code})`,
    { facts: { cause: code }, cause },
  );
}
