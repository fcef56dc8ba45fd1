/**
 * One quota for all sources: a call goes when every budget that it uses has room, and
 * not before. The budgets are those of the store, and of all processes that share it.
 *
 * Changes go before fresh data, fresh data before the past; within these, first
 * come, first served, in each process. Processes that wait for the same budget take
 * turns. Whoever waits for one account holds up no other.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { QuotaHint, QuotaScope } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QuotaStore } from "../../ports/quota.ts";
import { keepBudgetsInMemory } from "./budget_memory.ts";
import type { BudgetKey, QuotaCall } from "./budget_keys.ts";
import type { BudgetUse } from "./budgets.ts";
import { type Desk, openDesk } from "./desk.ts";
import { steadyTime } from "./steady_time.ts";

/** State of the budgets of one scope. */
export interface QuotaUsage {
  readonly connector: string;
  readonly scope: QuotaScope;
  /** Who shares them, as in the call's `keys`; empty where it gave none. */
  readonly owner: string;
  /** Share used of the scarcest, null if not known. */
  readonly usedShare: number | null;
  /** When calls are taken again; null if they are now. */
  readonly pausedUntil: Instant | null;
}

/** What calls are admitted by. */
export interface Quota {
  /**
   * Resolves when a call may go; it counts as gone then.
   *
   * @param call The call. Pass the same object on to `learn` and `refused`, and a
   * new one for each attempt.
   * @param maxWaitMs Longest wait that is sat out.
   * @throws {EngineError} `source_throttled` with `retryAfterSeconds` if the wait is
   * longer; `store_unavailable` if the budgets cannot be read or kept.
   */
  admit(call: QuotaCall, maxWaitMs: number): Promise<void>;
  /**
   * Learns from an answer. To be called for every call that went, also without hints
   * or an answer; in one turn with `refused`, so that nobody goes in between. What the
   * store does not take is brought to it again before the next call goes.
   */
  learn(call: QuotaCall, hints: readonly QuotaHint[]): void;
  /**
   * Keeps a refusal: nobody who shares the scope calls before the wait is over.
   *
   * @param call The call that was refused.
   * @param scope Who is to wait.
   * @param waitSeconds As told; where null, a pause that doubles while it is of no use.
   */
  refused(
    call: QuotaCall,
    scope: QuotaScope,
    waitSeconds: number | null,
  ): void;
  /** Resolves when all that was learnt is in the store, or cannot be brought there. */
  settle(): Promise<void>;
  /**
   * How much is used: one entry for each connector, scope and owner of which something
   * is known. Of budgets that others use too, it is what this process last saw.
   */
  usage(): readonly QuotaUsage[];
}

/** What the quota is lent. */
export interface QuotaLoan {
  readonly clock: Clock;
  sleep(milliseconds: number): Promise<void>;
  /** Where the budgets are; in memory unless given. */
  readonly store?: QuotaStore;
  /**
   * For how long a process that got its turn leaves the next to others, milliseconds;
   * halved each time that they take it. None unless given.
   */
  readonly yieldMs?: number;
}

/**
 * Opens a quota.
 *
 * @param loan Time, how to let it pass, and the budgets.
 * @returns The quota.
 */
export function createQuota(loan: QuotaLoan): Quota {
  const { clock, sleep, yieldMs = 0 } = loan;
  const { store = keepBudgetsInMemory(clock) } = loan;
  const present = steadyTime(clock);
  const desks = new Map<string, Desk>();
  function deskOf({ connector }: QuotaCall): Desk {
    const desk = desks.get(connector) ??
      openDesk({ connector, store, present, sleep, yieldMs });
    desks.set(connector, desk);
    return desk;
  }
  return {
    admit: (call, maxWaitMs) => deskOf(call).admit(call, maxWaitMs),
    learn: (call, hints) => deskOf(call).tell(call, { hints, refusal: null }),
    refused: (call, scope, waitSeconds) =>
      deskOf(call).tell(call, { hints: [], refusal: { scope, waitSeconds } }),
    async settle() {
      await Promise.all([...desks.values()].map((desk) => desk.settle()));
    },
    usage: () =>
      [...desks].flatMap(([connector, desk]) => sumUp(connector, desk.uses())),
  };
}

function sumUp(
  connector: string,
  uses: readonly (BudgetKey & BudgetUse)[],
): readonly QuotaUsage[] {
  const known = uses.filter(({ usedShare, pausedUntil }) =>
    usedShare !== null || pausedUntil !== null
  );
  const owners = Map.groupBy(known, ({ scope, owner }) => `${scope} ${owner}`);
  return [...owners.values()].flatMap((uses) => {
    const [first] = uses;
    if (!first) return [];
    const shares = uses.flatMap(({ usedShare }) => usedShare ?? []);
    const pauses = uses.flatMap(({ pausedUntil }) => pausedUntil ?? []);
    return [{
      connector,
      scope: first.scope,
      owner: first.owner,
      usedShare: shares.length === 0 ? null : Math.max(...shares),
      pausedUntil: pauses.length === 0
        ? null
        : new Date(Math.max(...pauses)).toISOString(),
    }];
  });
}
