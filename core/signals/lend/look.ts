/**
 * A look at the budgets in the store.
 *
 * Who comes to a desk is looked up in the store. Who then has to wait waits by what was
 * last seen of the budgets: others may have used more since, so nobody goes without
 * another look, but nobody is looked up again before he could go. A look takes answers
 * to the store, and all callers whose budgets it reads, so that a crowd is one look.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type {
  BudgetChange,
  BudgetState,
  QuotaStore,
} from "../../ports/quota.ts";
import type { BudgetKey, QuotaCall } from "./budget_keys.ts";
import {
  type Answer,
  type Asking,
  type Blocker,
  blockers,
  type Budgets,
  type Flights,
  learn,
  send,
} from "./budgets.ts";

/** What a desk is lent. */
export interface DeskLoan {
  readonly connector: string;
  readonly store: QuotaStore;
  /** Milliseconds that never go back. */
  present(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Longest that other processes are let go first, milliseconds. */
  readonly yieldMs: number;
}

/** A caller who waits. */
export interface Waiter extends Asking {
  readonly call: QuotaCall;
  readonly deadline: number;
  readonly admitted: PromiseWithResolvers<void>;
  /** When the store was last asked for it; null if it has just come. */
  lookedAt: number | null;
}

/** A desk: who waits at it, and what it knows. */
export interface DeskState extends DeskLoan {
  /** In the order in which they are served. */
  readonly waiting: Waiter[];
  /** Not in the store yet, oldest first. */
  answers: readonly Answer[];
  readonly flights: WeakMap<QuotaCall, Flights>;
  readonly seen: Map<string, Seen>;
  /** By how much the store's clock is ahead of ours. */
  aheadMs: number;
  /** For how long the desk leaves what becomes free to other processes. */
  yieldingMs: number;
  running: Promise<void> | null;
  /** When the desk next wakes by itself. */
  wakesAt: number;
}

interface Seen {
  readonly key: BudgetKey;
  readonly budget: BudgetState;
}

/** What came of a look, for one waiter: it went, or the store's time from which it may. */
interface Verdict {
  readonly waiter: Waiter;
  readonly went: Flights | null;
  readonly readyAt: number;
}

/** What came of a look, for all whose budgets were at hand. */
interface Look extends BudgetChange {
  readonly verdicts: readonly Verdict[];
  /** The store's time, and by how much it is ahead of ours. */
  readonly now: number;
  readonly aheadMs: number;
}

/** How often is looked whether another process's call has been answered. */
const POLL_MS = 250;
const MOST_SEEN = 1000;

/** By what was last seen: who is to be looked up now, and when the next will be. */
export function whoIsDue(
  desk: DeskState,
): { readonly due: readonly Waiter[]; readonly wakesAt: number } {
  const now = desk.present();
  const budgets: Budgets = new Map();
  for (const [name, { budget }] of desk.seen) budgets.set(name, budget);
  const due: Waiter[] = [];
  let wakesAt = Infinity;
  for (const waiter of desk.waiting) {
    const seenAt = now + desk.aheadMs - desk.yieldingMs;
    const held = blockers(budgets, waiter, seenAt);
    if (held.length === 0) send(budgets, waiter.keys, seenAt);
    const lookAt = nextLook(desk, waiter, held);
    if (lookAt <= now) due.push(waiter);
    else wakesAt = Math.min(wakesAt, lookAt);
  }
  return { due, wakesAt };
}

function nextLook(
  { aheadMs, yieldingMs }: DeskState,
  { deadline, lookedAt }: Waiter,
  held: readonly Blocker[],
): number {
  if (lookedAt === null) return -Infinity;
  const moments = held.map((until) =>
    until === null ? lookedAt + POLL_MS : until - aheadMs + yieldingMs
  );
  return Math.min(deadline, Math.max(-Infinity, ...moments));
}

/**
 * Brings answers to the store and lets go who may; false if the store failed, to those
 * who were to be looked up.
 */
export async function look(
  desk: DeskState,
  due: readonly Waiter[],
): Promise<boolean> {
  const { answers, connector, store } = desk;
  const keys = new Map(
    [...answers, ...due].flatMap((one) => one.keys)
      .map((key) => [key.name, key]),
  );
  try {
    const made = await store.change(
      connector,
      [...keys.keys()],
      (kept, now) => decide(desk, { answers, keys, kept, now }),
    );
    desk.answers = desk.answers.slice(answers.length);
    remember(desk, keys, made.kept);
    const tried = due.some(({ lookedAt }) => lookedAt !== null);
    const went = carryOut(desk, made);
    if (went) desk.yieldingMs = desk.yieldMs;
    else if (tried) desk.yieldingMs = Math.floor(desk.yieldingMs / 2);
    return true;
  } catch (error) {
    for (const waiter of due) leave(desk, waiter).reject(error);
    return false;
  }
}

/** Of all who wait, those are judged whose budgets are all at hand. */
function decide(
  { waiting, present }: DeskState,
  { answers, keys, kept, now }: {
    readonly answers: readonly Answer[];
    readonly keys: ReadonlyMap<string, BudgetKey>;
    readonly kept: ReadonlyMap<string, BudgetState>;
    readonly now: number;
  },
): Look {
  const budgets: Budgets = new Map(kept);
  for (const answer of answers) learn(budgets, answer, now);
  const judged = waiting.filter((waiter) =>
    waiter.keys.every(({ name }) => keys.has(name))
  );
  const verdicts = judged.map((waiter): Verdict => {
    const held = blockers(budgets, waiter, now);
    const readyAt = Math.max(now, ...held.map((until) => until ?? now));
    const went = held.length === 0 ? send(budgets, waiter.keys, now) : null;
    return { waiter, went, readyAt };
  });
  return { kept: budgets, now, verdicts, aheadMs: now - present() };
}

/** Whether anybody went. */
function carryOut(desk: DeskState, { verdicts, now, aheadMs }: Look): boolean {
  desk.aheadMs = aheadMs;
  for (const { waiter, went, readyAt } of verdicts) {
    const { call, deadline } = waiter;
    waiter.lookedAt = now - aheadMs;
    if (went) {
      desk.flights.set(call, went);
      leave(desk, waiter).resolve();
    } else if (readyAt - aheadMs > deadline || waiter.lookedAt >= deadline) {
      leave(desk, waiter).reject(throttled(call, readyAt - now));
    }
  }
  return verdicts.some(({ went }) => went !== null);
}

function leave({ waiting }: DeskState, waiter: Waiter) {
  waiting.splice(waiting.indexOf(waiter), 1);
  return waiter.admitted;
}

function remember(
  { seen, waiting }: DeskState,
  keys: ReadonlyMap<string, BudgetKey>,
  kept: Look["kept"],
): void {
  for (const [name, key] of keys) {
    const budget = kept.get(name);
    if (budget) seen.set(name, { key, budget });
    else seen.delete(name);
  }
  if (seen.size <= MOST_SEEN) return;
  const needed = new Set(waiting.flatMap(({ keys }) => keys.map(nameOf)));
  for (const name of seen.keys()) {
    if (seen.size <= MOST_SEEN) break;
    if (!needed.has(name)) seen.delete(name);
  }
}

function nameOf({ name }: BudgetKey): string {
  return name;
}

function throttled({ connector }: QuotaCall, waitMs: number): EngineError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new EngineError(
    "source_throttled",
    `Cannot call source "${connector}": its quota has no room for ${retryAfterSeconds} seconds`,
    { facts: { retryAfterSeconds } },
  );
}
