/**
 * Checks of proposed policies on threads of their own: one thread for each check, which
 * ends with it. Few run at once.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Findings } from "../ports/governance.ts";
import type { PolicyMessage } from "./policy_worker.ts";
import type { PolicyJob } from "../verdicts/proposal/find_out.ts";

/** Checks that take longer are given up, milliseconds from their turn on. */
const MOST_MS = 300_000;
/** Checks that run at once: a server goes on serving beside them. */
const AT_ONCE = 2;

/** Checks of proposed policies. */
export interface PolicyChecks {
  /**
   * Finds out what proposed policies do.
   *
   * @throws {EngineError} `request_invalid` if that takes longer than five minutes.
   */
  findOut(job: PolicyJob): Promise<Findings>;
  /** Ends those that are under way; they fail. */
  close(): void;
}

/** Opens checks; nothing runs before the first. */
export function createPolicyChecks(mostMs = MOST_MS): PolicyChecks {
  const running = new Set<(why: Error) => void>();
  const turns = createTurns(AT_ONCE);
  let closed = false;
  return {
    findOut: (job) =>
      turns(async () => {
        if (closed) throw closing();
        const worker = new Worker(
          new URL("./policy_worker.ts", import.meta.url),
          {
            type: "module",
            name: "policies",
          },
        );
        const ended = Promise.withResolvers<never>();
        const timer = setTimeout(() => ended.reject(tooLong(mostMs)), mostMs);
        running.add(ended.reject);
        try {
          return await Promise.race([ask(worker, job), ended.promise]);
        } finally {
          clearTimeout(timer);
          running.delete(ended.reject);
          worker.terminate();
        }
      }),
    close: () => {
      closed = true;
      running.forEach((end) => end(closing()));
    },
  };
}

/** Lets so many work at once; the others wait in order. */
function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function ask(worker: Worker, job: PolicyJob): Promise<Findings> {
  const answer = Promise.withResolvers<Findings>();
  worker.onmessage = ({ data }: MessageEvent<PolicyMessage>) => {
    if ("found" in data) answer.resolve(data.found);
    else answer.reject(failed(data.failed));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    answer.reject(failed(event.message));
  };
  worker.postMessage(job);
  return answer.promise;
}

function failed(why: string): Error {
  return new Error(`Cannot check policies: ${why}`);
}

function closing(): Error {
  return new Error("Cannot check policies: the engine is closing");
}

function tooLong(mostMs: number): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot check policies: it takes longer than ${
      mostMs / 1000
    } seconds; propose fewer changes at a time`,
  );
}
