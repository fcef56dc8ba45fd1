/**
 * Postgres over the network, through postgres-js.
 *
 * @module
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import { DECODERS, encodeParam, type Param } from "./codec.ts";
import { openSockets } from "./postgres_socket.ts";
import {
  type CopyRows,
  createSql,
  type Driver,
  type RowMode,
  type Sql,
} from "./sql.ts";

/** How a pool is used, unless told otherwise. */
const POOL: PoolOptions = { pool: 8, statementMs: 300_000 };
const CONNECT_SECONDS = 10;
/** Pause before a lost connection is tried again; the driver's own grows to 20 s. */
const RECONNECT_SECONDS = 0.2;
/** So many times the server's own limit of a statement is waited for its answer. */
const SILENT = 2;
/** Statements still running get this long to finish. */
const CLOSE_SECONDS = 2;

/** How a pool is used. */
export interface PoolOptions {
  /** Connections at most. */
  readonly pool: number;
  /** After how long the server ends a statement, milliseconds; 0 for never. */
  readonly statementMs: number;
  /** Told when connections were silent, and others took their place. */
  readonly silent?: (() => void) | undefined;
}

/** A pool of connections to a server. */
export interface PostgresSql extends Sql {
  /** Gives its connections up, with what is under way, for others. */
  reconnect(): void;
}

/**
 * Opens a pool of connections; the first query connects.
 *
 * @throws {EngineError} `configuration_invalid` if the URL is none of Postgres.
 */
export function openPostgres(
  databaseUrl: string,
  { pool: most, statementMs, silent = () => {} }: PoolOptions = POOL,
): PostgresSql {
  if (!isPostgresUrl(databaseUrl)) {
    throw new EngineError(
      "configuration_invalid",
      "Cannot open the database: DATABASE_URL must have the form postgres://user:password@host:port/database",
    );
  }
  const pool = keepAlive(
    () =>
      postgres(databaseUrl, {
        ...{ socket: openSockets() },
        max: most,
        connect_timeout: CONNECT_SECONDS,
        backoff: () => RECONNECT_SECONDS,
        fetch_types: false,
        types: typesAsText(),
        onnotice: () => {},
        connection: {
          application_name: "marketing-optimization-engine",
          TimeZone: "UTC",
          DateStyle: "ISO",
          statement_timeout: statementMs,
        },
      }),
    { longestMs: statementMs === 0 ? Infinity : statementMs * SILENT, silent },
  );
  const sql = createSql({
    embedded: false,
    run: (...statement) => pool.within((now) => runOn(now)(...statement)),
    transaction: async <T>(
      work: (run: Driver["run"], copy: CopyRows) => Promise<T>,
    ) =>
      await pool.now().begin((tx) =>
        untilLost(
          tx,
          (run, copy) =>
            work((...statement) => pool.within(() => run(...statement)), copy),
        )
      ) as T,
    close: () => pool.now().end({ timeout: CLOSE_SECONDS }),
  });
  return { ...sql, reconnect: pool.reconnect };
}

/** A pool that is made anew when its connections are dead. */
interface KeptPool {
  now(): postgres.Sql;
  /** Waits for a statement, but not for an answer that cannot come any more. */
  within<T>(statement: (now: postgres.Sql) => Promise<T>): Promise<T>;
  reconnect(): void;
}

/**
 * Where a server or a network between is gone without a goodbye, connections are silent
 * for as long as TCP hopes, a quarter of an hour. A statement that is not answered long
 * after the server would have ended it tells of that.
 */
function keepAlive(
  open: () => postgres.Sql,
  { longestMs, silent }: {
    readonly longestMs: number;
    readonly silent: () => void;
  },
): KeptPool {
  const deadlines = openDeadlines();
  let pool = open();
  function reconnect(): void {
    pool.end({ timeout: 0 }).catch(() => {});
    pool = open();
  }
  return {
    now: () => pool,
    reconnect,
    within: (statement) => {
      const asked = pool;
      return deadlines.start(longestMs).within(statement(asked), () => {
        if (pool === asked) {
          reconnect();
          silent();
        }
        return Object.assign(new Error("The connection is silent"), {
          code: "CONNECTION_SILENT",
        });
      });
    },
  };
}

/**
 * Runs the work of a transaction. On a connection that is lost the driver would send
 * the rollback all the same, and end the process by that; so work that lost it never
 * ends, and the driver itself tells of the loss.
 */
async function untilLost<T>(
  tx: postgres.ISql,
  work: (run: Driver["run"], copy: CopyRows) => Promise<T>,
): Promise<T> {
  let lost: unknown = null;
  async function unlessLost<R>(act: () => Promise<R>): Promise<R> {
    if (lost !== null) throw lost;
    try {
      return await act();
    } catch (error) {
      if (isLoss(error)) lost = error;
      throw error;
    }
  }
  const run = runOn(tx);
  const copy = copyOn(tx);
  try {
    return await work(
      (...statement) => unlessLost(() => run(...statement)),
      (into, rows) => unlessLost(() => copy(into, rows)),
    );
  } catch (error) {
    if (lost === null) throw error;
    return await new Promise<never>(() => {});
  }
}

function isLoss(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" &&
    /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE$|ERR_STREAM)/.test(code);
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol);
}

function runOn(session: postgres.ISql): Driver["run"] {
  return async (text: string, params: readonly Param[], mode: RowMode) => {
    const query = session.unsafe(text, params.map(encodeParam), {
      prepare: true,
    });
    return [...mode === "array" ? await query.values() : await query];
  };
}

/** The driver tells a failure after the last row to its query alone, so that is asked. */
function copyOn(session: postgres.ISql): CopyRows {
  return async (into, rows) => {
    const query = session.unsafe(`copy ${into} from stdin`);
    const copy = await query.writable();
    const failed = new Promise<never>((_, reject) => {
      Object.assign(query, { reject });
    });
    // The driver's own sends one message more, which nobody waits for.
    copy._destroy = (error, done) => done(error);
    const written = pipeline(
      Readable.from([rows], { objectMode: false }),
      copy,
    );
    written.catch(() => {});
    await Promise.race([written, failed]);
  };
}

function typesAsText(): Record<string, postgres.PostgresType> {
  return Object.fromEntries(
    Object.entries(DECODERS).map(([type, parse]) => [
      `type_${type}`,
      {
        to: Number(type),
        from: [Number(type)],
        serialize: (text: string) => text,
        parse,
      },
    ]),
  );
}
