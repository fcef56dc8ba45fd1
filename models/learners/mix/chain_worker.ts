/**
 * A worker that draws chains of one posterior.
 *
 * @module
 */
/// <reference lib="webworker" />
import { startStream } from "../../math/streams.ts";
import type { WorkerAnswer, WorkerOrder } from "./draw_chains.ts";
import { drawChain } from "./explore.ts";

/** Progress is told in steps of this share. */
const STEP = 0.02;

addEventListener("message", ({ data }: MessageEvent<WorkerOrder>) => {
  try {
    const random = startStream(data.seed);
    answer({ chain: drawChain(data.job, random, tell()) });
  } catch {
    answer({ chain: null });
  }
});

function tell(): (share: number) => void {
  let told = 0;
  return (share) => {
    if (share < told + STEP) return;
    told = share;
    answer({ share });
  };
}

function answer(what: WorkerAnswer): void {
  postMessage(what);
}
