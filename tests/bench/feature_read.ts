/**
 * Fifty features of an entity, read in the process as a decision reads them, against one
 * raw `get` of the same entry in Deno KV.
 *
 * Cold: each entity once. Warm: of people who come back, whose vectors are at hand.
 * Memory is that of the whole process, after more entities than it keeps at hand.
 *
 * @module
 */
import { openTerminal } from "../../core/commands/terminal.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { runApart } from "./apart.ts";
import type { Bench, Row } from "./bench.ts";

/** Latencies at p50 and p99, microseconds. */
export interface Latencies {
  readonly read: readonly [p50: number, p99: number];
  readonly get: readonly [p50: number, p99: number];
}

/** What the process tells. */
export interface ReadAnswer {
  readonly warm: Latencies;
  readonly cold: Latencies;
}

const bench: Bench = { name: "feature-read", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("feature-read: left out, no Postgres is installed");
    return [];
  }
  const folder = await Deno.makeTempDir({ prefix: "feature_read_" });
  const server = await startPostgres();
  try {
    const { answer, peakMiB } = await runApart<ReadAnswer>(
      "feature_read_process.ts",
      [server.url, folder],
    );
    return [
      ...latencyRows("feature-read", answer.warm),
      ...latencyRows("feature-read-cold", answer.cold),
      {
        name: "feature-read-memory",
        value: Math.round(peakMiB),
        unit: "MiB peak",
        against: "",
        ratio: null,
      },
    ];
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function latencyRows(name: string, { read, get }: Latencies): Row[] {
  return ["p50", "p99"].map((quantile, place) => ({
    name: `${name}-${quantile}`,
    value: read[place] ?? NaN,
    unit: "µs",
    against: `one raw KV get of the same bytes, ${quantile}`,
    ratio: (read[place] ?? NaN) / (get[place] ?? NaN),
  }));
}
