/**
 * Postgres inside the process: PGlite, in a worker, one statement at a time.
 *
 * PGlite knows no statement timeout, so a statement that runs too long ends the
 * worker; the next one starts another, which opens the same folder again. It is
 * safe against a killed process, not against power loss.
 *
 * @module
 */
import { encodeParam } from "./codec.ts";
import type { WorkerAnswer, WorkerRequest } from "./pglite_worker.ts";
import { type CopyRows, createSql, type Driver, type Sql } from "./sql.ts";

const STATEMENT_MS = 300_000;
/** A fresh folder takes seconds, on a busy machine many. */
const OPEN_MS = 300_000;

/** Failures after which the worker is of no more use. */
const ENDING: ReadonlySet<string> = new Set(["query_timeout", "worker_failed"]);

/** How to open an embedded database. */
export interface PgliteOptions {
  /** Folder of the database; null keeps it in memory. */
  readonly folder: string | null;
  /** Archive made by `dump`, to start from. */
  readonly template?: Uint8Array<ArrayBuffer>;
  /** Longest that a statement may run. */
  readonly statementMs?: number;
}

/** An embedded database. */
export interface Pglite extends Sql {
  /** Archives the data folder, for `template`. */
  dump(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens an embedded database; the caller holds the lock on its folder. */
export async function openPglite(options: PgliteOptions): Promise<Pglite> {
  const { folder, template = null, statementMs = STATEMENT_MS } = options;
  const queue = createQueue();
  let worker: Worker | null = null;
  let closed = false;

  async function ask(request: WorkerRequest): Promise<unknown> {
    if (closed) throw failure("The database is closed", "closed");
    try {
      worker ??= await startWorker({ kind: "open", folder, template });
      return await send(worker, request, statementMs);
    } catch (error) {
      if (ENDING.has((error as { code?: string }).code ?? "")) stop();
      throw error;
    }
  }
  function stop() {
    worker?.terminate();
    worker = null;
  }
  const run: Driver["run"] = (text, params, mode) =>
    ask({ kind: "run", text, params: params.map(encodeParam), mode });

  const copy: CopyRows = async (into, rows) => {
    await ask({ kind: "copy", into, rows });
  };

  await ask({ kind: "run", text: "select 1", params: [], mode: "array" });
  return {
    ...createSql({
      embedded: true,
      run: (...statement) => queue(() => run(...statement)),
      transaction: (work) => queue(() => inTransaction({ run, copy }, work)),
      close: () =>
        queue(async () => {
          if (worker !== null) await ask({ kind: "close" });
          closed = true;
          stop();
        }),
    }),
    dump: () =>
      queue(() => ask({ kind: "dump" })) as Promise<Uint8Array<ArrayBuffer>>,
  };
}

async function inTransaction<T>(
  { run, copy }: { readonly run: Driver["run"]; readonly copy: CopyRows },
  work: (run: Driver["run"], copy: CopyRows) => Promise<T>,
): Promise<T> {
  let failed: unknown = null;
  async function untilFailure<R>(act: () => Promise<R>): Promise<R> {
    if (failed !== null) throw failed;
    try {
      return await act();
    } catch (error) {
      failed = error;
      throw error;
    }
  }
  const runUntilFailure: Driver["run"] = (...statement) =>
    untilFailure(() => run(...statement));
  await run("begin", [], "array");
  try {
    const result = await work(
      runUntilFailure,
      (into, rows) => untilFailure(() => copy(into, rows)),
    );
    await runUntilFailure("commit", [], "array");
    return result;
  } catch (error) {
    await run("rollback", [], "array");
    throw error;
  }
}

/** Runs what it is given one after the other. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}

async function startWorker(open: WorkerRequest): Promise<Worker> {
  const worker = new Worker(new URL("./pglite_worker.ts", import.meta.url), {
    type: "module",
    name: "pglite",
  });
  try {
    await send(worker, open, OPEN_MS);
    return worker;
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function send(
  worker: Worker,
  request: WorkerRequest,
  timeoutMs: number,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const timer = setTimeout(
    () => reject(failure("The statement ran too long", "query_timeout")),
    timeoutMs,
  );
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    if ("result" in data) resolve(data.result);
    else reject(failure(data.error.message, data.error.code));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(failure(event.message, "worker_failed"));
  };
  worker.postMessage(request);
  return promise.finally(() => clearTimeout(timer));
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
