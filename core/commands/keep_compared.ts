/**
 * Writes down every hour how challengers and shadows compare with the champions, so that
 * whoever promotes one can read it, on whichever node it scored.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { parseModelRef } from "../domain/score.ts";
import type { Clock } from "../ports/clock.ts";
import type { ModelWatchStore } from "../ports/models.ts";
import type { Comparison } from "../scores/beside.ts";
import { printError } from "./print_error.ts";
import { type Background, inRounds } from "./rounds.ts";

const ROUND_MS = 3_600_000;

/** What it works with. */
export interface ComparedScope {
  readonly engine: { compared(): readonly Comparison[] };
  readonly watches: Pick<ModelWatchStore, "keep">;
  readonly clock: Clock;
  log(
    entry: {
      readonly at: Instant;
      readonly level: "error";
      readonly event: "comparison_failed";
      readonly detail: string;
    },
  ): void;
  /** Pause between rounds, ms; an hour unless given. */
  readonly roundMs?: number;
}

/**
 * Starts.
 *
 * @returns What stops it, after what was compared since the last round is kept.
 */
export function keepCompared(scope: ComparedScope): Background {
  const { engine, watches, clock, log, roundMs = ROUND_MS } = scope;
  const stopping = new AbortController();
  const kept = new Map<string, number>();
  const failed = (error: unknown) =>
    log({
      at: clock.now(),
      level: "error",
      event: "comparison_failed",
      detail: printError(error),
    });
  async function round(): Promise<void> {
    for (const { tenant, ...found } of engine.compared()) {
      const { beside, champion, alias, rows, unscored } = found;
      const key = JSON.stringify([tenant, alias, champion, beside]);
      const seen = rows + unscored;
      if (seen === (kept.get(key) ?? 0)) continue;
      const ref = parseModelRef(beside);
      const at = clock.now();
      const findings = { ...found };
      await watches.keep(tenant, { ...ref, kind: alias, at, findings });
      kept.set(key, seen);
    }
  }
  const when = { everyMs: roundMs, failed };
  return {
    stop: () => stopping.abort(),
    ended: inRounds(stopping.signal, when, round)
      .then(() => round().catch(failed)),
  };
}
