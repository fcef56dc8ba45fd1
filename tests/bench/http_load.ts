/**
 * A closed loop of HTTP/1.1 requests over raw connections, light enough that the
 * server and not the load is what is measured.
 *
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
}

/** What came back. */
export interface LoadResult {
  /** Requests a second. */
  readonly throughput: number;
  /** Latencies in milliseconds, ascending. */
  readonly latencies: Float64Array;
  /** Answers other than 200. */
  readonly failures: number;
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
  const latencies = new Float64Array(load.requests);
  let next = 0;
  let failures = 0;
  async function work(): Promise<void> {
    const connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: load.port,
    });
    connection.setNoDelay(true);
    const buffer = new Uint8Array(64 * 1024);
    try {
      while (next < load.requests) {
        const turn = next++;
        const started = performance.now();
        await writeAll(
          connection,
          requests[turn % requests.length] ?? new Uint8Array(),
        );
        if (await readAnswer(connection, buffer) !== 200) failures++;
        latencies[turn] = performance.now() - started;
      }
    } finally {
      connection.close();
    }
  }
  const started = performance.now();
  await Promise.all(Array.from({ length: load.connections }, work));
  const seconds = (performance.now() - started) / 1000;
  return {
    throughput: load.requests / seconds,
    latencies: latencies.sort(),
    failures,
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
): Promise<number> {
  let filled = 0;
  while (true) {
    const read = await from.read(buffer.subarray(filled));
    if (read === null) throw new Error("The server closed the connection");
    filled += read;
    const text = decoder.decode(buffer.subarray(0, filled));
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
    if (length === undefined) throw new Error("The answer has no length");
    if (filled >= end + 4 + Number(length)) return Number(text.slice(9, 12));
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
