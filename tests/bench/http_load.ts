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
  /** From the moment at which it was sent: without what the load itself came too late. */
  readonly servedMs: number;
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
  const book = openBook(load.requests);
  const connections = await connect(load);
  const started = performance.now();
  const turns = takeTurns(load, started);
  async function work(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (let turn = await turns(); turn !== null; turn = await turns()) {
        const request = requests[turn.number % requests.length];
        const sentMs = performance.now();
        await writeAll(connection, request ?? new Uint8Array());
        const head = await readHead(connection, buffer);
        book.note({ ...turn, sentMs }, head);
      }
    } finally {
      connection.close();
    }
  }
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - started) / 1000;
  const answers = book.answers();
  return {
    throughput: load.requests / seconds,
    latencies: latenciesOf(answers),
    failures: answers.filter(({ status }) => status !== 200).length,
    answers,
  };
}

/** Notes answers without leaving garbage, as that would make the load itself stand still. */
function openBook(requests: number) {
  const statuses = new Uint16Array(requests);
  const putOff = new Uint8Array(requests);
  const latencies = new Float64Array(requests);
  const served = new Float64Array(requests);
  return {
    note({ number, dueMs, sentMs }: Sent, head: string): void {
      const atMs = performance.now();
      statuses[number] = Number(head.slice(9, 12));
      putOff[number] = Number(/\r\nretry-after: \d/i.test(head));
      latencies[number] = atMs - dueMs;
      served[number] = atMs - sentMs;
    },
    answers: (): readonly LoadAnswer[] =>
      Array.from(statuses, (status, number) => ({
        status,
        isPutOff: putOff[number] === 1,
        latencyMs: latencies[number] ?? NaN,
        servedMs: served[number] ?? NaN,
      })),
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

interface Sent extends Turn {
  readonly sentMs: number;
}

/** Hands out the turns in order, at a rate not before they are due; null after the last. */
function takeTurns(
  { requests, rate }: Load,
  startedMs: number,
): () => Promise<Turn | null> {
  let next = 0;
  const untilDue = openWaiting();
  return async () => {
    if (next >= requests) return null;
    const number = next++;
    if (rate === undefined) return { number, dueMs: performance.now() };
    const dueMs = startedMs + number * 1000 / rate;
    if (dueMs > performance.now()) await untilDue(dueMs);
    return { number, dueMs };
  };
}

/** Waits for moments that come in order, with one timer for all of them. */
function openWaiting(): (dueMs: number) => Promise<void> {
  let waiting: { readonly dueMs: number; wake(): void }[] = [];
  function wakeDue(): void {
    const nowMs = performance.now();
    const later = waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const due = later === -1 ? waiting : waiting.slice(0, later);
    waiting = later === -1 ? [] : waiting.slice(later);
    for (const { wake } of due) wake();
    if (later !== -1) setTimeout(wakeDue, 1);
  }
  return (dueMs) =>
    new Promise((wake) => {
      if (waiting.length === 0) setTimeout(wakeDue, 1);
      waiting.push({ dueMs, wake });
    });
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
const CR = 13;

/** Reads a whole answer, and decodes its head alone. */
async function readHead(from: Deno.Conn, buffer: Uint8Array): Promise<string> {
  let filled = 0;
  while (true) {
    const read = await from.read(buffer.subarray(filled));
    if (read === null) throw new Error("The server closed the connection");
    filled += read;
    const end = endOfHead(buffer, filled);
    if (end < 0) continue;
    const head = decoder.decode(buffer.subarray(0, end));
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error("The answer has no length");
    const whole = end + 4 + Number(length);
    if (whole > buffer.length) throw new Error("The answer is too long");
    if (filled >= whole) return head;
  }
}

/** Where the empty line is behind the head's last; -1 if it has not come. */
function endOfHead(bytes: Uint8Array, filled: number): number {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (at + 3 >= filled) return -1;
    if (bytes[at + 2] === CR) return at;
  }
  return -1;
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
