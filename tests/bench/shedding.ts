/**
 * An engine of which twice as much is asked as it can answer: what becomes of those that
 * it lets in, of those that it refuses, and of its work.
 *
 * @module
 */
import { median, type Row } from "./bench.ts";
import {
  latenciesOf,
  type LoadAnswer,
  type LoadResult,
  quantile,
} from "./http_load.ts";

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

/** What is overloaded, and what shows how much of it is the load's and the machine's. */
export interface Servers {
  /** Sends requests to the engine. */
  readonly engine: (how: Hardness) => Promise<LoadResult>;
  /** Sends them to a server that does nothing. */
  readonly empty: (how: Hardness) => Promise<LoadResult>;
}

/**
 * Measures a server under twice what it sustains.
 *
 * @param servers It, and one that does nothing.
 * @returns Rows: delays of both kinds of answers, against those in the closed loop and of
 * the empty server at the same rate; and the share of the sustainable that was answered.
 */
export async function measureShedding(
  { engine, empty }: Servers,
): Promise<readonly Row[]> {
  const rounds: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const found = await overload(engine);
    const { rate, open: { answers } } = found;
    const beside = await empty({
      ...{ rate, requests: answers.length, connections: OPEN_CONNECTIONS },
    });
    rounds.push(figuresOf(found, beside));
  }
  const of = (name: keyof Figures) =>
    median(rounds.map((figures) => figures[name]));
  const asked = `${Math.round(of("rate"))} requests a second, open loop`;
  const refused = `${Math.round(100 * of("refused"))} % refused`;
  const atRate = { unit: "ms", against: "empty Hono POST at the same rate" };
  return [
    {
      name: "shed-2x-accepted-p99",
      value: of("accepted"),
      unit: "ms",
      against: `closed loop; ${asked}; ${refused}`,
      ratio: of("accepted") / of("closed"),
    },
    {
      ...{ name: "shed-2x-refusal-p99", value: of("refusal"), ...atRate },
      ratio: of("refusal") / of("empty"),
    },
    {
      ...{ name: "shed-2x-refusal-served-p99", ...atRate },
      value: of("refusalServed"),
      ratio: of("refusalServed") / of("emptyServed"),
    },
    {
      name: "shed-2x-goodput",
      value: of("goodput"),
      unit: "requests/s",
      against: `closed loop, ${CLOSED_CONNECTIONS} connections`,
      ratio: of("goodput") / of("sustainable"),
    },
  ];
}

type Figures = ReturnType<typeof figuresOf>;

function figuresOf(
  { sustainable, closed, rate, open }: Overload,
  empty: LoadResult,
) {
  const { answers, throughput } = open;
  const accepted = answers.filter(({ status }) => status === 200);
  const others = answers.filter(({ status }) => status !== 200);
  const p99 = (of: readonly LoadAnswer[]) => quantile(latenciesOf(of), 0.99);
  const servedP99 = (of: readonly LoadAnswer[]) =>
    quantile(Float64Array.from(of, ({ servedMs }) => servedMs).sort(), 0.99);
  return {
    ...{ sustainable, rate },
    closed: p99(closed.answers),
    accepted: p99(accepted),
    refusal: p99(others),
    refusalServed: servedP99(others),
    empty: p99(empty.answers),
    emptyServed: servedP99(empty.answers),
    refused: others.length / answers.length,
    goodput: throughput * accepted.length / answers.length,
  };
}
