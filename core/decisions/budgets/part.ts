/**
 * A node's part in one budget: its bidder, and when it is to go to the store again.
 *
 * @module
 */
import type { BudgetBook, KeptBudget } from "../../ports/budgets.ts";
import { type Bidder, createBidder } from "../pacing/bidder.ts";
import type { FlightStatus } from "../pacing/flight.ts";
import type { OwnedTerms } from "./directory.ts";
import { paceTerms } from "./pace_terms.ts";

/** A part in a budget; moments in milliseconds. */
export interface Part {
  readonly tenant: string;
  readonly budget: string;
  readonly bidder: Bidder;
  status: FlightStatus | null;
  /** As of the last sync. */
  kept: KeptBudget | null;
  askedAt: number;
  dueAt: number;
  syncedAt: number;
  /** The sync under way. */
  syncing: Promise<void> | null;
}

const SYNC_MS = 5000;
/** After a sync, before the next of a node that ran out. */
const STARVED_MS = 1000;
/** Not asked about for so long, a part is given back. */
const IDLE_MS = 600_000;

/** Opens a part; its bidder takes the terms from the store, with each change of the account. */
export function openPart(
  book: BudgetBook,
  { tenant, terms }: OwnedTerms,
  session: string,
): Part {
  const bidder = createBidder({
    ...paceTerms(terms),
    budget: terms.id,
    session,
    shade: null,
    store: {
      change: async (budget, apply) => {
        const { answer, after } = await book.change(
          tenant,
          budget,
          (before, now) => {
            bidder.adopt(paceTerms(before.terms));
            const { kept, answer } = apply(before.account, now);
            return {
              kept,
              answer: { answer, after: { ...before, account: kept } },
            };
          },
        );
        part.kept = after;
        return answer;
      },
    },
  });
  const part: Part = {
    tenant,
    budget: terms.id,
    bidder,
    status: null,
    kept: null,
    askedAt: -Infinity,
    dueAt: -Infinity,
    syncedAt: -Infinity,
    syncing: null,
  };
  return part;
}

/** Tells the account, and is lent more. */
export async function renewPart(part: Part, now: number): Promise<void> {
  part.syncedAt = now;
  part.dueAt = now + STARVED_MS;
  part.status = await part.bidder.sync(now);
  part.dueAt = now + SYNC_MS;
}

/**
 * Gives back what nobody asked for lately; what bids are out for is kept until they are
 * told of.
 *
 * @returns Whether nothing is left of the part.
 */
export async function leavePart(part: Part, now: number): Promise<boolean> {
  part.syncedAt = now;
  part.dueAt = now + SYNC_MS;
  await part.bidder.release(now);
  return part.bidder.slices().length === 0 && isIdle(part, now);
}

/** Whether nobody asked for it lately. */
export function isIdle({ askedAt }: Part, now: number): boolean {
  return now - askedAt > IDLE_MS;
}

/**
 * Whether nobody asked for it since the life of its last bid was over: what no notice told
 * of until then waits for a report.
 */
export function isAbandoned({ askedAt, kept }: Part, now: number): boolean {
  const lifeSeconds = kept?.terms.notices.lifeSeconds ?? 0;
  return now - askedAt > IDLE_MS + 1000 * lifeSeconds;
}

/** Whether it is to go to the store; a clock that was set back makes it so. */
export function isDue({ dueAt, syncedAt }: Part, now: number): boolean {
  return now >= dueAt || now < syncedAt;
}

/** Has it renewed soon: it ran out. */
export function hasten(part: Part): void {
  part.dueAt = Math.min(part.dueAt, part.syncedAt + STARVED_MS);
}
