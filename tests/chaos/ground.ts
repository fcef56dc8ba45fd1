/**
 * What is disturbed: two engines as an operator runs them, on one Postgres and one NATS,
 * each on small disks of its own where that is asked for.
 *
 * @module
 */
import { createDataKeys } from "../../core/encryption/data_keys.ts";
import { parseMasterKeys } from "../../core/encryption/master_key.ts";
import { sealLog } from "../../core/encryption/seal_log.ts";
import type { DecisionLog } from "../../core/ports/decisions.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createDataKeyStore } from "../../core/store/encryption/data_keys.ts";
import { createDecisionLog } from "../../core/store/log/decision_log.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { type Served, serveMoe } from "../operations/served.ts";
import { type NatsServer, startNats } from "../servers/nats.ts";
import { type PostgresServer, startPostgres } from "../servers/postgres.ts";
import { openDisk, type SmallDisk } from "../servers/small_disk.ts";
import { fillCompanies, type Tenant } from "./company.ts";
import type { ReadLog } from "./judge.ts";
import type { Target } from "./load.ts";
import type { Stop } from "./switches.ts";

/** Where decisions are made durable, as engines are told. */
export type LogWrites = "postgres" | "fallback" | "spool";

/** What is disturbed. */
export interface Ground extends Target {
  readonly writes: LogWrites;
  readonly postgres: PostgresServer;
  /** What was stopped by hand so far; added to. */
  readonly stops: Stop[];
  readonly nats: NatsServer;
  /** The disk that Postgres keeps its data on. */
  readonly disk: SmallDisk;
  /** The disk that the first engine keeps its data on. */
  readonly engineDisk: SmallDisk;
  /** Runs a statement while Postgres is up, past every wall. */
  owner(text: string, params?: readonly (string | number)[]): Promise<void>;
  /** Reads with a connection of its own. */
  reading<T>(read: (sql: Sql) => Promise<T>): Promise<T>;
  /** Reads the log with a connection, and keys, of its own. */
  readingLog<T>(read: (log: ReadLog) => Promise<T>): Promise<T>;
  /** Ends an engine at once. */
  kill9(engine: number): Promise<void>;
  /** Starts it again on what it left. */
  restart(engine: number): Promise<void>;
  /** Sets an engine's wall clock apart from the true one. */
  setClock(engine: number, apartSeconds: number): Promise<void>;
  /** Asks an engine for something other than a decision. */
  call(asked: Call): Promise<Response>;
  /** Stops everything; the engines' exit codes, null for one that had ended. */
  close(): Promise<readonly (number | null)[]>;
}

/** Something that an engine is asked for. */
export interface Call {
  readonly engine: number;
  readonly tenant: Tenant;
  /** Method and path, such as `GET /readyz`. */
  readonly line: string;
  readonly body?: unknown;
  /** Its Idempotency-Key; none unless given. */
  readonly key?: string;
}

/** Deadline of decisions: longer than a busy machine takes, shorter than outages last. */
const DEADLINE_MS = 1500;
/** Room for Postgres' own files, with segments of the log of 1 MB. */
const POSTGRES_KB = 200_000;
const ENGINE_KB = 1536;
const ENGINES = [0, 1];
const MASTER_KEY = "7e57".repeat(16);

/** Sets the wall clock of a process; of Debian's package `libfaketime`. */
const CLOCK_LIBRARY =
  `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketime.so.1`;

/**
 * Opens it.
 *
 * @param isSealed Whether there is a master key, so that what is kept is sealed.
 */
export async function openGround(
  writes: LogWrites,
  isSealed: boolean,
): Promise<Ground> {
  const disk = await openDisk(POSTGRES_KB);
  const engineDisk = await openDisk(ENGINE_KB);
  const postgres = await startPostgres({
    ...{ on: disk.folder, options: ["--wal-segsize=1"] },
  });
  const nats = await startNats();
  const folder = await Deno.makeTempDir({ prefix: "chaos_" });
  const master = isSealed ? await writeMasterKey(folder) : {};
  const envOf = (engine: number) => ({
    ...{ DATABASE_URL: postgres.url, NATS_URL: nats.url },
    ...{ MOE_IDENTITY_KEY: "5a".repeat(32), MOE_LOG_WRITES: writes },
    ...{ MOE_DEADLINE_MS: `${DEADLINE_MS}`, MOE_MATERIALIZE_MINUTES: "0" },
    ...{ MOE_POLICIES: `${folder}/policies`, MOE_SPOOL_MAX_MB: "64" },
    ...master,
    MOE_DATA: engine === 0 ? engineDisk.folder : `${folder}/${engine}`,
    ...clockOf(folder, engine),
  });
  const keys = await fillCompanies({ ...envOf(1), MOE_DATA: `${folder}/fill` });
  await Promise.all(ENGINES.map((engine) => setClock(folder, engine, 0)));
  const serve = (engine: number) => serveMoe(envOf(engine));
  const served = await Promise.all(ENGINES.map(serve));
  const reading = readingOf(postgres.url);
  const url = (engine: number) => served[engine]?.url ?? "";
  return {
    ...{ writes, postgres, nats, disk, engineDisk, keys, url, reading },
    readingLog: (read) =>
      reading((sql) => read({ log: logOf(sql, isSealed), isSealed })),
    ...{ engines: ENGINES.length, stops: [] },
    owner: (text, params = []) =>
      reading(async (sql) => void await sql.query(text, params)),
    kill9: async (engine) => await served[engine]?.kill9(),
    async restart(engine) {
      served[engine] = await serve(engine);
    },
    setClock: (engine, seconds) => setClock(folder, engine, seconds),
    call: (asked) => call({ url, keys }, asked),
    close: async () => {
      const codes = await Promise.all(served.map(stopOrEnded));
      await nats.stop();
      await postgres.stop();
      for (const one of [disk, engineDisk]) await one.unmount();
      await Deno.remove(folder, { recursive: true });
      return codes;
    },
  };
}

async function writeMasterKey(
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const file = `${folder}/master.key`;
  await Deno.writeTextFile(file, MASTER_KEY, { mode: 0o600 });
  return { MOE_MASTER_KEY_FILE: file };
}

function stopOrEnded(served: Served): Promise<number | null> {
  return served.stop().catch(() => null);
}

function readingOf(url: string): Ground["reading"] {
  return async (read) => {
    const sql = openPostgres(url);
    try {
      return await read(sql);
    } finally {
      await sql.close();
    }
  };
}

function logOf(sql: Sql, isSealed: boolean): DecisionLog {
  const log = createDecisionLog(sql);
  if (!isSealed) return log;
  return sealLog(
    log,
    createDataKeys({
      store: createDataKeyStore(sql),
      master: parseMasterKeys(MASTER_KEY, "the test"),
      clock: systemClock,
    }),
  );
}

async function call(
  { url, keys }: Pick<Target, "url" | "keys">,
  { engine, tenant, line, body, key }: Call,
): Promise<Response> {
  const [method = "GET", path = "/"] = line.split(" ");
  return await fetch(`${url(engine)}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys[tenant]}`,
      ...body !== undefined && { "content-type": "application/json" },
      ...key !== undefined && { "idempotency-key": key },
    },
    ...body !== undefined && { body: JSON.stringify(body) },
  });
}

/** Only the last engine's clock is set; what measures durations goes on by itself. */
function clockOf(
  folder: string,
  engine: number,
): Readonly<Record<string, string>> {
  if (engine !== ENGINES.at(-1) || !hasClock()) return {};
  return {
    LD_PRELOAD: CLOCK_LIBRARY,
    FAKETIME_TIMESTAMP_FILE: clockFile(folder, engine),
    ...{ FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" },
  };
}

/** Whether the clock of an engine can be set here. */
export function hasClock(): boolean {
  try {
    return Deno.statSync(CLOCK_LIBRARY).isFile;
  } catch {
    return false;
  }
}

async function setClock(
  folder: string,
  engine: number,
  seconds: number,
): Promise<void> {
  const sign = seconds < 0 ? "-" : "+";
  const file = clockFile(folder, engine);
  await Deno.writeTextFile(`${file}.new`, `${sign}${Math.abs(seconds)}s`);
  await Deno.rename(`${file}.new`, file);
}

function clockFile(folder: string, engine: number): string {
  return `${folder}/clock_${engine}`;
}
