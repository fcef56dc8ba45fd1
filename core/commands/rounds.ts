/**
 * Work in the background that comes round again, and what it finds told once.
 *
 * @module
 */
import { pause } from "../signals/pause.ts";

/** Work in the background. */
export interface Background {
  /** Asks it to end; what is under way is finished. */
  stop(): void;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Works in rounds until told to stop. What fails is told and tried again at the next
 * time.
 *
 * @param signal Ends it.
 * @param when Pause between rounds, and who is told of a failure.
 * @param work One round.
 */
export async function inRounds(
  signal: AbortSignal,
  { everyMs, failed }: {
    readonly everyMs: number;
    readonly failed: (error: unknown) => void;
  },
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch(failed);
    await pause(everyMs, signal);
  }
}

/** What is found in a round; what was in the round before is not told again. */
export interface Found {
  readonly tenant: string;
  readonly event: string;
  /** Names it, whatever its size. */
  readonly id: readonly (string | null)[];
  /** In one line, without personal data. */
  readonly detail: string;
}

/**
 * Rounds of findings, each told when it first comes up.
 *
 * @param tell Who is told.
 * @returns Runs a round.
 */
export function sayOnce<F extends Found>(
  tell: (found: Omit<F, "id">) => void,
): (round: (say: (found: F) => void) => Promise<void>) => Promise<void> {
  let known = new Set<string>();
  return async (round) => {
    const present = new Set<string>();
    await round(({ id, ...found }) => {
      const key = JSON.stringify([found.tenant, found.event, ...id]);
      present.add(key);
      if (known.has(key)) return;
      tell(found);
    });
    known = present;
  };
}
