/**
 * A worker of a crew: does tasks until the crew ends.
 *
 * @module
 */
/// <reference lib="webworker" />
import type { WorkerStart } from "./crew.ts";
import { startKernels } from "./kernel_module.ts";
import { FAILED, OVER, WAKE } from "./kernels/frame.ts";

addEventListener("message", ({ data }: MessageEvent<WorkerStart>) => {
  const words = new Int32Array(data.memory.buffer);
  try {
    const { keepWorking } = startKernels(data.module, data.memory);
    for (;;) {
      const seen = keepWorking(data.scratch);
      if (Atomics.load(words, OVER / 4) !== 0) break;
      Atomics.wait(words, WAKE / 4, seen);
    }
  } catch {
    Atomics.store(words, FAILED / 4, 1);
  }
  close();
});
