/**
 * What exchanges tell of bids: taken by the node that sent the bid, left in the budget's
 * account for it where another node hears of it, and where that node is gone, settled by
 * a report.
 *
 * Each is told once or often, late, early or never: what was taken already changes
 * nothing, what nobody knows of is counted and left.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import { type BudgetTerms, parseBidName } from "../../domain/budget.ts";
import { EngineError } from "../../domain/error.ts";
import type {
  BudgetAccount,
  BudgetBook,
  SliceNotice,
} from "../../ports/budgets.ts";
import { mailNotices, reclaimSlice } from "../pacing/account.ts";
import { bookOutcome } from "../pacing/book.ts";
import type { BiddingNode } from "./node.ts";

/** What an exchange tells of one bid. */
export interface BidNotice {
  /** Names the bid, as its decision did. */
  readonly bid: string;
  /** Whole micros, fees included; null for a loss or a bid that came too late. */
  readonly chargedMicros: number | null;
}

/** What a win has brought. */
export interface BidOutcome {
  readonly bid: string;
  /** Tells it from others, so that it counts once. */
  readonly id: string;
  /** When it was won, milliseconds. */
  readonly wonAt: number;
  /** Micros or outcomes, as the budget counts; negative if taken back. */
  readonly value: number;
}

/** What the bids of a slice were charged, all that were sent before a moment. */
export interface SliceReport {
  readonly slice: string;
  /** Milliseconds. */
  readonly before: number;
  readonly chargedMicros: number;
}

/** How many of each became what. */
export interface NoticeCounts {
  /** Taken by this node. */
  readonly taken: number;
  /** Left for the node that sent the bid. */
  readonly routed: number;
  /** Of no bid that is out. */
  readonly unknown: number;
}

/** How many outcomes were booked. */
export interface OutcomeCounts {
  readonly booked: number;
  /** Told before. */
  readonly repeated: number;
  /** Of no budget, or of one that holds no return. */
  readonly unknown: number;
}

/**
 * What a report came to. `taken`: by this node. `routed`: left for the node that holds the
 * slice. `reclaimed`: the slice of a node that is gone is closed. `early`: that node's
 * last bid may still be charged. `unknown`: there is no such slice.
 */
export type ReportOutcome =
  | "taken"
  | "routed"
  | "reclaimed"
  | "early"
  | "unknown";

/** What it works with. */
export interface NoticeScope {
  readonly book: BudgetBook;
  readonly node: Pick<BiddingNode, "hear">;
}

/** Outcomes by id that a budget remembers. */
const OUTCOMES_KEPT = 2000;
const HASH_DIGITS = 16;

/** Takes notices. */
export async function takeNotices(
  { book, node }: NoticeScope,
  tenant: string,
  notices: readonly BidNotice[],
): Promise<NoticeCounts> {
  let [taken, unknown, routed] = [0, 0, 0];
  const away = new Map<string, Map<string, SliceNotice[]>>();
  for (const { bid, chargedMicros } of notices) {
    const name = parseBidName(bid);
    const notice = { bid: name?.number ?? 0, chargedMicros };
    const heard = name === null ? "unknown" : node.hear(tenant, name.budget, {
      slice: name.slice,
      notice,
    });
    if (heard === "taken") taken++;
    if (heard === "unknown") unknown++;
    if (heard === "elsewhere" && name) add(away, name, notice);
  }
  for (const [budget, slices] of away) {
    const left = await leave(book, { tenant, budget }, slices);
    routed += left.routed;
    unknown += left.unknown;
  }
  return { taken, routed, unknown };
}

function add(
  away: Map<string, Map<string, SliceNotice[]>>,
  { budget, slice }: { readonly budget: string; readonly slice: string },
  notice: SliceNotice,
): void {
  const slices = away.get(budget) ?? new Map<string, SliceNotice[]>();
  away.set(budget, slices);
  const others = slices.get(slice);
  if (others) others.push(notice);
  else slices.set(slice, [notice]);
}

async function leave(
  book: BudgetBook,
  { tenant, budget }: { readonly tenant: string; readonly budget: string },
  slices: ReadonlyMap<string, readonly SliceNotice[]>,
): Promise<Pick<NoticeCounts, "routed" | "unknown">> {
  const all = [...slices.values()].reduce((sum, { length }) => sum + length, 0);
  const lost = { routed: 0, unknown: all };
  return await ifKnown(
    lost,
    () =>
      book.change(tenant, budget, ({ account }) => {
        if (account === null) return { kept: account, answer: lost };
        let [kept, routed] = [account, 0];
        for (const [slice, notices] of slices) {
          const mailed = mailNotices(kept, slice, notices);
          if (mailed !== kept) routed += notices.length;
          kept = mailed;
        }
        return { kept, answer: { routed, unknown: all - routed } };
      }),
  );
}

/** Books outcomes, for the returns that are held. */
export async function bookOutcomes(
  { book }: NoticeScope,
  tenant: string,
  outcomes: readonly BidOutcome[],
): Promise<OutcomeCounts> {
  const budgets = Map.groupBy(
    outcomes,
    ({ bid }) => parseBidName(bid)?.budget ?? "",
  );
  let sum: OutcomeCounts = { booked: 0, repeated: 0, unknown: 0 };
  for (const [budget, told] of budgets) {
    const lost = { booked: 0, repeated: 0, unknown: told.length };
    const counts = await ifKnown(
      lost,
      () =>
        book.change(
          tenant,
          budget,
          ({ account }) =>
            account === null || account.pacing.target === null
              ? { kept: account, answer: lost }
              : bookAll(account, told),
        ),
    );
    sum = {
      booked: sum.booked + counts.booked,
      repeated: sum.repeated + counts.repeated,
      unknown: sum.unknown + counts.unknown,
    };
  }
  return sum;
}

function bookAll(account: BudgetAccount, told: readonly BidOutcome[]) {
  const known = new Set(account.outcomes?.ids);
  let [kept, booked, repeated] = [account, 0, 0];
  for (const { id, wonAt, value } of told) {
    const hash = sha256(id).slice(0, HASH_DIGITS);
    if (known.has(hash)) {
      repeated++;
      continue;
    }
    known.add(hash);
    booked++;
    kept = bookOutcome(kept, { wonAt, value });
  }
  const outcomes = { ids: [...known].slice(-OUTCOMES_KEPT) };
  const answer: OutcomeCounts = { booked, repeated, unknown: 0 };
  return { kept: booked === 0 ? account : { ...kept, outcomes }, answer };
}

/** Takes an exchange's statement, slice by slice; asked again, a report counts once. */
export async function takeReports(
  { book, node }: NoticeScope,
  { tenant, budget }: { readonly tenant: string; readonly budget: string },
  reports: readonly SliceReport[],
): Promise<readonly ReportOutcome[]> {
  return await book.change(tenant, budget, ({ terms, account }, now) => {
    for (const { before } of reports) {
      if (before > now) throw tooLate(budget);
    }
    const answer: ReportOutcome[] = [];
    let kept = account;
    for (const report of reports) {
      const { slice, before, chargedMicros } = report;
      const told = { slice, notice: { before, chargedMicros } };
      if (node.hear(tenant, budget, told) !== "elsewhere") answer.push("taken");
      else {
        const settled = settle(kept, report, { terms, now });
        kept = settled.kept;
        answer.push(settled.outcome);
      }
    }
    return { kept, answer };
  });
}

function settle(
  account: BudgetAccount | null,
  { slice: id, before, chargedMicros }: SliceReport,
  { terms, now }: { readonly terms: BudgetTerms; readonly now: number },
): { readonly kept: BudgetAccount | null; readonly outcome: ReportOutcome } {
  const slice = account?.slices.find((slice) => slice.id === id);
  if (!account || !slice) return { kept: account, outcome: "unknown" };
  const report = { id, chargedMicros, whole: before };
  const lifetimeMs = 1000 * terms.notices.lifeSeconds;
  const reclaimed = reclaimSlice(account, report, lifetimeMs);
  if (reclaimed !== account) return { kept: reclaimed, outcome: "reclaimed" };
  if (now >= slice.bidsUntil) return { kept: account, outcome: "early" };
  const kept = mailNotices(account, id, [{ before, chargedMicros }]);
  return { kept, outcome: "routed" };
}

/** A tenant that has no such budget has told of nothing. */
async function ifKnown<T>(lost: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineError && error.code === "not_found") return lost;
    throw error;
  }
}

function tooLate(budget: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot take report on budget "${budget}": it claims to be whole up to a moment that has not come`,
    { facts: { budget } },
  );
}
