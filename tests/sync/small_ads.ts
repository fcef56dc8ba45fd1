/**
 * Small Ads, a made-up vendor that can be wrong in every way that a test asks for:
 * campaigns' days by device, their totals, and events in the order in which they
 * became known. It cuts an answer at its cap without a word.
 *
 * @module
 */
import type { Day, DayRange } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { CallLimit, Quality } from "../../core/domain/source.ts";
import type { Ledger } from "../../plugins/conformance/vendor.ts";
import { daysOf } from "../vendors/ad_truth.ts";
import { createGate, jsonAnswer } from "../vendors/gate.ts";

/** One campaign's day on one device. */
export interface SmallRow {
  readonly day: Day;
  readonly campaign: string;
  readonly device: string;
  readonly clicks: number;
  /** Whole cents. */
  readonly cents: number;
  /** Decimal text. */
  readonly conversions: string;
}

/** One thing that happened; `at` is when. */
export interface SmallEvent {
  readonly id: string;
  readonly at: string;
  readonly person: string;
}

/** What a question about days is, as the vendor understood it. */
export interface Asked extends DayRange {
  readonly kind: "report" | "totals";
  readonly campaign: string | null;
}

/** What a question is answered with; `cut` is said aloud where it is true. */
export interface Told {
  readonly rows: readonly unknown[];
  readonly quality?: readonly Quality[];
  readonly cut?: boolean;
}

/** What the vendor is made of. */
export interface SmallPlan {
  readonly clock: Clock;
  /** Rows of a day, as they are now. */
  rows(day: Day): readonly SmallRow[];
  /** Events in the order in which they became known. */
  readonly events?: readonly SmallEvent[];
  /** Days after which nothing changes. */
  readonly settlesDays?: number;
  readonly limits?: readonly CallLimit[];
  /** Rows at which an answer is cut. */
  readonly cap?: number;
  /** Rows of a page. */
  readonly pageRows?: number;
}

/** The vendor. */
export interface SmallAds {
  /** Rows of a day, as they are now. */
  rows(day: Day): readonly SmallRow[];
  /** What it does to an answer; the truth is told unless it is replaced. */
  spoil(told: Told, asked: Asked): Told;
  /** Questions about days so far, first pages only. */
  readonly asked: readonly Asked[];
  answer(request: Request): Promise<Response>;
  ledger(): Ledger;
}

/** Rows at which the vendor cuts unless told otherwise. */
export const CAP = 10;
const PAGE_EVENTS = 3;

/** Makes the vendor. */
export function createSmallAds(plan: SmallPlan): SmallAds {
  const { clock, events = [], settlesDays = 5, pageRows = 4 } = plan;
  const gate = createGate(clock, plan.limits ?? []);
  const asked: Asked[] = [];
  const account = {
    id: "a-1",
    zone: "Europe/Berlin",
    currency: "EUR",
    settlesDays,
    attribution: `click_${settlesDays}d`,
  };
  function select(one: Asked): Told {
    const rows = daysOf(one).flatMap((day) => vendor.rows(day)).filter((
      { campaign },
    ) => one.campaign === null || campaign === one.campaign);
    const told = vendor.spoil({ rows }, one);
    if (one.kind === "totals") return told;
    return { ...told, rows: told.rows.slice(0, plan.cap ?? CAP) };
  }
  function route({ pathname, searchParams: query }: URL): unknown {
    const page = Number(query.get("page") ?? "0");
    if (pathname === "/account") return account;
    if (pathname === "/events") return pageOf(events, page, PAGE_EVENTS);
    const one: Asked = {
      kind: pathname === "/totals" ? "totals" : "report",
      from: query.get("from") ?? "",
      until: query.get("until") ?? "",
      campaign: query.get("campaign"),
    };
    if (page === 0) asked.push(one);
    const { rows, ...said } = select(one);
    if (pathname === "/totals") return sum(rows as readonly SmallRow[]);
    if (pathname !== "/campaigns") {
      return { ...pageOf(rows, page, pageRows), ...said };
    }
    const campaigns = vendor.rows(one.from).map(({ campaign }) => campaign);
    return [...new Set(campaigns)];
  }
  const vendor: SmallAds = {
    rows: plan.rows,
    asked,
    spoil: (told) => told,
    answer(request) {
      const url = new URL(request.url);
      const early = gate.enter(url.pathname);
      if (!early) return Promise.resolve(jsonAnswer(route(url)));
      gate.close(1);
      const headers = { "retry-after": "1" };
      return Promise.resolve(jsonAnswer({}, { status: 429, headers }));
    },
    ledger: gate.ledger,
  };
  return vendor;
}

/** A page goes on at `next`; the last one says where the next question begins. */
function pageOf<T>(items: readonly T[], from: number, size: number) {
  const until = Math.min(from + size, items.length);
  return {
    items: items.slice(from, until),
    next: until < items.length ? String(until) : null,
    end: String(until),
  };
}

function sum(rows: readonly SmallRow[]) {
  let millionths = 0;
  for (const row of rows) {
    millionths += Math.round(Number(row.conversions) * 1e6);
  }
  return {
    clicks: rows.reduce((total, row) => total + row.clicks, 0),
    cents: rows.reduce((total, row) => total + row.cents, 0),
    conversions: (millionths / 1e6).toFixed(6),
  };
}
