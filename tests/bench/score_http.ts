/**
 * `POST /optimization/score` with features, model, policies and a durable log on a
 * real Postgres, against an empty Hono POST with the same parsing.
 *
 * @module
 */
import { openTerminal } from "../../core/commands/terminal.ts";
import { environmentOf, fillCompany, type Place } from "../company.ts";
import { type ServerProcess, startServer } from "../servers/engine.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { type Bench, interleave, median, type Row } from "./bench.ts";
import { quantile, sendLoad } from "./http_load.ts";

const SUBJECTS = 2000;
const CONNECTIONS = 32;
const REQUESTS = 6000;
const ROUNDS = 5;

/** A request for each person, so that no cache flatters. */
const BODIES = Array.from({ length: SUBJECTS }, (_, index) =>
  JSON.stringify({
    context: {
      model: "email_visit",
      subject: `s-${index + 1}`,
      channel: "email",
    },
    constraints: {
      frequency: { ["contacts_day"]: 0, ["contacts_week"]: 1 },
      compliance: { ["consent_email"]: true },
    },
  }));

const bench: Bench = { name: "score-http", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("score-http: left out, no Postgres is installed");
    return [];
  }
  const folder = await Deno.makeTempDir({ prefix: "score_http_" });
  const postgres = await startPostgres();
  const place = { databaseUrl: postgres.url, folder };
  try {
    return await measure(place, await fillCompany(place, SUBJECTS));
  } finally {
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function measure(place: Place, key: string): Promise<readonly Row[]> {
  const engine = await startServer({
    args: ["main.ts", "serve", "--port", "0"],
    env: environmentOf(place),
  });
  const empty = await startServer({
    args: ["tests/bench/empty_server.ts"],
    env: {},
  });
  const latencies: Float64Array[] = [];
  try {
    const [engineSeconds = NaN, emptySeconds = NaN] = await interleave([
      () => load(engine, { key, latencies }),
      () => load(empty, { key, latencies: [] }),
    ], ROUNDS);
    const against = "empty Hono POST with the same parsing";
    const ratio = emptySeconds / engineSeconds;
    const at = (share: number) =>
      median(latencies.slice(1).map((sorted) => quantile(sorted, share)));
    return [
      {
        name: "score-http",
        value: REQUESTS / engineSeconds,
        unit: "requests/s",
        against,
        ratio,
      },
      ...[0.5, 0.95, 0.99].map((share) => ({
        name: `score-http-p${share * 100}`,
        value: at(share),
        unit: "ms",
        against: `${CONNECTIONS} connections, closed loop`,
        ratio: null,
      })),
    ];
  } finally {
    await engine.stop();
    await empty.stop();
  }
}

/** Seconds for all requests. */
async function load(
  { port }: ServerProcess,
  { key, latencies }: { key: string; latencies: Float64Array[] },
): Promise<number> {
  const result = await sendLoad({
    port,
    path: "/optimization/score",
    headers: { authorization: `Bearer ${key}` },
    bodies: BODIES,
    connections: CONNECTIONS,
    requests: REQUESTS,
  });
  if (result.failures > 0) {
    throw new Error(`${result.failures} requests were refused`);
  }
  latencies.push(result.latencies);
  return REQUESTS / result.throughput;
}
