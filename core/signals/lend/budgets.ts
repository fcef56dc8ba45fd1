/**
 * Every budget of one connector: its declared limits, what the vendor said, and the
 * calls that are out.
 *
 * @module
 */
import type { QuotaHint, QuotaScope } from "../../domain/source.ts";
import {
  type BudgetKey,
  limitKeys,
  type QuotaCall,
  wordKeys,
} from "./budget_keys.ts";
import { createFlights, type Flights } from "./flights.ts";
import {
  createVendorWord,
  RESERVED_SHARE,
  type VendorWord,
} from "./vendor_word.ts";
import { createWindow, type SlidingWindow } from "./window.ts";

/** Until when a budget holds a call back; null until another call has been answered. */
export type Blocker = number | null;

/** How much of a budget is used. */
export interface BudgetUse extends Omit<BudgetKey, "name"> {
  /** Share used, null if not known. */
  readonly usedShare: number | null;
  /** End of the pause that the vendor asked for; null if there is none. */
  readonly pausedUntil: number | null;
}

/** Every budget of one connector; moments in milliseconds. */
export interface Budgets {
  /** What holds a call back now; nothing if it may go. */
  blockers(call: QuotaCall, now: number): readonly Blocker[];
  /** Counts a call that goes. */
  send(call: QuotaCall, now: number): void;
  /** A call has been answered. */
  learn(call: QuotaCall, hints: readonly QuotaHint[], now: number): void;
  /** A call has been refused; returns for how long, milliseconds. */
  refuse(call: QuotaCall, told: Refusal, now: number): number;
  uses(now: number): readonly BudgetUse[];
}

/** What a refusal says. */
interface Refusal {
  readonly scope: QuotaScope;
  readonly waitSeconds: number | null;
}

type Kept<T> = BudgetKey & { readonly state: T };

const MOST_WORDS = 1000;

/** Starts with nothing used. */
export function createBudgets(): Budgets {
  const flights = createFlights();
  const limits = keepLimits();
  const words = keepWords(flights);
  return {
    blockers: (call, now) =>
      [...limits.blockers(call, now), ...words.blockers(call, now)]
        .filter((until) => until === null || until > now),
    send(call, now) {
      flights.add(call, now);
      limits.send(call, now);
    },
    learn: words.learn,
    refuse: words.refuse,
    uses: (now) => [...limits.uses(now), ...words.uses(now)],
  };
}

function keepLimits() {
  const kept = new Map<string, Kept<SlidingWindow>>();
  function windowsOf(call: QuotaCall) {
    return limitKeys(call).map(({ limit, ...key }) => {
      const found = kept.get(key.name) ??
        { ...key, state: createWindow(limit) };
      kept.set(key.name, found);
      const reserved = call.priority === "backfill" ? RESERVED_SHARE : 0;
      const allowed = limit.calls - Math.floor(limit.calls * reserved);
      return { window: found.state, allowed };
    });
  }
  return {
    blockers: (call: QuotaCall, now: number): readonly Blocker[] =>
      windowsOf(call).map(({ window, allowed }) =>
        window.readyAt(now, allowed)
      ),
    send(call: QuotaCall, now: number): void {
      for (const { window } of windowsOf(call)) window.add(now);
    },
    uses: (now: number): readonly BudgetUse[] =>
      [...kept.values()].map(({ scope, owner, state }) => ({
        scope,
        owner,
        usedShare: state.usedShare(now),
        pausedUntil: null,
      })),
  };
}

function keepWords(flights: Flights) {
  const kept = new Map<string, Kept<VendorWord>>();
  function wordsOf(call: QuotaCall, of: QuotaScope): readonly VendorWord[] {
    const keys = wordKeys(call).filter(({ scope }) => scope === of);
    return keys.map((key) => {
      const found = kept.get(key.name) ??
        { ...key, state: createVendorWord() };
      kept.set(key.name, found);
      return found.state;
    });
  }
  return {
    blockers: (call: QuotaCall, now: number): readonly Blocker[] =>
      wordKeys(call).flatMap(({ name }) => {
        const word = kept.get(name)?.state;
        if (!word) return [];
        const flying = flights.count(name, now);
        return [word.readyAt(now, { priority: call.priority, flying })];
      }),
    learn(call: QuotaCall, hints: readonly QuotaHint[], now: number): void {
      const flight = flights.land(call, now);
      const from = { now, flight, sent: flights.sent() };
      for (const hint of hints) {
        for (const word of wordsOf(call, hint.scope)) word.learn(hint, from);
      }
      if (kept.size > MOST_WORDS) forgetIdle(kept, now);
    },
    refuse(
      call: QuotaCall,
      { scope, waitSeconds }: Refusal,
      now: number,
    ): number {
      const flight = flights.land(call, now);
      const waits = wordsOf(call, scope)
        .map((word) => word.refuse(waitSeconds, now, flight));
      return Math.max(...waits);
    },
    uses: (now: number): readonly BudgetUse[] =>
      [...kept.values()].map(({ scope, owner, state }) => ({
        scope,
        owner,
        usedShare: state.usedShare(now),
        pausedUntil: state.pausedUntil(now),
      })),
  };
}

/** Paths may hold ids, so that there is no end of them. */
function forgetIdle(kept: Map<string, Kept<VendorWord>>, now: number): void {
  for (const [name, { state }] of kept) {
    const idle = state.usedShare(now) === null &&
      state.pausedUntil(now) === null;
    if (idle) kept.delete(name);
  }
}
