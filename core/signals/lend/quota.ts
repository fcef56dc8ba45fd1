/**
 * One quota for all sources of the process: a call goes when every budget that it
 * uses has room, and not before.
 *
 * Changes go before fresh data, fresh data before the past; within these, first
 * come, first served. Whoever waits for one account holds up no other.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { QuotaHint, QuotaScope } from "../../domain/source.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Priority, QuotaCall } from "./budget_keys.ts";
import { type Budgets, createBudgets } from "./budgets.ts";

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
   * @throws {EngineError} `source_throttled` with `retryAfterSeconds` if the wait is longer.
   */
  admit(call: QuotaCall, maxWaitMs: number): Promise<void>;
  /**
   * Learns from an answer. To be called for every call that went, also without hints
   * or an answer; in one turn with `refused`, so that nobody goes in between.
   */
  learn(call: QuotaCall, hints: readonly QuotaHint[]): void;
  /**
   * Keeps a refusal: nobody who shares the scope calls before the wait is over.
   *
   * @param call The call that was refused.
   * @param scope Who is to wait.
   * @param waitSeconds As told; where null, a pause that doubles while it is of no use.
   * @returns The wait in milliseconds.
   */
  refused(
    call: QuotaCall,
    scope: QuotaScope,
    waitSeconds: number | null,
  ): number;
  /** How much is used: one entry for each connector, scope and owner. */
  usage(): readonly QuotaUsage[];
}

/** What the quota is lent. */
export interface QuotaLoan {
  readonly clock: Clock;
  sleep(milliseconds: number): Promise<void>;
}

interface Waiter {
  readonly call: QuotaCall;
  readonly deadline: number;
  readonly admitted: PromiseWithResolvers<void>;
}

interface Desk {
  readonly budgets: Budgets;
  /** In the order in which they are served. */
  readonly waiting: Waiter[];
  /** When the desk next wakes by itself. */
  wakesAt: number;
}

const RANK: Readonly<Record<Priority, number>> = {
  write: 0,
  fresh: 1,
  backfill: 2,
};
const LONGEST_SLEEP_MS = 86_400_000;

/**
 * Opens a quota with nothing used.
 *
 * @param loan Time, and how to let it pass.
 * @returns The quota.
 */
export function createQuota({ clock, sleep }: QuotaLoan): Quota {
  const present = steadyTime(clock);
  const desks = new Map<string, Desk>();
  function deskOf({ connector }: QuotaCall): Desk {
    const desk = desks.get(connector) ??
      { budgets: createBudgets(), waiting: [], wakesAt: Infinity };
    desks.set(connector, desk);
    return desk;
  }
  function serve(desk: Desk): void {
    const now = present();
    const wake = serveAll(desk, now);
    if (wake >= desk.wakesAt) return;
    desk.wakesAt = wake;
    const ms = Math.min(Math.ceil(wake - now), LONGEST_SLEEP_MS);
    sleep(ms).then(() => {
      if (desk.wakesAt === wake) desk.wakesAt = Infinity;
      serve(desk);
    });
  }
  return {
    admit(call, maxWaitMs) {
      const desk = deskOf(call);
      const admitted = Promise.withResolvers<void>();
      enqueue(desk, { call, deadline: present() + maxWaitMs, admitted });
      serve(desk);
      return admitted.promise;
    },
    learn(call, hints) {
      const desk = deskOf(call);
      desk.budgets.learn(call, hints, present());
      queueMicrotask(() => serve(desk));
    },
    refused(call, scope, waitSeconds) {
      const desk = deskOf(call);
      const told = { scope, waitSeconds };
      const waitMs = desk.budgets.refuse(call, told, present());
      serve(desk);
      return waitMs;
    },
    usage: () =>
      [...desks].flatMap(([connector, { budgets }]) =>
        sumUp(connector, budgets, present())
      ),
  };
}

/** Milliseconds that go on where they were when the clock is set back. */
function steadyTime(clock: Clock): () => number {
  let last = Date.parse(clock.now());
  let lostMs = 0;
  return () => {
    const now = Date.parse(clock.now());
    lostMs += Math.max(0, last - now);
    last = now;
    return now + lostMs;
  };
}

function enqueue({ waiting }: Desk, waiter: Waiter): void {
  const rank = RANK[waiter.call.priority];
  const before = waiting.findIndex(({ call }) => RANK[call.priority] > rank);
  waiting.splice(before < 0 ? waiting.length : before, 0, waiter);
}

/** Lets go all who may, refuses those who would wait too long; returns when to look again. */
function serveAll({ budgets, waiting }: Desk, now: number): number {
  let wake = Infinity;
  for (const waiter of [...waiting]) {
    const { call, deadline, admitted } = waiter;
    const blockers = budgets.blockers(call, now);
    if (blockers.length === 0) {
      waiting.splice(waiting.indexOf(waiter), 1);
      budgets.send(call, now);
      admitted.resolve();
      continue;
    }
    const readyAt = Math.max(now, ...blockers.map((until) => until ?? now));
    if (readyAt > deadline || now >= deadline) {
      waiting.splice(waiting.indexOf(waiter), 1);
      admitted.reject(throttled(call, readyAt - now));
      continue;
    }
    wake = Math.min(wake, deadline, readyAt > now ? readyAt : Infinity);
  }
  return wake;
}

function throttled({ connector }: QuotaCall, waitMs: number): EngineError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new EngineError(
    "source_throttled",
    `Cannot call source "${connector}": its quota has no room for ${retryAfterSeconds} seconds`,
    { facts: { retryAfterSeconds } },
  );
}

function sumUp(
  connector: string,
  budgets: Budgets,
  now: number,
): readonly QuotaUsage[] {
  const scopes = Map.groupBy(
    budgets.uses(now),
    ({ scope, owner }) => `${scope} ${owner}`,
  );
  return [...scopes.values()].flatMap((uses) => {
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
