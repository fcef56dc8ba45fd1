/**
 * `POST /optimization/score` with features, a model, thirty policies and a durable log on
 * a real Postgres, against an empty Hono POST with the same parsing: what a request costs,
 * and how long it takes at fixed rates.
 *
 * @module
 */
import { openTerminal } from "../../core/commands/terminal.ts";
import { environmentOf, fillCompany, type Place } from "../company.ts";
import { type ServerProcess, startServer } from "../servers/engine.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { type Bench, median, type Row } from "./bench.ts";
import { cpuSeconds } from "./cpu_time.ts";
import { quantile, sendLoad } from "./http_load.ts";
import { untilQuiet } from "./quiet.ts";
import { type Hardness, measureShedding } from "./shedding.ts";
import { writePolicies } from "./thirty_policies.ts";

const SUBJECTS = 2000;
/** Few enough that nothing is refused for being too much. */
const CONNECTIONS = 32;
/** Requests of one trial, and of those before that are not counted. */
const REQUESTS = 6000;
const WARM = 20_000;
const ROUNDS = 5;
/** A difference of some percent wants more rounds. */
const COST_ROUNDS = 9;
/** Requests a second, on connections enough for a pause of 64 ms at the highest rate. */
const RATES = [500, 1000, 2000];
const OPEN_CONNECTIONS = 128;
const OPEN_SECONDS = 6;
/** Of each rate, not counted. */
const WARM_SECONDS = 1;
/** So long that answers are late and not given up. */
const DEADLINE_MS = 1000;
const EMPTY = "empty Hono POST with the same parsing";

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

/** Where the log is durable before an answer. */
const WRITES = {
  "score-http": "spool",
  "score-http-durable": "postgres",
} as const;

const bench: Bench = { name: "score-http", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("score-http: left out, no Postgres is installed");
    return [];
  }
  const home = await Deno.makeTempDir({ prefix: "score_http_" });
  const [folder, policies] = [`${home}/data`, `${home}/policies`];
  for (const made of [folder, policies]) await Deno.mkdir(made);
  await writePolicies(policies);
  const postgres = await startPostgres();
  const place = { databaseUrl: postgres.url, folder, policies };
  const empty = await startServer({
    args: ["tests/bench/empty_server.ts"],
    env: {},
  });
  try {
    const key = await fillCompany(place, SUBJECTS);
    const rows: Row[] = [...await delays("score-http-empty", empty, key)];
    for (const [name, writes] of Object.entries(WRITES)) {
      rows.push(...await measure({ name, writes, key, place }, empty));
    }
    return [...rows, await telemetryCost(place, key)];
  } finally {
    await empty.stop();
    await postgres.stop();
    await Deno.remove(home, { recursive: true });
  }
}

async function measure(
  { name, writes, key, place }: {
    readonly name: string;
    readonly writes: string;
    readonly key: string;
    readonly place: Place;
  },
  empty: ServerProcess,
): Promise<readonly Row[]> {
  const engine = await startServer({
    args: ["main.ts", "serve", "--port", "0"],
    env: { ...environmentOf(place), MOE_LOG_WRITES: writes },
  });
  try {
    await warmUp(engine, key);
    const mine: Trial[] = [];
    const others: Trial[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(await closedLoop(engine, key, REQUESTS));
      others.push(await closedLoop(empty, key, REQUESTS * 4));
    }
    return [
      compare(name, "requests/s of a core", [mine, others, "perCore"]),
      compare(`${name}-closed`, "requests/s", [mine, others, "perSecond"]),
      ...await delays(name, engine, key),
      ...writes === "spool"
        ? await measureShedding({
          engine: (how) => load(engine, key, how),
          empty: (how) => load(empty, key, how),
        })
        : [],
    ];
  } finally {
    await engine.stop();
  }
}

/** What is observed at its defaults, against nothing; the log is spooled, as that is fastest. */
async function telemetryCost(place: Place, key: string): Promise<Row> {
  const env = { ...environmentOf(place), MOE_LOG_WRITES: "spool" };
  const args = ["main.ts", "serve", "--port", "0"];
  const observed = await startServer({ args, env });
  const bare = await startServer({
    ...{ args, env: { ...env, MOE_TELEMETRY: "off" } },
  });
  try {
    const mine: Trial[] = [];
    const others: Trial[] = [];
    for (const engine of [observed, bare]) await warmUp(engine, key);
    const turns = [[observed, mine], [bare, others]] as const;
    for (let round = 0; round < COST_ROUNDS; round++) {
      for (const [engine, trials] of round % 2 ? turns.toReversed() : turns) {
        trials.push(await closedLoop(engine, key, REQUESTS));
      }
    }
    return {
      name: "telemetry-cost",
      value: median(mine.map(({ perCore }) => perCore)),
      unit: "requests/s of a core",
      against: "the same with MOE_TELEMETRY=off, in pairs",
      ratio: median(
        mine.map(({ perCore }, round) =>
          perCore / (others[round]?.perCore ?? NaN)
        ),
      ),
    };
  } finally {
    await observed.stop();
    await bare.stop();
  }
}

interface Trial {
  /** Answers for each second on the clock, over all connections. */
  readonly perSecond: number;
  /** Answers for each second of CPU time of the server. */
  readonly perCore: number;
}

function compare(
  name: string,
  unit: string,
  [mine, others, figure]: readonly [Trial[], Trial[], keyof Trial],
): Row {
  const value = median(mine.map((trial) => trial[figure]));
  const other = median(others.map((trial) => trial[figure]));
  return { name, value, unit, against: EMPTY, ratio: value / other };
}

/** Compiled and filled, and through with the jobs of its start. */
async function warmUp(engine: ServerProcess, key: string): Promise<void> {
  await closedLoop(engine, key, WARM);
  await untilQuiet(engine, key);
  await closedLoop(engine, key, REQUESTS);
}

async function closedLoop(
  server: ServerProcess,
  key: string,
  requests: number,
): Promise<Trial> {
  const before = cpuSeconds(server.pid);
  const { throughput, failures } = await load(server, key, {
    ...{ requests, connections: CONNECTIONS },
  });
  const answered = requests - failures;
  return {
    perSecond: throughput * answered / requests,
    perCore: answered / (cpuSeconds(server.pid) - before),
  };
}

/** Latencies at each rate, from the moment at which each request was to be sent. */
async function delays(
  name: string,
  server: ServerProcess,
  key: string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const rate of RATES) {
    const send = (seconds: number) =>
      load(server, key, {
        ...{ rate, requests: rate * seconds, connections: OPEN_CONNECTIONS },
      });
    await send(WARM_SECONDS);
    const { latencies, failures } = await send(OPEN_SECONDS);
    const refused = failures === 0 ? "" : `; ${failures} refused`;
    for (const share of [0.5, 0.95, 0.99]) {
      rows.push({
        name: `${name}-${rate}-p${share * 100}`,
        value: quantile(latencies, share),
        unit: "ms",
        against: `${rate} requests a second, open loop${refused}`,
        ratio: null,
      });
    }
  }
  return rows;
}

async function load(
  { port }: ServerProcess,
  key: string,
  how: Hardness,
) {
  return await sendLoad({
    port,
    path: "/optimization/score",
    headers: {
      authorization: `Bearer ${key}`,
      "x-deadline-ms": String(DEADLINE_MS),
    },
    bodies: BODIES,
    ...how,
  });
}
