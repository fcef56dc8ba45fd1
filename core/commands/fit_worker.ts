/**
 * Fits and scores off the main thread, one job at a time, in the order in which they
 * come. It loads the plugins by itself: a family is code, and code does not travel.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import {
  EngineError,
  type ErrorCode,
  type ErrorFacts,
} from "../domain/error.ts";
import { type FitAnswers, type FitJob, runJob } from "../training/fit.ts";
import { loadPlugins } from "../../plugins/load.ts";

/** What became of a job, as it crosses threads. */
export type FitMessage =
  | {
    readonly kind: "progress";
    readonly step: string;
    readonly share: number | null;
  }
  | { readonly kind: "done"; readonly answer: FitAnswers[keyof FitAnswers] }
  | { readonly kind: "failed"; readonly failure: FitFailure };

/** An error, as it crosses threads. */
export interface FitFailure {
  readonly message: string;
  /** Null for what is no failure of the engine's. */
  readonly code: ErrorCode | null;
  readonly facts: ErrorFacts;
}

const { families } = loadPlugins();

self.onmessage = async ({ data }: MessageEvent<FitJob>) => {
  try {
    const answer = await runJob(
      families,
      data,
      (step, share) => send({ kind: "progress", step, share }),
    );
    send({ kind: "done", answer }, buffersOf(answer));
  } catch (error) {
    send({ kind: "failed", failure: failureOf(error) });
  }
};

function send(message: FitMessage, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}

function failureOf(error: unknown): FitFailure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof EngineError
    ? { message, code: error.code, facts: error.facts }
    : { message, code: null, facts: {} };
}

/** Memory that is handed over, and not copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (one: unknown): void => {
    if (ArrayBuffer.isView(one)) {
      if (one.buffer instanceof ArrayBuffer) found.add(one.buffer);
    } else if (typeof one === "object" && one !== null) {
      Object.values(one).forEach(look);
    }
  };
  look(value);
  return [...found];
}
