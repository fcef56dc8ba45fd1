/**
 * Decisions under what is active and what is on trial, compared and counted in this
 * process until the counts are taken.
 *
 * @module
 */
import type { RolloutCounts, RolloutStage } from "../ports/rollouts.ts";
import type { PolicyTrial } from "../verdicts/in_force/policy_book.ts";
import { settleKind } from "./decide.ts";
import { type Grounds, type Settled, withFacts } from "./grounds.ts";
import { findFlip } from "./policy_replay/impact.ts";

/** Counts of one stage. */
export interface SeenRollout extends RolloutStage {
  readonly counts: RolloutCounts;
}

/** What a decision was settled on. */
export type GivenGrounds = Omit<Grounds, "shared">;

/** What is seen of trials. */
export interface Rollouts {
  /**
   * Judges a decision by the set that did not decide it, and counts what differs.
   *
   * @param decided What the decision came to.
   * @param grounds What it rests on.
   */
  observe(
    trial: PolicyTrial,
    decided: { readonly id: string; readonly settled: Settled },
    grounds: GivenGrounds,
  ): void;
  /** What was seen since it was last taken. */
  take(): readonly SeenRollout[];
  /** Gives back what could not be kept. */
  giveBack(seen: readonly SeenRollout[]): void;
}

type Mutable = { -readonly [name in keyof RolloutCounts]: RolloutCounts[name] };

/** Starts with nothing seen. */
export function createRollouts(): Rollouts {
  let seen = new Map<string, RolloutStage & { readonly counts: Mutable }>();
  function countsOf({ scope, change, cycle, stage }: RolloutStage): Mutable {
    const name = JSON.stringify([scope, change, cycle, stage]);
    const counts = seen.get(name)?.counts ??
      { decisions: 0, flips: 0, tighter: 0, looser: 0 };
    seen.set(name, { scope, change, cycle, stage, counts });
    return counts;
  }
  return {
    observe(trial, { id, settled }, grounds) {
      const counts = countsOf(trial);
      counts.decisions++;
      const flip = compare(trial, { id, settled }, grounds);
      if (flip === null) return;
      counts.flips++;
      if (flip.direction !== "other") counts[flip.direction]++;
    },
    take() {
      const taken = [...seen.values()];
      seen = new Map();
      return taken;
    },
    giveBack(taken) {
      for (const { counts: more, ...stage } of taken) {
        const counts = countsOf(stage);
        counts.decisions += more.decisions;
        counts.flips += more.flips;
        counts.tighter += more.tighter;
        counts.looser += more.looser;
      }
    },
  };
}

/** Limits that only the other set has were not counted: they do not bind yet. */
function compare(
  { beside, decides }: PolicyTrial,
  { id, settled }: { readonly id: string; readonly settled: Settled },
  grounds: GivenGrounds,
) {
  const { at, request, standing: { frame } } = grounds;
  const counts = { ...grounds.counts };
  for (const { name } of beside.limits(frame.kind)) counts[name] ??= 0;
  const other = settleKind(
    withFacts({ ...grounds, counts, policies: beside }),
  );
  return findFlip({
    ...{ id, at, request, currency: frame.currency },
    before: decides ? other : settled,
    after: decides ? settled : other,
  });
}
