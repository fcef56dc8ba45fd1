/**
 * HTTP/1.1 requests over raw connections, light enough that the server and not the load
 * is what is measured: as fast as answers come, or at a fixed rate whatever comes.
 *
 * At a rate, a request's latency counts from the moment at which it was to be sent, so
 * that one slow answer is not told of once, but of all that had to wait for it.
 *
 * @see https://github.com/giltene/wrk2, read on 2026-11-26
 * @module
 */

/** What to send, and how hard. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bodies, sent in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly requests: number;
  /** Requests a second; as fast as answers come unless given. */
  readonly rate?: number;
}

/** What came back. */
export interface LoadResult {
  /** Requests a second. */
  readonly throughput: number;
  /** Latencies of all answers in milliseconds, ascending. */
  readonly latencies: Float64Array;
  /** Answers other than 200. */
  readonly failures: number;
  /** Each answer, in the order in which the requests were to be sent. */
  readonly answers: readonly LoadAnswer[];
}

/** One answer. */
export interface LoadAnswer {
  readonly status: number;
  /** Whether it says when to come again. */
  readonly isPutOff: boolean;
  /** From the moment at which the request was to be sent. */
  readonly latencyMs: number;
}

/**
 * Sends requests over some connections, each waiting for its answer.
 *
 * @param load What to send.
 * @returns Throughput and latencies.
 */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const requests = load.bodies.map((body) =>
    new TextEncoder().encode(printRequest(load, body))
  );
  const answers: LoadAnswer[] = new Array(load.requests);
  const connections = await connect(load);
  const started = performance.now();
  const turns = takeTurns(load, started);
  async function work(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let turn = await turns(); turn !== null; turn = await turns()) {
        await writeAll(
          connection,
          requests[turn.number % requests.length] ?? new Uint8Array(),
        );
        const answer = await readAnswer(connection, buffer);
        const latencyMs = performance.now() - turn.dueMs;
        answers[turn.number] = { ...answer, latencyMs };
      }
    } finally {
      connection.close();
    }
  }
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - started) / 1000;
  return {
    throughput: load.requests / seconds,
    latencies: latenciesOf(answers),
    failures: answers.filter(({ status }) => status !== 200).length,
    answers,
  };
}

/** Before anything is due: to connect takes longer than to answer. */
async function connect(
  { port, connections }: Load,
): Promise<readonly Deno.Conn[]> {
  const made: Deno.TcpConn[] = [];
  for (let count = 0; count < connections; count++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    made.push(connection);
  }
  return made;
}

/**
 * Sorts how long answers took.
 *
 * @returns Milliseconds, ascending.
 */
export function latenciesOf(answers: readonly LoadAnswer[]): Float64Array {
  return Float64Array.from(answers, ({ latencyMs }) => latencyMs).sort();
}

interface Turn {
  readonly number: number;
  /** When it was to be sent. */
  readonly dueMs: number;
}

/** Hands out the turns in order, at a rate not before they are due; null after the last. */
function takeTurns(
  { requests, rate }: Load,
  startedMs: number,
): () => Promise<Turn | null> {
  let next = 0;
  return async () => {
    if (next >= requests) return null;
    const number = next++;
    if (rate === undefined) return { number, dueMs: performance.now() };
    const dueMs = startedMs + number * 1000 / rate;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await new Promise((wake) => setTimeout(wake, earlyMs));
    return { number, dueMs };
  };
}

function printRequest(
  { path, headers, port }: Load,
  body: string,
): string {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    "content-type": "application/json",
    "content-length": String(new TextEncoder().encode(body).length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await to.write(bytes.subarray(written));
  }
}

const decoder = new TextDecoder("latin1");

async function readAnswer(
  from: Deno.Conn,
  buffer: Uint8Array,
): Promise<Omit<LoadAnswer, "latencyMs">> {
  let filled = 0;
  while (true) {
    const read = await from.read(buffer.subarray(filled));
    if (read === null) throw new Error("The server closed the connection");
    filled += read;
    const text = decoder.decode(buffer.subarray(0, filled));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const head = text.slice(0, end);
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error("The answer has no length");
    if (filled < end + 4 + Number(length)) continue;
    const isPutOff = /\r\nretry-after: \d/i.test(head);
    return { status: Number(head.slice(9, 12)), isPutOff };
  }
}

/**
 * Reads a quantile.
 *
 * @param sorted Values in ascending order.
 * @param share Quantile in [0, 1].
 * @returns The value at that rank.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return sorted[rank] ?? NaN;
}
