/**
 * An engine of which twice as much is asked as it can answer: what becomes of those that
 * it lets in, of those that it refuses, and of its work.
 *
 * @module
 */
import { median, type Row } from "./bench.ts";
import { latenciesOf, type LoadResult, quantile } from "./http_load.ts";

/** As many callers as are never refused: what they bring about is what can be sustained. */
const CLOSED_CONNECTIONS = 32;
const CLOSED_REQUESTS = 8000;
const ROUNDS = 3;
const TIMES = 2;
const SECONDS = 5;
/** Enough that no request waits here for another's answer. */
const OPEN_CONNECTIONS = 512;

/** How hard a load is. */
export interface Hardness {
  readonly requests: number;
  readonly connections: number;
  /** Requests a second; as fast as answers come unless given. */
  readonly rate?: number;
}

/** Overload, and what it is measured by. */
export interface Overload {
  /** Answers a second in a closed loop. */
  readonly sustainable: number;
  /** In that loop. */
  readonly closed: LoadResult;
  readonly open: LoadResult;
  /** Requests that were to be sent each second. */
  readonly rate: number;
}

/**
 * Finds out how much a server sustains, and asks for a multiple of it.
 *
 * @param send Sends requests to the server.
 * @param how Of which multiple, for how long; twice, five seconds unless given.
 */
export async function overload(
  send: (how: Hardness) => Promise<LoadResult>,
  { times = TIMES, seconds = SECONDS, requests = CLOSED_REQUESTS }: {
    readonly times?: number;
    readonly seconds?: number;
    /** In the closed loop. */
    readonly requests?: number;
  } = {},
): Promise<Overload> {
  const closed = await send({ requests, connections: CLOSED_CONNECTIONS });
  const sustainable = closed.throughput;
  const rate = sustainable * times;
  const open = await send({
    ...{ rate, requests: Math.ceil(rate * seconds) },
    connections: OPEN_CONNECTIONS,
  });
  return { sustainable, closed, open, rate };
}

/**
 * Measures a server under twice what it sustains.
 *
 * @param send Sends requests to it.
 * @returns Rows: delays of both kinds of answers, and the share of the sustainable that
 * was answered.
 */
export async function measureShedding(
  send: (how: Hardness) => Promise<LoadResult>,
): Promise<readonly Row[]> {
  const rounds: ReturnType<typeof figuresOf>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(figuresOf(await overload(send)));
  }
  const of = (name: keyof (typeof rounds)[number]) =>
    median(rounds.map((figures) => figures[name]));
  const rate = `${Math.round(of("rate"))} requests a second, open loop`;
  const refused = `${Math.round(100 * of("refused"))} % refused`;
  const row = { against: `${rate}; ${refused}`, unit: "ms", ratio: null };
  return [
    { ...row, name: "shed-2x-accepted-p99", value: of("accepted") },
    { ...row, name: "shed-2x-refusal-p99", value: of("refusal") },
    {
      name: "shed-2x-goodput",
      value: of("goodput"),
      unit: "requests/s",
      against: `closed loop, ${CLOSED_CONNECTIONS} connections`,
      ratio: of("goodput") / of("sustainable"),
    },
  ];
}

function figuresOf({ sustainable, rate, open }: Overload) {
  const { answers, throughput } = open;
  const accepted = answers.filter(({ status }) => status === 200);
  const others = answers.filter(({ status }) => status !== 200);
  return {
    ...{ sustainable, rate },
    accepted: quantile(latenciesOf(accepted), 0.99),
    refusal: quantile(latenciesOf(others), 0.99),
    refused: others.length / answers.length,
    goodput: throughput * accepted.length / answers.length,
  };
}
