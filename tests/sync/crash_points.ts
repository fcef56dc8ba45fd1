/**
 * A process that dies at a chosen await: every call over HTTP, every statement,
 * every begin and commit is a numbered point. From there on it gets nothing done any
 * more, and the database rolls back what it had open, as it does when a connection
 * breaks.
 *
 * @module
 */
import type { Param } from "../../core/store/codec.ts";
import type { Session, Sql, Transaction } from "../../core/store/sql.ts";

/** The process is dead. */
export class Crash extends Error {}

/** A process that may die. */
export interface Mortal {
  /** Points passed so far, the deadly one included. */
  readonly points: number;
  /** Transactions that the database committed. */
  readonly commits: number;
  readonly dead: boolean;
  sql(sql: Sql): Sql;
  fetch(
    answer: (request: Request) => Promise<Response>,
  ): (request: Request) => Promise<Response>;
}

/**
 * Makes a process that dies at a point.
 *
 * @param deadly Number of the point, from 1; Infinity for none.
 * @param committed Is awaited after each commit.
 * @returns The process.
 */
export function dieAt(
  deadly: number,
  committed: () => Promise<void> = () => Promise.resolve(),
): Mortal {
  const state = { points: 0, commits: 0, dead: false };
  function point(): void {
    if (!state.dead && ++state.points === deadly) state.dead = true;
    if (state.dead) throw new Crash("The process is dead");
  }
  /** Dies before it is done, or after, when nobody is told any more. */
  async function around<T>(act: () => Promise<T>): Promise<T> {
    point();
    const result = await act();
    point();
    return result;
  }
  return {
    get points() {
      return state.points;
    },
    get commits() {
      return state.commits;
    },
    get dead() {
      return state.dead;
    },
    fetch: (answer) => (request) => around(() => answer(request)),
    sql: (sql) => ({
      embedded: sql.embedded,
      ...session(sql, around),
      transaction: (work) =>
        around(async () => {
          const result = await sql.transaction(async (tx) => {
            const result = await work(inside(tx, point));
            point();
            return result;
          });
          state.commits++;
          await committed();
          return result;
        }),
      close: () => sql.close(),
    }),
  };
}

function session(
  { query, values }: Session,
  around: <T>(act: () => Promise<T>) => Promise<T>,
): Session {
  return {
    query: <R>(text: string, params?: readonly Param[]) =>
      around(() => query<R>(text, params)),
    values: (text, params) => around(() => values(text, params)),
  };
}

/** What a statement of an open transaction did is known to nobody else: one point each. */
function inside(tx: Transaction, point: () => void): Transaction {
  async function before<T>(act: () => Promise<T>): Promise<T> {
    point();
    return await act();
  }
  return {
    ...session(tx, before),
    copy: (into, rows) => before(() => tx.copy(into, rows)),
  };
}
