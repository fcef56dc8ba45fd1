/**
 * The compiled kernels, over a memory that threads share.
 *
 * @module
 */
import { KERNELS } from "./kernels.gen.ts";

/** What the kernels offer; all places are bytes of the memory. */
export interface Kernels {
  /** Does tasks of the published job until none is left. */
  work(scratch: number): void;
  /** Works until no job comes for a while; returns jobs published by then. */
  keepWorking(scratch: number): number;
  /** Waits until so many tasks are done. */
  finish(tasks: number): void;
  /** Does one task of the job in the frame. */
  perform(task: number, scratch: number): void;
  /** Counts rows by bin. */
  countBins(rows: number, count: number, bins: number, out: number): void;
  /** Searches the column at a place of the tree's list again, with counts. */
  searchAgain(
    ...places: [
      at: number,
      histogram: number,
      node: number,
      found: number,
      counts: number,
      scratch: number,
    ]
  ): void;
}

/** Memory that a thread needs for itself, bytes. */
export const SCRATCH_BYTES = 3 * 2048 * 4;

/** Compiled once: what is hot stays fast from fit to fit. */
export const KERNEL_MODULE = new WebAssembly.Module(
  Uint8Array.fromBase64(KERNELS),
);

/**
 * Starts the kernels.
 *
 * @param module {@link KERNEL_MODULE}.
 * @param memory Where they work.
 * @returns The kernels.
 */
export function startKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernels;
}
