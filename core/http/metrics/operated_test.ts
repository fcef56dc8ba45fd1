/**
 * What metrics ask of an engine, where there is nothing to tell.
 *
 * @module
 */
import type { Operated } from "../metrics.ts";

/** An engine of which nothing is known. */
export const OPERATED: Operated = {
  guards: { states: () => [], onUse: () => {} },
  signals: { freshness: () => Promise.resolve([]) },
  configured: () => [],
  quota: () => [],
  streamLag: () => Promise.resolve([]),
  trust: {
    everyConsistency: () => Promise.resolve([]),
    heldBack: () => [],
    findings: () => [],
  },
  compared: () => [],
  jobs: { list: () => Promise.resolve([]) },
  budgets: { held: () => [] },
  trials: { seen: () => [], found: () => [], stopped: () => [] },
  clock: { now: () => "2026-11-01T00:00:00.000Z" },
  ...{ spooled: () => null, turnedAway: () => 0 },
};
