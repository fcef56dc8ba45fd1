/**
 * Fits on worker threads, so that the second core is used and this thread is free.
 * Workers start when there is something to do and end when the fitter is closed; rows
 * lie in memory that all of them share, so that no trial copies them.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import {
  type FitAnswers,
  type FitJob,
  type Fitter,
  FitterClosed,
  WorkerLost,
} from "../training/fit.ts";
import type { Report } from "../../plugins/contract.ts";
import type { FitFailure, FitMessage } from "./fit_worker.ts";

/** Workers at most; more would only wait for memory. */
const MOST_LANES = 4;
/** For so long a busy worker may say nothing, milliseconds; then it loops or is lost. */
const MOST_SILENCE_MS = 3_600_000;

/** Fitters that are open. */
export interface Fitters {
  /** Opens one, for one training. */
  open(): Fitter;
  /** Closes those that are still open. */
  close(): void;
}

interface Waiting {
  readonly job: FitJob;
  readonly report: Report;
  readonly done: PromiseWithResolvers<FitAnswers[keyof FitAnswers]>;
}

/** A thread that fits, as far as a pool needs it. */
export interface FitThread {
  postMessage(job: FitJob): void;
  terminate(): void;
}

/** What a pool may be given in place of its own. */
export interface PoolParts {
  /** Starts a thread that says through `hear` what it does, and through `end` that it failed. */
  start(hear: Hear, end: End): FitThread;
  /** For so long a busy thread may say nothing, milliseconds. */
  readonly silenceMs: number;
}

type Hear = (worker: FitThread, message: FitMessage) => void;
type End = (worker: FitThread, error: Error) => void;

/** Keeps track of fitters, so that none outlives the engine. */
export function createFitters(lanes = cores()): Fitters {
  const open = new Set<Fitter>();
  return {
    open: () => {
      const pool = createFitPool(lanes);
      const fitter: Fitter = {
        ...pool,
        close: () => {
          open.delete(fitter);
          pool.close();
        },
      };
      open.add(fitter);
      return fitter;
    },
    close: () => open.forEach((fitter) => fitter.close()),
  };
}

function cores(): number {
  return Math.min(MOST_LANES, navigator.hardwareConcurrency);
}

/** Opens a fitter on so many workers. */
export function createFitPool(
  lanes: number,
  { start = startWorker, silenceMs = MOST_SILENCE_MS }: Partial<PoolParts> = {},
): Fitter {
  const crew = createCrew(lanes, watchSilence({ start, silenceMs }));
  const share = createSharing();
  return {
    lanes,
    run: (job, report) => {
      const done = Promise.withResolvers<FitAnswers[keyof FitAnswers]>();
      crew.add({ job: share(job), report, done });
      return done.promise as Promise<never>;
    },
    close: crew.close,
  };
}

/** Workers, and what waits for them. */
function createCrew(lanes: number, start: PoolParts["start"]) {
  const queue: Waiting[] = [];
  const idle = new Set<FitThread>();
  const busy = new Map<FitThread, Waiting>();
  let isClosed = false;

  function next(): void {
    const isFull = idle.size === 0 && busy.size >= lanes;
    const waiting = isFull ? undefined : queue.shift();
    if (waiting === undefined) return;
    const [worker = start(hear, end)] = idle;
    idle.delete(worker);
    busy.set(worker, waiting);
    worker.postMessage(waiting.job);
  }
  function hear(worker: FitThread, message: FitMessage): void {
    const waiting = busy.get(worker);
    if (waiting === undefined) return;
    if (message.kind === "progress") {
      waiting.report(message.step, message.share);
      return;
    }
    busy.delete(worker);
    idle.add(worker);
    if (message.kind === "done") waiting.done.resolve(message.answer);
    else waiting.done.reject(errorOf(message.failure));
    next();
  }
  function end(worker: FitThread, error: Error): void {
    worker.terminate();
    idle.delete(worker);
    const waiting = busy.get(worker);
    busy.delete(worker);
    waiting?.done.reject(error);
    if (!isClosed) next();
  }
  function close(): void {
    isClosed = true;
    for (const { done } of queue.splice(0)) done.reject(new FitterClosed());
    for (const worker of [...idle, ...busy.keys()]) {
      end(worker, new FitterClosed());
    }
  }
  function add(waiting: Waiting): void {
    if (isClosed) waiting.done.reject(new FitterClosed());
    else queue.push(waiting);
    next();
  }
  return { add, close };
}

/** Starts threads that count as failed once they say nothing of their job for too long. */
function watchSilence({ start, silenceMs }: PoolParts): PoolParts["start"] {
  return (hear, end) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lost = new WorkerLost(`nothing was heard of it for ${silenceMs} ms`);
    function listen(): void {
      clearTimeout(timer);
      timer = setTimeout(() => end(watched, lost), silenceMs);
    }
    const thread = start(
      (_, message) => {
        if (message.kind === "progress") listen();
        else clearTimeout(timer);
        hear(watched, message);
      },
      (_, error) => end(watched, error),
    );
    const watched: FitThread = {
      postMessage: (job) => {
        listen();
        thread.postMessage(job);
      },
      terminate: () => {
        clearTimeout(timer);
        thread.terminate();
      },
    };
    return watched;
  };
}

function startWorker(hear: Hear, end: End): FitThread {
  const worker = new Worker(new URL("./fit_worker.ts", import.meta.url), {
    type: "module",
    name: "fit",
  });
  worker.onmessage = ({ data }: MessageEvent<FitMessage>) => hear(worker, data);
  worker.onerror = (event) => {
    event.preventDefault();
    end(worker, new WorkerLost(event.message));
  };
  return worker;
}

function errorOf({ message, code, facts }: FitFailure): Error {
  return code === null
    ? new Error(message)
    : new EngineError(code, message, { facts });
}

/** Moves columns into shared memory, each once for all the jobs that read it. */
function createSharing(): (job: FitJob) => FitJob {
  const twins = new WeakMap<Float64Array, Float64Array>();
  function twinOf(values: Float64Array): Float64Array {
    const known = twins.get(values);
    if (known !== undefined) return known;
    const memory = new SharedArrayBuffer(values.byteLength);
    const twin = new Float64Array(memory);
    twin.set(values);
    twins.set(values, twin);
    return twin;
  }
  function share(value: unknown): unknown {
    if (value instanceof Float64Array) return twinOf(value);
    if (typeof value !== "object" || value === null) return value;
    if (ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) return value.map(share);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, share(member)]),
    );
  }
  return (job) => share(job) as FitJob;
}
