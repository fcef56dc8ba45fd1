/**
 * What befalls writes on their way to a simulated vendor, and what others do to the
 * values meanwhile.
 *
 * @module
 */
import type { EntityKey } from "../../core/domain/entity.ts";

/** Mishaps, as a test plays them. */
export interface WriteMishaps {
  /** The next writes are made, and their replies never come. */
  loseReply(times?: number): void;
  /** The next writes never come, so nothing is done. */
  loseRequest(times?: number): void;
  /** The vendor refuses to write to this target, until it is accepted again. */
  refuse(target: EntityKey): void;
  accept(target: EntityKey): void;
  /** Somebody else sets a value; micros as text. */
  drift(target: EntityKey, value: string): void;
  /** What is held, micros as text; null if nothing is known of the target. */
  held(target: EntityKey): string | null;
}

/** Mishaps, as a vendor asks for them. */
export interface MishapDesk {
  readonly played: WriteMishaps;
  isRefused(target: EntityKey): boolean;
  /** Carries a write out, or loses it or its reply. */
  carry<T>(write: () => T): T;
}

/** Where the values are. */
export interface HeldValues {
  held(target: EntityKey): bigint | null;
  set(target: EntityKey, micros: bigint): void;
}

/** Makes a desk at which nothing happens until it is played. */
export function createMishapDesk({ held, set }: HeldValues): MishapDesk {
  const refused = new Set<EntityKey>();
  let [repliesToLose, requestsToLose] = [0, 0];
  return {
    isRefused: (target) => refused.has(target),
    carry(write) {
      if (requestsToLose > 0) {
        requestsToLose--;
        throw new TypeError("connection refused");
      }
      const reply = write();
      if (repliesToLose === 0) return reply;
      repliesToLose--;
      throw new TypeError("connection closed");
    },
    played: {
      loseReply: (times = 1) => void (repliesToLose = times),
      loseRequest: (times = 1) => void (requestsToLose = times),
      refuse: (target) => void refused.add(target),
      accept: (target) => void refused.delete(target),
      drift: (target, value) => set(target, BigInt(value)),
      held: (target) => held(target)?.toString() ?? null,
    },
  };
}

/** Values that belong to campaigns. */
export function heldByCampaigns(
  { budget, setBudget }: {
    budget(campaign: string): bigint | null;
    setBudget(campaign: string, micros: bigint): void;
  },
): HeldValues {
  const idOf = (target: EntityKey) => target.slice("campaign:".length);
  return {
    held: (target) => budget(idOf(target)),
    set: (target, micros) => setBudget(idOf(target), micros),
  };
}
