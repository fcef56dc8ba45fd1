/**
 * How long a caller keeps trying: pauses that grow at random, and a breaker that
 * leaves a host alone which fails time after time.
 *
 * The library reads the machine's clock and chance. It is told the pauses, which are
 * drawn by the lent chance, and that a rest is endless or over, by the lent clock.
 *
 * @see https://github.com/connor4312/cockatiel, version 4.0.0
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter, for
 * decorrelated jitter
 * @module
 */
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  ExponentialBackoff,
  type GeneratorFn,
  handleWhenResult,
  type IBackoff,
} from "cockatiel";
import { EngineError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Persistence } from "./persistence.ts";

/** What persistence is lent. */
export interface PersistenceLoan {
  /** The machine's unless given. */
  readonly clock?: Clock;
  sleep(milliseconds: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** Whether what an attempt came to tells that the host is down. */
  isDown?(outcome: unknown): boolean;
}

/** What an attempt came to, thrown or not. */
type Settled<T> =
  | { readonly value: T; readonly down: boolean }
  | { readonly error: unknown; readonly down: boolean };

interface Circuit {
  readonly policy: CircuitBreakerPolicy;
  readonly rest: Rest;
}

/** Failures in a row after which a host is left alone. */
const FAILURES = 10;
const FIRST_REST_MS = 30_000;
const MOST_REST_MS = 600_000;
const FIRST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 30_000;
/** A pause is at most so many times the last. */
const PAUSE_GROWTH = 3;

/**
 * Makes persistence for one connector, to be shared by all its sources; every host
 * is trusted at first.
 *
 * @param loan Time and chance, and what tells that a host is down: no answer, or one
 * whose status tells a passing fault, unless given.
 * @returns Pauses, and a breaker for each host.
 */
export function createPersistence(
  { clock, sleep, random, isDown = isFailing }: PersistenceLoan,
): Persistence {
  const circuits = new Map<string, Circuit>();
  const present = () => clock ? Date.parse(clock.now()) : Date.now();
  function circuitOf(host: string): Circuit {
    const circuit = circuits.get(host) ?? createCircuit(present);
    circuits.set(host, circuit);
    return circuit;
  }
  return {
    pause: (attempt, leastMs = 0) =>
      sleep(Math.ceil(Math.max(leastMs, pauseMs(attempt, random)))),
    async guard(host, run) {
      const { policy, rest } = circuitOf(host);
      try {
        const settled = await policy.execute(() => settle(run, isDown));
        if ("error" in settled) throw settled.error;
        return settled.value;
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw leftAlone(host, rest.until() - present());
      }
    },
  };
}

/**
 * Draws the pause after an attempt: exponential, with decorrelated jitter.
 *
 * @param attempt Attempts so far, from 1.
 * @param random Chance, in [0, 1).
 * @returns Milliseconds.
 */
export function pauseMs(attempt: number, random: () => number): number {
  const decorrelated: GeneratorFn<number> = (
    last = FIRST_PAUSE_MS,
    { initialDelay, maxDelay, exponent },
  ) => {
    const longest = Math.min(last * exponent, maxDelay);
    const drawn = initialDelay + random() * (longest - initialDelay);
    return [drawn, drawn];
  };
  const backoff = new ExponentialBackoff({
    generator: decorrelated,
    initialDelay: FIRST_PAUSE_MS,
    maxDelay: MOST_PAUSE_MS,
    exponent: PAUSE_GROWTH,
  });
  let drawn = backoff.next();
  for (let past = 1; past < attempt; past++) drawn = drawn.next(undefined);
  return drawn.duration;
}

/** As told by what an attempt over HTTP came to: no answer, or a passing fault. */
function isFailing(outcome: unknown): boolean {
  return (outcome as { kind?: string } | null)?.kind === "failed";
}

async function settle<T>(
  run: () => Promise<T>,
  isDown: (outcome: unknown) => boolean,
): Promise<Settled<T>> {
  try {
    const value = await run();
    return { value, down: isDown(value) };
  } catch (error) {
    const down = error instanceof EngineError &&
      error.code === "source_unavailable";
    return { error, down };
  }
}

function createCircuit(present: () => number): Circuit {
  const rest = createRest(present);
  const isDown = (settled: unknown) => (settled as Settled<unknown>).down;
  const policy = circuitBreaker(handleWhenResult(isDown), {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: rest,
  });
  return { policy, rest };
}

interface Rest {
  until(): number;
  next(): IBackoff<unknown>;
}

/** Rests of a breaker by the lent clock, doubled each time that they were of no use. */
function createRest(present: () => number): Rest {
  let until = 0;
  function start(ms: number): IBackoff<unknown> {
    until = present() + ms;
    return {
      get duration() {
        return present() < until ? Infinity : -Infinity;
      },
      next: () => start(Math.min(ms * 2, MOST_REST_MS)),
    };
  }
  return { until: () => until, next: () => start(FIRST_REST_MS) };
}

function leftAlone(host: string, waitMs: number): EngineError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new EngineError(
    "source_unavailable",
    `Cannot call source "${host}": it failed ${FAILURES} times in a row and is left alone for ${retryAfterSeconds} seconds`,
    { facts: { retryAfterSeconds } },
  );
}
