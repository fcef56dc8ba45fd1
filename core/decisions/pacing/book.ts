/**
 * What a node tells of its slices, booked at once: slices renewed or closed, opportunities
 * counted, and the multiplier moved if a step is due. Whichever node comes first takes
 * the step, for all. Pure, so that a store may ask again.
 *
 * @module
 */
import type { BudgetAccount, NewWins, SliceMail } from "../../ports/budgets.ts";
import {
  closeSlice,
  expectedOf,
  freeMicros,
  lend,
  type LoanTerms,
  type SliceRequest,
} from "./account.ts";
import type { FlightStatus } from "./flight.ts";
import { isBehind, type PaceRules, participation, stepPace } from "./pace.ts";
import { observeOutcome } from "./target.ts";

/** A slice as its node tells it. */
export interface SliceTold extends SliceRequest {
  /** Whether all its bids are settled, and no more will be sent. */
  readonly closes: boolean;
}

/** All that a node tells. */
export interface NodeTold {
  /** By the store's clock. */
  readonly now: number;
  readonly slices: readonly SliceTold[];
  /** Since it last told. */
  readonly opportunities: number;
  /** Since it last told. */
  readonly wins: NewWins;
}

/** What a node is answered. */
export interface NodeHeard {
  /** Limits of its slices, micros, by id; without those that are closed or gone. */
  readonly granted: ReadonlyMap<string, number>;
  /** What other nodes heard of its slices, by id. */
  readonly mail: ReadonlyMap<string, SliceMail>;
  /** What bids are made with. */
  readonly multiplier: number;
  /** Share of opportunities to bid on. */
  readonly participation: number;
  readonly status: FlightStatus;
}

/** Terms under which a budget is lent and paced. */
export interface BookTerms extends LoanTerms {
  readonly rules: PaceRules;
}

/**
 * Books what a node tells.
 *
 * @returns The account to keep, and the answer.
 */
export function bookNode(
  before: BudgetAccount,
  told: NodeTold,
  terms: BookTerms,
): { readonly kept: BudgetAccount; readonly answer: NodeHeard } {
  const { now } = told;
  const granted = new Map<string, number>();
  let account = before;
  for (const request of told.slices) {
    const lent = lend(account, request, { ...terms, now });
    account = lent.account;
    if (lent.grantedMicros === null) continue;
    if (request.closes) {
      account = closeSlice(account, request.id, request.chargedMicros);
    } else granted.set(request.id, lent.grantedMicros);
  }
  const kept = { ...account, pacing: pace(account, told, terms) };
  return {
    kept,
    answer: {
      granted,
      mail: mailOf(kept, granted),
      multiplier: kept.pacing.applied,
      participation: participation(kept.pacing, terms.rules),
      status: statusOf(kept, now, terms),
    },
  };
}

function mailOf(
  { slices }: BudgetAccount,
  granted: NodeHeard["granted"],
): NodeHeard["mail"] {
  return new Map(
    slices.flatMap(({ id, mail }) =>
      mail && granted.has(id) ? [[id, mail] as const] : []
    ),
  );
}

/** Counts, and takes a step if one is due. */
function pace(
  account: BudgetAccount,
  { now, opportunities, wins }: NodeTold,
  { rules, flight }: BookTerms,
) {
  const counted = {
    ...account.pacing,
    opportunities: account.pacing.opportunities + opportunities,
    wins: {
      count: account.pacing.wins.count + wins.count,
      chargedMicros: account.pacing.wins.chargedMicros + wins.chargedMicros,
      expectedValue: account.pacing.wins.expectedValue + wins.expectedValue,
    },
  };
  if (now < flight.from || now - counted.steppedAt < rules.stepMs) {
    return counted;
  }
  const expected = expectedOf(account, now);
  return stepPace(counted, { now, flight, expected }, rules);
}

/**
 * Books what wins have brought, as it becomes known.
 *
 * @param outcome When the wins were won, and their value, in units of value.
 */
export function bookOutcome(
  account: BudgetAccount,
  { wonAt, value }: { readonly wonAt: number; readonly value: number },
): BudgetAccount {
  const { pacing } = account;
  const target = pacing.target && observeOutcome(pacing.target, wonAt, value);
  return { ...account, pacing: { ...pacing, target } };
}

/** How a budget stands. */
export function statusOf(
  account: BudgetAccount,
  now: number,
  { flight, rules, leastGrantMicros }: BookTerms,
): FlightStatus {
  if (account.stopped !== null) return "stopped";
  if (now < flight.from) return "waiting";
  if (now >= flight.until) return "ended";
  const day = flight.dayOf(now).from;
  const unspent = account.slices
    .filter((slice) => slice.day === day && now < slice.bidsUntil)
    .reduce((sum, slice) => sum + slice.grantedMicros - slice.chargedMicros, 0);
  const left = Math.max(0, freeMicros(account, flight, day)) + unspent;
  if (left < leastGrantMicros) return "spent";
  const expected = expectedOf(account, now);
  return isBehind(account.pacing, { now, flight, expected }, rules)
    ? "behind"
    : "pacing";
}
