/**
 * Draws several chains, on as many threads as are given. Each chain has its own seed,
 * so the draws are the same on one thread and on many.
 *
 * @module
 */
import type { Chain } from "../../math/nuts.ts";
import { startStream } from "../../math/streams.ts";
import { type ChainJob, drawChain } from "./explore.ts";

/** Which chains to draw, and how. */
export interface ChainsWanted {
  /** One for each chain. */
  readonly seeds: readonly number[];
  /** Threads at most; 1 is this one. */
  readonly threads: number;
  /** Called with the share done of all chains, [0, 1]. */
  readonly report?: (share: number) => void;
}

/** What a worker is sent for each chain. */
export interface WorkerOrder {
  readonly job: ChainJob;
  readonly seed: number;
}

/** What a worker answers: how far it is, and in the end the chain; null if it failed. */
export type WorkerAnswer =
  | { readonly share: number }
  | { readonly chain: Chain | null };

/**
 * Draws chains.
 *
 * @param job The posterior, how it bends, and how much to draw.
 * @param wanted Seeds, threads.
 * @returns A chain for each seed, in their order.
 */
export async function drawChains(
  job: ChainJob,
  { seeds, threads, report }: ChainsWanted,
): Promise<Chain[]> {
  const chains = new Array<Chain>(seeds.length);
  const shares = new Float64Array(seeds.length);
  const left = seeds.map((_, at) => at);
  const tell = (at: number) => (share: number) => {
    shares[at] = share;
    report?.(shares.reduce((sum, one) => sum + one, 0) / shares.length);
  };
  const crew = startCrew(threads > 1 ? Math.min(threads, seeds.length) : 0);
  try {
    await Promise.all(crew.map(async (worker) => {
      for (let at = left.shift(); at !== undefined; at = left.shift()) {
        const seed = seeds[at] as number;
        const chain = await order(worker, { job, seed }, tell(at));
        if (!chain) return left.push(at);
        chains[at] = chain;
      }
    }));
  } finally {
    crew.forEach((worker) => worker.terminate());
  }
  for (const at of left) {
    const random = startStream(seeds[at] as number);
    chains[at] = drawChain(job, random, tell(at));
  }
  return chains;
}

function startCrew(threads: number): Worker[] {
  return Array.from(
    { length: threads },
    () =>
      // deno-lint-ignore moe/lent -- the second core: it is sent one job's chains, and ends with them
      new Worker(new URL("./chain_worker.ts", import.meta.url), {
        type: "module",
      }),
  );
}

/** A chain of a worker; null if it cannot, and this thread must. */
function order(
  worker: Worker,
  what: WorkerOrder,
  report: (share: number) => void,
): Promise<Chain | null> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if ("share" in data) report(data.share);
      else resolve(data.chain);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(null);
    };
    worker.postMessage(what);
  });
}
