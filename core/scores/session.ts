/**
 * Loaded models, each once for all who ask. A few rows are scored here at once; many go
 * to workers, because ONNX Runtime holds the thread that it runs on. Both give the same
 * numbers (see `runtime.ts`).
 *
 * Measured with 30 columns: a row takes 4 to 16 µs here, 32 rows of 300 trees 0.1 ms, 100
 * rows 0.9 ms; a worker adds 0.03 to 0.3 ms. Loading a model holds the thread for 2 to
 * 25 ms, once.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../domain/encoding.ts";
import { MOST_FOREIGN_BYTES, OWN_PORTS } from "../domain/model_ports.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import { withCompiledRows } from "./compiled_rows.ts";
import {
  createScorePool,
  type PooledModel,
  type ScorePool,
} from "./score_pool.ts";
import {
  type EncodedRows,
  type FewRows,
  type Runtime,
  startRuntime,
} from "./runtime.ts";

/** Rows that are scored here: 0.1 ms at most for the models that marketing trains. */
const ROWS_HERE = 32;
/** Rows encoded here and scored by a worker at a time: neither holds anybody up for long. */
const CHUNK_ROWS = 1000;

/** What the cache may hold. */
export interface SessionLimits {
  readonly sessions: number;
  /** Sum of the artifacts' sizes; loaded, trees take some thirteen times their own. */
  readonly bytes: number;
}

/** Champion, the one before it, challenger and shadow stay, however large. */
const LIMITS: SessionLimits = { sessions: 32, bytes: 4 * MOST_FOREIGN_BYTES };

/** One score for each row, shape [rows]. */
export type RowScores = Float64Array | readonly number[];

/** Scores rows. */
export interface Session {
  /** One score for each row; at hand where few rows are scored at once. */
  run(rows: readonly EncodingRow[]): Soon<RowScores>;
  /** As `run`, in a worker however few they are. */
  runAside(rows: readonly EncodingRow[]): Promise<Float64Array>;
}

/** Sessions by the hash of their artifact. */
export interface SessionCache {
  /** Opens a session, or finds it open. */
  open(
    hash: string,
    schema: InputSchema,
    load: () => Promise<Uint8Array>,
  ): Promise<Session>;
  close(): Promise<void>;
}

/** Starts an empty cache. */
export function createSessionCache(
  limits: SessionLimits = LIMITS,
  pool: ScorePool = createScorePool(),
): SessionCache {
  const leases = createLeases(limits);
  return {
    open: async (hash, schema, load) => {
      const { ports = OWN_PORTS } = schema;
      const key = schema.ports ? `${hash} ${digest(ports)}` : hash;
      const model: PooledModel = { key, ports, load };
      const width = columnNames(schema).length;
      const row = new Float32Array(width);
      await leases.open(model);
      return {
        runAside: (rows) => runAside(pool, model, { schema, width, rows }),
        run: (rows) => {
          if (rows.length > ROWS_HERE) {
            return runAside(pool, model, { schema, width, rows });
          }
          if (rows.length === 0) return [];
          return leases.use(
            model,
            ({ few, run }) =>
              few !== undefined && rows.length <= few.most
                ? scoreEach(few, { schema, rows }, row)
                : run(encodeRows({ schema, width, rows })),
          );
        },
      };
    },
    close: async () => {
      await Promise.all([pool.close(), leases.close()]);
    },
  };
}

async function runAside(
  pool: ScorePool,
  model: PooledModel,
  { rows, ...columns }: ToEncode,
): Promise<Float64Array> {
  const scores = new Float64Array(rows.length);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const chunk = encodeRows({
      ...columns,
      rows: rows.slice(from, from + CHUNK_ROWS),
    });
    scores.set(await pool.run(model, chunk), from);
  }
  return scores;
}

/** Rows, and the number of columns that they are encoded in. */
interface ToEncode {
  readonly schema: InputSchema;
  readonly width: number;
  readonly rows: readonly EncodingRow[];
}

/** Scores one row after the other, each encoded into the same columns. */
function scoreEach(
  few: FewRows,
  { schema, rows }: Omit<ToEncode, "width">,
  columns: Float32Array,
): readonly number[] {
  return rows.map((row) => {
    encode(schema, row, columns);
    return few.score(columns);
  });
}

function encodeRows({ schema, width, rows }: ToEncode): EncodedRows {
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, place) => {
    encode(schema, row, data.subarray(place * width, (place + 1) * width));
  });
  return { data, rows: rows.length };
}

/** Models loaded here; the one used longest ago gives way, when its last user is done. */
function createLeases(limits: SessionLimits) {
  const opened = new Map<string, Soon<Lease>>();
  let closed = false;
  let latest: string | null = null;
  function opening({ key, ports, load }: PooledModel): Soon<Lease> {
    if (closed) throw new TypeError("Cannot open a session: scores are closed");
    const known = opened.get(key);
    if (known !== undefined && key === latest) return known;
    latest = key;
    if (known !== undefined) {
      opened.delete(key);
      opened.set(key, known);
      return known;
    }
    const made = load().then(async (onnx) => {
      const runtime = await startRuntime(onnx, ports);
      return lend(
        await withCompiledRows(runtime, { onnx, ports }),
        onnx.length,
      );
    });
    opened.set(key, made);
    const isStill = () => opened.get(key) === made;
    made.then((lease) => {
      if (isStill()) opened.set(key, lease);
      return evict(opened, limits);
    }, () => void (isStill() && opened.delete(key)));
    return made;
  }
  function use<T>(
    model: PooledModel,
    work: (runtime: Runtime) => Soon<T>,
  ): Soon<T> {
    return whenThere(
      opening(model),
      (lease) => lease.ended ? use(model, work) : lease.use(work),
    );
  }
  return {
    open: async (model: PooledModel) => void await opening(model),
    use,
    close: async () => {
      closed = true;
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async (lease) => (await lease).end()));
    },
  };
}

async function evict(
  opened: Map<string, Soon<Lease>>,
  { sessions, bytes }: SessionLimits,
): Promise<void> {
  const leases = await Promise.allSettled(opened.values());
  let held = leases.reduce(
    (sum, lease) =>
      sum + (lease.status === "fulfilled" ? lease.value.bytes : 0),
    0,
  );
  for (const [key, opening] of opened) {
    const over = opened.size > sessions || held > bytes;
    if (!over || opened.size === 1) return;
    opened.delete(key);
    const lease = await Promise.resolve(opening).catch(() => null);
    held -= lease?.bytes ?? 0;
    await lease?.end();
  }
}

/** A model that is released when it was ended and nobody uses it any more. */
interface Lease {
  readonly bytes: number;
  /** Whether it is released, or will be when the last user is done. */
  readonly ended: boolean;
  use<T>(work: (runtime: Runtime) => Soon<T>): Soon<T>;
  end(): Promise<void>;
}

function lend(runtime: Runtime, bytes: number): Lease {
  let users = 0;
  let ended = false;
  const releaseIfIdle = async () => {
    if (ended && users === 0) await runtime.release();
  };
  return {
    bytes,
    get ended() {
      return ended;
    },
    use: (work) => {
      const working = work(runtime);
      if (!(working instanceof Promise)) return working;
      users++;
      return working.finally(() => {
        users--;
        return releaseIfIdle();
      });
    },
    end: async () => {
      if (ended) return;
      ended = true;
      await releaseIfIdle();
    },
  };
}
