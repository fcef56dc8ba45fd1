/**
 * What the limits of a set would have counted, had it been in force: counted anew as
 * past decisions are settled again, in the order in which they were taken.
 *
 * @module
 */
import type { Counts } from "../../domain/decision.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";
import { type Settled, withFacts } from "../grounds.ts";
import { settleKind } from "../decide.ts";
import {
  type Counter,
  findCounters,
  nameOf,
  slotAt,
} from "../limits/counters.ts";
import type { Regrounded } from "./stand_again.ts";

/** What a window holds. */
interface Window {
  /** Ends of the slots that things were counted in, milliseconds since 1970. */
  readonly ends: number[];
  readonly counts: number[];
  /** First that is still within it. */
  from: number;
  sum: number;
}

/** A set with its own counts. */
export interface CountedSet {
  /** Settles a decision, and counts what it comes to. */
  settle(grounds: Regrounded): Settled;
}

/** Starts counting for a set, at nothing. */
export function countAgain(policies: PolicySet): CountedSet {
  const windows = new Map<string, Window>();
  return {
    settle(grounds) {
      const { request, tenant, standing, at } = grounds;
      const limits = policies.limits(standing.frame.kind);
      if (limits.length === 0) {
        return settleKind(withFacts({ ...grounds, policies }));
      }
      const now = Date.parse(at);
      const counters = findCounters(limits, tenant, request);
      const settled = settleKind(
        withFacts({
          ...grounds,
          policies,
          counts: read(windows, counters, now),
        }),
      );
      for (const counter of counters) {
        if (!settled.countsTowards?.includes(counter.limit.name)) continue;
        const window = windowOf(windows, counter, now);
        const count = counter.limit.of === "micros" ? microsOf(settled) : 1;
        window.ends.push(slotAt(counter.limit, now).ends);
        window.counts.push(count);
        window.sum += count;
      }
      return settled;
    },
  };
}

function read(
  windows: Map<string, Window>,
  counters: readonly Counter[],
  now: number,
): Counts {
  return Object.fromEntries(
    counters.map((counter) => [
      counter.limit.name,
      windowOf(windows, counter, now).sum,
    ]),
  );
}

/** The window that ends now, without what has left it. */
function windowOf(
  windows: Map<string, Window>,
  counter: Counter,
  now: number,
): Window {
  const name = nameOf(counter);
  const window = windows.get(name) ??
    { ends: [], counts: [], from: 0, sum: 0 };
  windows.set(name, window);
  const { since } = slotAt(counter.limit, now);
  while (window.from < window.ends.length) {
    if ((window.ends[window.from] as number) > since) break;
    window.sum -= window.counts[window.from] as number;
    window.from++;
  }
  return window;
}

function microsOf({ recommendation }: Settled): number {
  return recommendation.kind === "bid" ? recommendation.bidMicros : 0;
}
