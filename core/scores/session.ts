/**
 * ONNX Runtime sessions: loaded once for each artifact, few at a time, disposed of
 * when they give way or at the end.
 *
 * `run` is async by name only and holds the event loop, so rows go in chunks, with
 * a turn of the loop between them.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../domain/encoding.ts";

const MAX_SESSIONS = 32;
const CHUNK_ROWS = 1000;
const INPUT = "features";
const OUTPUT = "score";

/** Scores encoded rows. */
export interface Session {
  /** One score for each row, shape [rows]. */
  run(rows: readonly EncodingRow[]): Promise<Float64Array>;
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
export function createSessionCache(limit = MAX_SESSIONS): SessionCache {
  const opened = new Map<string, Promise<Lease>>();
  let closed = false;
  function opening(hash: string, load: () => Promise<Uint8Array>) {
    if (closed) throw new TypeError("Cannot open a session: scores are closed");
    const known = opened.get(hash);
    if (known) {
      opened.delete(hash);
      opened.set(hash, known);
      return known;
    }
    const made = load().then(startSession);
    opened.set(hash, made);
    made.catch(() => {
      if (opened.get(hash) === made) opened.delete(hash);
    });
    evict(opened, limit);
    return made;
  }
  return {
    open: async (hash, schema, load) => {
      await opening(hash, load);
      const run = async (rows: readonly EncodingRow[]) => {
        let lease = await opening(hash, load);
        while (lease.ended) lease = await opening(hash, load);
        return await lease.use((session) => score(session, schema, rows));
      };
      return { run };
    },
    close: async () => {
      closed = true;
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async (lease) => (await lease).end()));
    },
  };
}

function evict(opened: Map<string, Promise<Lease>>, limit: number): void {
  for (const [hash, lease] of opened) {
    if (opened.size <= limit) return;
    opened.delete(hash);
    lease.then((ended) => ended.end(), () => {});
  }
}

/** A session that is released when it was ended and nobody uses it any more. */
interface Lease {
  /** Whether it is released, or will be when the last user is done. */
  readonly ended: boolean;
  use<T>(work: (session: ort.InferenceSession) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

async function startSession(bytes: Uint8Array): Promise<Lease> {
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  if (
    !session.inputNames.includes(INPUT) || !session.outputNames.includes(OUTPUT)
  ) {
    await session.release();
    throw new TypeError(
      `Cannot serve ONNX model: it needs an input "${INPUT}" and an output "${OUTPUT}"`,
    );
  }
  let users = 0;
  let ended = false;
  const releaseIfIdle = async () => {
    if (ended && users === 0) await session.release();
  };
  return {
    get ended() {
      return ended;
    },
    use: async (work) => {
      users++;
      try {
        return await work(session);
      } finally {
        users--;
        await releaseIfIdle();
      }
    },
    end: async () => {
      if (ended) return;
      ended = true;
      await releaseIfIdle();
    },
  };
}

async function score(
  session: ort.InferenceSession,
  schema: InputSchema,
  rows: readonly EncodingRow[],
): Promise<Float64Array> {
  const width = columnNames(schema).length;
  const scores = new Float64Array(rows.length);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    if (from > 0) await new Promise((turn) => setTimeout(turn, 0));
    const chunk = rows.slice(from, from + CHUNK_ROWS);
    const data = encodeRows(schema, chunk, width);
    scores.set(await runOnce(session, data, [chunk.length, width]), from);
  }
  return scores;
}

function encodeRows(
  schema: InputSchema,
  rows: readonly EncodingRow[],
  width: number,
): Float32Array {
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, place) => {
    encode(schema, row, data.subarray(place * width, (place + 1) * width));
  });
  return data;
}

async function runOnce(
  session: ort.InferenceSession,
  data: Float32Array,
  shape: readonly [number, number],
): Promise<Float32Array> {
  const features = new ort.Tensor("float32", data, shape);
  const { [OUTPUT]: output } = await session.run({ [INPUT]: features });
  if (!(output?.data instanceof Float32Array)) {
    throw new TypeError(
      `Cannot read scores: the model gave no float "${OUTPUT}"`,
    );
  }
  return output.data;
}
