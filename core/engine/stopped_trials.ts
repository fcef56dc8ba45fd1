/**
 * Which trials of models went ill on this node, and when: a trial is over within seconds, and
 * whoever looks at metrics looks more seldom.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { TrialStage } from "../domain/model_trial.ts";
import type { Clock } from "../ports/clock.ts";

/** A version on trial that is no longer used. */
export interface StoppedTrial
  extends Pick<TrialStage, "tenant" | "name" | "change" | "cycle"> {
  /** When that was first seen here. */
  readonly at: Instant;
}

/** The last trial of each model that went ill. */
export interface StoppedTrials {
  /** Notes that a trial went ill. */
  note(stage: TrialStage): void;
  list(): readonly StoppedTrial[];
}

/** Starts with none. */
export function createStoppedTrials(clock: Clock): StoppedTrials {
  const stopped = new Map<string, StoppedTrial>();
  return {
    note({ tenant, name, change, cycle }) {
      const key = JSON.stringify([tenant, name]);
      const known = stopped.get(key);
      if (known?.change === change && known.cycle === cycle) return;
      stopped.set(key, { tenant, name, change, cycle, at: clock.now() });
    },
    list: () => [...stopped.values()],
  };
}
