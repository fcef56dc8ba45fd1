/**
 * Budgets of one connector: what holds a call back, and what is known after a call
 * went or was answered. Moments in milliseconds since 1970.
 *
 * @module
 */
import type { QuotaHint, QuotaScope } from "../../domain/source.ts";
import type { BudgetState, Flight } from "../../ports/quota.ts";
import { type BudgetKey, limitName, type Priority } from "./budget_keys.ts";
import { flying, land, lostAt, takeOff } from "./flights.ts";
import {
  learnHint,
  pausedUntil,
  refuseCall,
  RESERVED_SHARE,
  wordEndsAt,
  wordReadyAt,
  wordUse,
} from "./vendor_word.ts";
import { countCall, windowReadyAt, windowUse } from "./window.ts";

/** Until when a budget holds a call back; null until another call has been answered. */
export type Blocker = number | null;

/** Budgets by name, on their way from one state to the next. */
export type Budgets = Map<string, BudgetState>;

/** A call that is to go. */
export interface Asking {
  readonly keys: readonly BudgetKey[];
  readonly priority: Priority;
}

/** What a refusal says. */
export interface Refusal {
  /** Who is to wait. */
  readonly scope: QuotaScope;
  /** As told; where null, a pause that doubles while it is of no use. */
  readonly waitSeconds: number | null;
}

/** What became of a call. */
export interface Answer {
  readonly keys: readonly BudgetKey[];
  /** The call within each budget; none if it is not known. */
  readonly flights: Flights;
  readonly hints: readonly QuotaHint[];
  readonly refusal: Refusal | null;
}

/** One call, as each of its budgets counts it: by the budget's name. */
export type Flights = ReadonlyMap<string, Flight>;

/** How much of a budget is used. */
export interface BudgetUse {
  /** Share used, null if not known. */
  readonly usedShare: number | null;
  /** End of the pause that the vendor asked for; null if there is none. */
  readonly pausedUntil: number | null;
}

const UNKNOWN: BudgetState = {
  limits: {},
  sent: 0,
  out: [],
  left: null,
  share: null,
  pause: null,
  idleAt: 0,
};

/** What holds a call back now; nothing if it may go. */
export function blockers(
  budgets: ReadonlyMap<string, BudgetState>,
  { keys, priority }: Asking,
  now: number,
): readonly Blocker[] {
  const reserved = priority === "backfill" ? RESERVED_SHARE : 0;
  return keys.flatMap(({ name, limits }) => {
    const budget = budgets.get(name);
    if (!budget) return [];
    const windows = limits.map((limit) =>
      windowReadyAt(budget.limits[limitName(limit)], limit, {
        now,
        allowed: limit.calls - Math.floor(limit.calls * reserved),
      })
    );
    const out = flying(budget, now);
    return [...windows, wordReadyAt(budget, now, { priority, flying: out })];
  }).filter((until) => until === null || until > now);
}

/**
 * Counts a call that goes.
 *
 * @returns The call, as each budget counts it.
 */
export function send(
  budgets: Budgets,
  keys: readonly BudgetKey[],
  now: number,
): Flights {
  return new Map(keys.map(({ name, limits }) => {
    const budget = budgets.get(name) ?? UNKNOWN;
    const counted = limits.map((limit) => {
      const name = limitName(limit);
      return [name, countCall(budget.limits[name], limit, now)];
    });
    const flights = takeOff(budget, now);
    keep(budgets, name, {
      budget: {
        ...budget,
        ...flights,
        limits: { ...budget.limits, ...Object.fromEntries(counted) },
      },
      now,
    });
    return [name, { order: flights.sent, sentAt: now }];
  }));
}

/** Learns from an answer. */
export function learn(
  budgets: Budgets,
  { keys, flights, hints, refusal }: Answer,
  now: number,
): void {
  for (const { name, scope, isMeant } of keys) {
    const flight = flights.get(name) ?? { order: 0, sentAt: now };
    let budget = budgets.get(name) ?? UNKNOWN;
    budget = { ...budget, ...land(budget, flight) };
    const from = { now, flight, sent: budget.sent };
    for (const hint of hints) {
      if (!isMeant || hint.scope !== scope) continue;
      budget = { ...budget, ...learnHint(budget, hint, from) };
    }
    if (isMeant && refusal?.scope === scope) {
      const { waitSeconds } = refusal;
      budget = { ...budget, ...refuseCall(budget, waitSeconds, from) };
    }
    keep(budgets, name, { budget, now });
  }
}

/** How much of a budget is used. */
export function useOf(
  budget: BudgetState,
  { limits }: BudgetKey,
  now: number,
): BudgetUse {
  const shares = limits.map((limit) =>
    windowUse(budget.limits[limitName(limit)], limit, now)
  );
  const told = wordUse(budget, now);
  const known = told === null ? shares : [...shares, told];
  return {
    usedShare: known.length === 0 ? null : Math.max(...known),
    pausedUntil: pausedUntil(budget, now),
  };
}

/** Paths hold ids, so that there is no end of budgets: what tells nothing is not kept. */
function keep(
  budgets: Budgets,
  name: string,
  { budget, now }: { readonly budget: BudgetState; readonly now: number },
): void {
  const running = Object.entries(budget.limits)
    .filter(([, { endsAt }]) => endsAt > now);
  const idleAt = Math.max(
    lostAt(budget),
    wordEndsAt(budget),
    ...running.map(([, { endsAt }]) => endsAt),
  );
  if (idleAt <= now) budgets.delete(name);
  else {
    const limits = Object.fromEntries(running);
    budgets.set(name, { ...budget, limits, idleAt });
  }
}
