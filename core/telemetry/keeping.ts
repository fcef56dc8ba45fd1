/**
 * Which traces are kept: all that went wrong or were slow, and of the others so many that
 * no caller and no outage can make them costly.
 *
 * Chance falls by the trace's own id, so that every system that a trace passes through
 * keeps the same ones.
 *
 * @see https://www.w3.org/TR/trace-context-2/#random-trace-id-flag, read on 2026-11-26
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 * @module
 */

/**
 * Why a trace is kept, the first that holds.
 *
 * - `error`: the engine failed; always kept
 * - `slow`: it took long; always kept
 * - `problem`: the caller was told of a problem; so many a second
 * - `fallen`: the decision does not stand on the champion; so many a second
 * - `caller`: the caller's own trace is kept; so many a second
 * - `share`: by chance; so many a second
 */
export type KeepReason =
  | "error"
  | "slow"
  | "problem"
  | "fallen"
  | "caller"
  | "share";

/** Every reason. */
export const KEEP_REASONS: readonly KeepReason[] = [
  ...["error", "slow", "problem", "fallen", "caller", "share"] as const,
];

/** Reasons for which a trace is kept whatever there are already. */
export const ALWAYS: ReadonlySet<KeepReason> = new Set(["error", "slow"]);

/** Traces a second that are kept for each of the other reasons: callers choose their ids. */
const MOST_PER_SECOND = { problem: 10, fallen: 10, caller: 10, share: 100 };
/** Of the 56 bits of chance in an id, those that a number holds exactly. */
const RANDOM_DIGITS = [-14, -1] as const;
const RANDOM_RANGE = 2 ** 52;

/** What is known of a request that ended. */
export interface Ended {
  /** Hexadecimal digits by which chance falls. */
  readonly chance: string;
  /** Whether the caller's trace is kept; false without one. */
  readonly sampled: boolean;
  readonly status: number;
  /** Whether the engine itself failed. */
  readonly isWrong: boolean;
  readonly durationMs: number;
  /** Rung of the decision; null if none was taken. */
  readonly rung: string | null;
}

/** Which traces to keep. */
export interface KeepRules {
  /** Share that is kept by chance, in [0, 1]. */
  readonly share: number;
  /** What takes longer is slow. */
  readonly slowMs: number;
  /** Milliseconds that only move forward. */
  nowMs(): number;
}

/**
 * Makes what tells which traces to keep.
 *
 * @param rules Share, bound of what is slow, and clock.
 * @returns Why a trace is kept, or null.
 */
export function createKeeping(
  { share, slowMs, nowMs }: KeepRules,
): (ended: Ended) => KeepReason | null {
  const least = (1 - share) * RANDOM_RANGE;
  let second = -1;
  let kept: Partial<Record<KeepReason, number>> = {};
  function hasRoom(reason: keyof typeof MOST_PER_SECOND): boolean {
    const now = Math.floor(nowMs() / 1000);
    if (now !== second) {
      second = now;
      kept = {};
    }
    const before = kept[reason] ?? 0;
    kept[reason] = before + 1;
    return before < MOST_PER_SECOND[reason];
  }
  return ({ chance, sampled, status, isWrong, durationMs, rung }) => {
    if (isWrong) return "error";
    if (durationMs > slowMs) return "slow";
    if (status >= 400 && hasRoom("problem")) return "problem";
    if (isFallen(rung) && hasRoom("fallen")) return "fallen";
    if (sampled && hasRoom("caller")) return "caller";
    const random = parseInt(chance.slice(...RANDOM_DIGITS), 16);
    return random >= least && hasRoom("share") ? "share" : null;
  };
}

function isFallen(rung: string | null): boolean {
  return rung !== null && rung !== "champion" && rung !== "challenger";
}
