/**
 * Threads that share the tasks of a job over shared memory.
 *
 * A worker joins when it has started; until then, and if it never does, this
 * thread does all tasks by itself. The outcome is the same.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { KERNEL_MODULE, type Kernels, startKernels } from "./kernel_module.ts";
import {
  ARGUMENTS,
  DONE,
  FAILED,
  JOB,
  OVER,
  TICKET,
  WAKE,
} from "./kernels/frame.ts";

/** Threads at work. */
export interface Crew {
  readonly kernels: Kernels;
  /** This thread's own memory. */
  readonly scratch: number;
  /**
   * Does a job.
   *
   * @param job One of the `JOB_` numbers.
   * @param places Arguments, four bytes each; {@link KEEP} leaves a number as it was set.
   * @param tasks How many.
   */
  run(job: number, places: readonly number[], tasks: number): void;
  /** Sets an argument that is an f64, by place. */
  setNumber(place: number, value: number): void;
  /** Sends the workers home. */
  end(): void;
}

/** Leaves an argument as {@link Crew.setNumber} set it. */
export const KEEP = -1;

/** What a worker is sent. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly scratch: number;
}

/**
 * Calls threads together.
 *
 * @param memory What they share.
 * @param scratches Memory of each thread of its own, this one's first.
 * @returns The crew.
 */
export function callCrew(
  memory: WebAssembly.Memory,
  scratches: readonly number[],
): Crew {
  const [scratch = 0, ...others] = scratches;
  const kernels = startKernels(KERNEL_MODULE, memory);
  const words = new Int32Array(memory.buffer);
  const floats = new DataView(memory.buffer);
  const workers = others.flatMap((own) => startWorker(memory, own));
  return {
    kernels,
    scratch,
    run(job, places, tasks) {
      writeJob(words, job, places);
      if (workers.length > 0 && tasks > 1) {
        publish(words, tasks);
        kernels.work(scratch);
        kernels.finish(tasks);
        return refuseFailure(words);
      }
      for (let task = 0; task < tasks; task++) kernels.perform(task, scratch);
    },
    setNumber: (place, value) =>
      floats.setFloat64(ARGUMENTS + 4 * place, value, true),
    end() {
      Atomics.store(words, OVER / 4, 1);
      wake(words);
      workers.forEach((worker) => worker.terminate());
    },
  };
}

function writeJob(
  words: Int32Array,
  job: number,
  places: readonly number[],
): void {
  words[JOB / 4] = job;
  for (let at = 0; at < places.length; at++) {
    const place = places[at] as number;
    if (place !== KEEP) words[ARGUMENTS / 4 + at] = place;
  }
}

/** Offers the tasks of the job that was written to all threads. */
function publish(words: Int32Array, tasks: number): void {
  const ticket = new BigInt64Array(words.buffer, TICKET, 1);
  Atomics.store(words, DONE / 4, 0);
  Atomics.store(ticket, 0, BigInt(tasks) << 32n);
  wake(words);
}

function wake(words: Int32Array): void {
  Atomics.add(words, WAKE / 4, 1);
  Atomics.notify(words, WAKE / 4);
}

function refuseFailure(words: Int32Array): void {
  if (Atomics.load(words, FAILED / 4) === 0) return;
  throw new EngineError(
    "internal_error",
    "Cannot boost trees: a worker failed",
  );
}

/** A worker on its way; none where there can be none. */
function startWorker(memory: WebAssembly.Memory, scratch: number): Worker[] {
  try {
    // deno-lint-ignore moe/lent -- the second core: shares memory that holds nothing but this fit
    const worker = new Worker(new URL("./crew_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.addEventListener("error", (event) => event.preventDefault());
    const start: WorkerStart = { module: KERNEL_MODULE, memory, scratch };
    worker.postMessage(start);
    return [worker];
  } catch {
    return [];
  }
}
