/**
 * One budget, lent in slices: what is lent and what was spent never exceed a cap,
 * whichever nodes die and whatever they fail to tell.
 *
 *     closed + Σ granted ≤ cap         of the flight, and of each day
 *
 * A slice that nobody renews stays lent: what its bids cost is known only from a report,
 * and that is whole only when the life of its last bid is over.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type {
  BudgetAccount,
  BudgetSlice,
  PacingState,
  SliceMail,
  SliceNotice,
} from "../../ports/budgets.ts";
import type { Flight, Span } from "./flight.ts";

/** What a node tells of a slice, and asks. */
export interface SliceRequest {
  readonly id: string;
  readonly day: Span;
  /** Whether it was lent before; it may have been reclaimed since. */
  readonly lent: boolean;
  /** Limit that the node keeps until it is answered, micros. */
  readonly keepMicros: number;
  /** Limit that it would like, micros. */
  readonly wantMicros: number;
  readonly chargedMicros: number;
  readonly expectedMicros: number;
  /** Charged beyond what was reserved. */
  readonly breachMicros: number;
  /** How many notices of its mail the node has taken, since the first; 0 if absent. */
  readonly mailTaken?: number;
}

/** Under which terms slices are lent. */
export interface LoanTerms {
  readonly flight: Flight;
  /** For how long bids may be sent without being renewed, milliseconds. */
  readonly leaseMs: number;
  /** Least that is worth lending, micros: a highest bid. */
  readonly leastGrantMicros: number;
}

/** What a budget has cost on average, as far as it is known. */
export interface Expected {
  readonly totalMicros: number;
  readonly dayMicros: number;
}

/** The share of what is free that one slice may get at once. */
const MOST_SHARE = 1 / 4;
/** Notices that wait for one node at most: all that one request may tell. */
const MOST_MAIL = 10_000;
/** A clock is not believed that is further ahead of the store's, milliseconds. */
const MOST_AHEAD_MS = 60_000;

/** A budget of which nothing is spent. */
export function openAccount(pacing: PacingState): BudgetAccount {
  return {
    closedMicros: 0,
    day: 0,
    dayClosedMicros: 0,
    slices: [],
    stopped: null,
    pacing,
  };
}

/**
 * Micros that are neither spent nor lent, today; below 0 if a cap was lowered.
 *
 * @param day When the day began.
 */
export function freeMicros(
  { closedMicros, day: latest, dayClosedMicros, slices }: BudgetAccount,
  { capMicros, dayCapMicros }: Flight,
  day: number,
): number {
  const today = slices.filter((slice) => slice.day === day);
  const lent = sumOf(slices, ({ grantedMicros }) => grantedMicros);
  const lentToday = sumOf(today, ({ grantedMicros }) => grantedMicros);
  const closedToday = day === latest ? dayClosedMicros : 0;
  const free = capMicros - closedMicros - lent;
  return dayCapMicros === null
    ? free
    : Math.min(free, dayCapMicros - closedToday - lentToday);
}

/**
 * Renews a slice, or lends a new one.
 *
 * @returns The account, and the slice's limit; null if it is no longer the node's, which
 * then must not bid on it.
 */
export function lend(
  account: BudgetAccount,
  request: SliceRequest,
  { flight, leaseMs, leastGrantMicros, now }: LoanTerms & {
    readonly now: number;
  },
): { readonly account: BudgetAccount; readonly grantedMicros: number | null } {
  const others = account.slices.filter(({ id }) => id !== request.id);
  const before = account.slices.find(({ id }) => id === request.id);
  if (request.lent && !before) return { account, grantedMicros: null };
  const mail = before?.mail && takeMail(before.mail, request.mailTaken ?? 0);
  const isAhead = request.day.from > now + MOST_AHEAD_MS;
  const turned = isAhead ? account : turnDay(account, request.day.from);
  const slice: BudgetSlice = {
    id: request.id,
    day: request.day.from,
    grantedMicros: request.keepMicros,
    chargedMicros: request.chargedMicros,
    expectedMicros: request.expectedMicros,
    bidsUntil: now + leaseMs,
    ...mail && { mail },
  };
  const kept = {
    ...turned,
    slices: [...others, slice],
    stopped: request.breachMicros > 0
      ? `Charges of slice ${request.id} exceed what its bids reserved`
      : turned.stopped,
  };
  const lends = kept.stopped === null && slice.day === kept.day &&
    now >= flight.from && now < flight.until;
  const free = lends ? freeMicros(kept, flight, slice.day) : 0;
  const most = Math.max(Math.floor(free * MOST_SHARE), leastGrantMicros);
  const more = Math.min(request.wantMicros - slice.grantedMicros, most, free);
  const grantedMicros = slice.grantedMicros + Math.max(0, Math.floor(more));
  return {
    account: { ...kept, slices: [...others, { ...slice, grantedMicros }] },
    grantedMicros,
  };
}

/** Without the notices that the node has taken; told twice, it takes nothing away twice. */
function takeMail({ taken, waiting }: SliceMail, until: number): SliceMail {
  const more = Math.max(0, until - taken);
  return { taken: taken + more, waiting: waiting.slice(more) };
}

/**
 * Leaves notices for the node that holds a slice.
 *
 * @returns The account as it was, if there is no such slice.
 * @throws {EngineError} `store_unavailable` if so many wait already; to be told again.
 */
export function mailNotices(
  account: BudgetAccount,
  id: string,
  notices: readonly SliceNotice[],
): BudgetAccount {
  const slice = account.slices.find((slice) => slice.id === id);
  const { taken, waiting } = slice?.mail ?? { taken: 0, waiting: [] };
  if (!slice) return account;
  if (waiting.length + notices.length > MOST_MAIL) throw mailFull(id);
  const mail = { taken, waiting: [...waiting, ...notices] };
  return {
    ...account,
    slices: account.slices.map((one) => one === slice ? { ...one, mail } : one),
  };
}

function mailFull(slice: string): EngineError {
  return new EngineError(
    "store_unavailable",
    `Cannot leave notices for slice "${slice}": its node has not yet taken those before`,
    { facts: { slice } },
  );
}

function turnDay(account: BudgetAccount, day: number): BudgetAccount {
  return day > account.day ? { ...account, day, dayClosedMicros: 0 } : account;
}

/**
 * Closes a slice whose bids are all settled: what it did not cost is free again.
 *
 * @param chargedMicros What its bids have cost, all of them. More than was granted is
 * counted, and stops the budget.
 */
export function closeSlice(
  account: BudgetAccount,
  id: string,
  chargedMicros: number,
): BudgetAccount {
  const slice = account.slices.find((slice) => slice.id === id);
  if (!slice) return account;
  const isToday = slice.day === account.day;
  return {
    ...account,
    closedMicros: account.closedMicros + chargedMicros,
    dayClosedMicros: account.dayClosedMicros + (isToday ? chargedMicros : 0),
    slices: account.slices.filter((other) => other !== slice),
    stopped: chargedMicros > slice.grantedMicros
      ? `Charges of slice ${id} exceed what was lent`
      : account.stopped,
  };
}

/**
 * Takes back the slice of a node that is gone, by a report of all that it cost.
 *
 * @param report What its bids were charged, by a report over all bids before `whole`.
 * @param lifetimeMs How long after it was sent a bid may still be charged.
 * @returns The account as it was, if the report cannot be whole yet.
 */
export function reclaimSlice(
  account: BudgetAccount,
  report: {
    readonly id: string;
    readonly chargedMicros: number;
    readonly whole: number;
  },
  lifetimeMs: number,
): BudgetAccount {
  const slice = account.slices.find(({ id }) => id === report.id);
  if (!slice || report.whole < slice.bidsUntil + lifetimeMs) return account;
  return closeSlice(account, report.id, report.chargedMicros);
}

/** Lends again after somebody looked. */
export function resumeAccount(account: BudgetAccount): BudgetAccount {
  return { ...account, stopped: null };
}

/** What the budget has cost on average; a slice that nobody renewed counts whole. */
export function expectedOf(account: BudgetAccount, now: number): Expected {
  const costOf = (slice: BudgetSlice) =>
    now < slice.bidsUntil ? slice.expectedMicros : slice.grantedMicros;
  const today = account.slices.filter(({ day }) => day === account.day);
  return {
    totalMicros: account.closedMicros + sumOf(account.slices, costOf),
    dayMicros: account.dayClosedMicros + sumOf(today, costOf),
  };
}

function sumOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
