/**
 * One worker that scores: asked one thing at a time, given up when it fails or takes
 * too long.
 *
 * @module
 */
import type { ScoreAnswer, ScoreRequest } from "./score_worker.ts";

/** Longest that a batch may take, or loading a model. */
const ANSWER_MS = 60_000;

/** The worker is gone; what it was asked may be asked of another. */
export class ThreadLost extends Error {
  override readonly name = "ThreadLost";
}

/** A worker. */
export interface ScoreThread {
  /**
   * Asks, and waits for the answer before the next may ask.
   *
   * @throws {ThreadLost} If the worker ended or was ended for taking too long.
   * @throws {Error} What the model said.
   */
  ask(request: ScoreRequest): Promise<Float64Array | null>;
  /** Ends the worker; what it was asked is lost. */
  end(): void;
}

/** Starts a worker. */
export function startThread(answerMs = ANSWER_MS): ScoreThread {
  const worker = new Worker(new URL("./score_worker.ts", import.meta.url), {
    type: "module",
    name: "scores",
  });
  let waiting: PromiseWithResolvers<Float64Array | null> | null = null;
  let lost = false;
  function lose(why: string) {
    if (lost) return;
    lost = true;
    worker.terminate();
    waiting?.reject(new ThreadLost(why));
    waiting = null;
  }
  worker.onerror = (event) => {
    event.preventDefault();
    lose("The worker failed");
  };
  worker.onmessage = ({ data }: MessageEvent<ScoreAnswer>) => {
    if ("scores" in data) waiting?.resolve(data.scores);
    else waiting?.reject(new Error(data.error));
    waiting = null;
  };
  return {
    ask: async (request) => {
      if (lost) throw new ThreadLost("The worker has ended");
      const asked = Promise.withResolvers<Float64Array | null>();
      waiting = asked;
      const timer = setTimeout(() => lose("It takes too long"), answerMs);
      worker.postMessage(request);
      return await asked.promise.finally(() => clearTimeout(timer));
    },
    end: () => lose("The worker was ended"),
  };
}
