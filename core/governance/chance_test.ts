/**
 * Chance in random histories, and what it makes.
 *
 * @module
 */
import { AT_ONCE, type Rollout } from "../domain/change.ts";
import type { TrialMeasure } from "../domain/model_trial.ts";
import type { Switch } from "../domain/verdict.ts";
import { textOf } from "./history_world_test.ts";

/** Answers of chance, in order. */
export class Chance {
  #place = 0;
  constructor(private readonly answers: readonly number[]) {}

  get over(): boolean {
    return this.#place >= this.answers.length;
  }

  /** 0 up to `choices`, without it. */
  below(choices: number): number {
    return (this.answers[this.#place++] ?? 0) % choices;
  }

  one<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError("Nothing to choose from");
    return chosen;
  }
}

/** One of two switches, which stops much or little. */
export function randomSwitch(chance: Chance): Switch {
  const stops = {
    ...chance.below(2) === 0 && { channel: chance.one(["a", "b"]) },
    ...chance.below(2) === 0 && { account: chance.one(["1", "2"]) },
  };
  return { id: chance.one(["s", "t"]), stops, reason: "stop" };
}

/** What policies may say. */
export function randomText(chance: Chance): string {
  return textOf({
    limit: 1 + chance.below(4),
    list: ["a", "b", "c"].filter(() => chance.below(2) === 0),
    consent: chance.below(3) === 0,
    schema: chance.below(3),
  });
}

/** By what a canary may have to be better. */
function randomMeasure(chance: Chance): TrialMeasure {
  return {
    ...{ outcome: "conversion", unit: "count", most: 1, alphaPermille: 50 },
    windowHours: 2,
    promote: chance.below(2) === 0,
  };
}

/** How a change may come into force. */
export function randomRollout(chance: Chance): Rollout {
  const canaryHours = chance.one([0, 0, 5]);
  return {
    ...{ ...AT_ONCE, canaryHours },
    shadowHours: chance.one([0, 0, 5]),
    ...canaryHours > 0 && chance.below(2) === 0 &&
      { measure: randomMeasure(chance) },
    canaryPermille: 50,
    startAt: chance.one([null, null, "2026-03-01T18:00:00.000Z"]),
    expiresAt: chance.one([null, null, null, "2026-03-02T12:00:00.000Z"]),
  };
}
