/**
 * Has the log take what this node spooled, while a server runs and for as long as a stop
 * allows; what is left then waits on the disk for the next start.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { GapTold } from "../decisions/log/writing/carry_on.ts";
import type { Spooling } from "../decisions/log/writing/spooling.ts";
import type { Clock } from "../ports/clock.ts";
import { pause } from "../signals/pause.ts";
import { printError } from "./print_error.ts";
import type { Background } from "./rounds.ts";

/** Long enough that many go together, and not so many that requests wait behind them. */
const ROUND_MS = 50;
/** Longest pause while nothing comes. */
const IDLE_MS = 200;
/** Longest pause while the log is away: about as long a recovery goes unseen. */
const LONGEST_MS = 2000;

/** One line of the log about the spool. */
export interface SpoolEntry {
  readonly at: Instant;
  readonly level: "info" | "error";
  /**
   * `log_spooling`: the log is away, and why. `log_carried`: it has all again.
   * `log_gap`: records are missing. `log_refusing`: the spool takes nothing, and why.
   */
  readonly event:
    | "log_spooling"
    | "log_carried"
    | "log_gap"
    | "log_refusing";
  /** Entries that wait, were carried on or are missing. */
  readonly entries: number;
  /** For a person; without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface SpoolScope {
  readonly spooling: Pick<Spooling, "carryOn" | "standing">;
  readonly clock: Clock;
  log(entry: SpoolEntry): void;
  /** Pause after a round that carried something, ms; 50 unless given. */
  readonly roundMs?: number;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it: a last round is made, however long the log takes.
 */
export function keepSpool(scope: SpoolScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

/** What was told last, so that it is told once. */
interface Told {
  away: string | null;
  problem: string | null;
  carried: number;
}

async function keep(scope: SpoolScope, signal: AbortSignal): Promise<void> {
  const { roundMs = ROUND_MS } = scope;
  const told: Told = { away: null, problem: null, carried: 0 };
  let pauseMs = roundMs;
  while (!signal.aborted) {
    const { carried, isAway } = await carry(scope, told);
    const longestMs = isAway ? LONGEST_MS : IDLE_MS;
    pauseMs = carried > 0 ? roundMs : Math.min(pauseMs * 2, longestMs);
    await pause(pauseMs, signal);
  }
  await carry(scope, told);
}

/** What a round came to. */
interface Round {
  readonly carried: number;
  /** Whether the log is away. */
  readonly isAway: boolean;
}

async function carry(scope: SpoolScope, told: Told): Promise<Round> {
  const { spooling, clock } = scope;
  const say = (entry: Pick<SpoolEntry, "event" | "entries" | "detail">) =>
    scope.log({
      at: clock.now(),
      level: entry.event === "log_carried" ? "info" : "error",
      ...entry,
    });
  const tellGap = ({ id, reason, count, detail }: GapTold) =>
    say({
      ...{ event: "log_gap", entries: count },
      detail: `${id} (${reason}): ${detail}`,
    });
  let away: string | null = null;
  let carried = 0;
  try {
    carried = await spooling.carryOn(tellGap);
    told.carried += carried;
  } catch (error) {
    away = printError(error);
  }
  const { waiting, problem } = spooling.standing();
  if (away !== null && told.away === null) {
    say({ event: "log_spooling", entries: waiting, detail: away });
    told.carried = 0;
  } else if (away === null && told.away !== null) {
    const detail = "the log has what was spooled";
    say({ event: "log_carried", entries: told.carried, detail });
  }
  if (problem !== null && problem !== told.problem) {
    say({ event: "log_refusing", entries: waiting, detail: problem });
  }
  Object.assign(told, { away, problem });
  return { carried, isAway: away !== null };
}
