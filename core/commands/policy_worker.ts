/**
 * Finds out on a thread of its own what proposed policies do, so that a server goes on
 * serving: mutants and comparisons take seconds of computing.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { Findings } from "../ports/governance.ts";
import {
  findOutPolicies,
  type PolicyJob,
} from "../verdicts/proposal/find_out.ts";

/** What became of a check, as it crosses threads. */
export type PolicyMessage =
  | { readonly found: Findings }
  | { readonly failed: string };

self.onmessage = ({ data }: MessageEvent<PolicyJob>) => {
  self.postMessage(answer(data));
};

function answer(job: PolicyJob): PolicyMessage {
  try {
    return { found: findOutPolicies(job) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
