/**
 * Events from ingestion to the vectors that decisions read, through the outbox: how many
 * a second, against ingestion and raw writes of the same vectors with nothing computed;
 * and how long after it was sent an event is visible online.
 *
 * @module
 */
import { openTerminal } from "../../core/commands/terminal.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { type Apart, runApart } from "./apart.ts";
import type { Bench, Row } from "./bench.ts";

/** What the process tells. */
export interface StreamAnswer {
  readonly eventsPerSecond: number;
  /** Seconds of the raw writes, as a share of the seconds until all was visible. */
  readonly ratio: number;
  /** Milliseconds from sent to visible, at p50 and p99. */
  readonly visible: readonly [p50: number, p99: number];
}

const bench: Bench = { name: "feature-stream", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  return [
    ...await onPostgres(),
    ...toRows("feature-stream-pglite", (await follow(null)).answer),
  ];
}

async function onPostgres(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("feature-stream-postgres: no Postgres is installed");
    return [];
  }
  const server = await startPostgres();
  try {
    const { answer, peakMiB } = await follow(server.url);
    return [
      ...toRows("feature-stream-postgres", answer),
      {
        name: "feature-stream-memory",
        value: Math.round(peakMiB),
        unit: "MiB peak",
        against: "",
        ratio: null,
      },
    ];
  } finally {
    await server.stop();
  }
}

async function follow(
  databaseUrl: string | null,
): Promise<Apart<StreamAnswer>> {
  const folder = await Deno.makeTempDir({ prefix: "feature_stream_" });
  try {
    return await runApart("feature_stream_process.ts", [
      folder,
      ...databaseUrl === null ? [] : [databaseUrl],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function toRows(
  name: string,
  { eventsPerSecond, ratio, visible }: StreamAnswer,
): Row[] {
  return [
    {
      name,
      value: Math.round(eventsPerSecond),
      unit: "events/s",
      against: "ingestion and raw writes of the same vectors",
      ratio,
    },
    ...["p50", "p99"].map((quantile, place) => ({
      name: `${name}-${quantile}`,
      value: visible[place] ?? NaN,
      unit: "ms",
      against: "sent to visible, 1,000 events a second",
      ratio: null,
    })),
  ];
}
