/**
 * What a proposed policy set would have done to past decisions, added up: flips by
 * rule, channel, campaign and audience, and the money that moves.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { ActionScore, DecisionRequest } from "../../domain/decision.ts";
import type { AppliedRule } from "../../domain/verdict.ts";
import { spread } from "../../verdicts/in_force/draw.ts";
import type { Settled } from "../grounds.ts";

/** What one set made of one decision. */
export interface PolicyOutcome {
  /** The action recommended; null where a bid is decided. */
  readonly action: string | null;
  /** The bid, micros; null where an action is chosen. */
  readonly bidMicros: number | null;
  /** What the action is expected to be worth, micros; null for bids and without a score. */
  readonly worthMicros: number | null;
}

/** A decision that comes out otherwise. */
export interface Flip {
  readonly decisionId: string;
  readonly at: Instant;
  readonly channel: string | null;
  readonly campaign: string | null;
  /** Segment of the person; null if none was given. */
  readonly audience: string | null;
  readonly currency: string;
  readonly before: PolicyOutcome;
  readonly after: PolicyOutcome;
  /** Less is done, or for less; more; or something else. */
  readonly direction: Direction;
  /** Rules that spoke only before, with a `-`, or only after, with a `+`: `+policy/rule`. */
  readonly rules: readonly string[];
}

/** Which way a flip goes: a lower bid or nothing done is tighter. */
export type Direction = "tighter" | "looser" | "other";

/** Decisions of one rule, channel, campaign or audience. */
export interface ImpactRow {
  readonly key: string;
  decisions: number;
  flips: number;
  tighter: number;
  looser: number;
}

/** Sums of one currency, micros; for all decisions, whether they flip or not. */
export interface ImpactMoney {
  readonly currency: string;
  bidsBefore: number;
  bidsAfter: number;
  /** Expected worth of the actions recommended. */
  worthBefore: number;
  worthAfter: number;
}

/** What was found. */
export interface Impact {
  readonly decisions: number;
  readonly flips: number;
  readonly tighter: number;
  readonly looser: number;
  /** Decisions that could not be settled again, by cause. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly money: readonly ImpactMoney[];
  /** Rows of rules count flips only: `decisions` is theirs too. Most flips first. */
  readonly by: Readonly<Record<ImpactGroup, readonly ImpactRow[]>>;
  /** Flips drawn evenly from all. */
  readonly samples: readonly Flip[];
}

/** What flips are counted by. */
export const IMPACT_GROUPS = [
  "rule",
  "channel",
  "campaign",
  "audience",
] as const;

/** One of them. */
export type ImpactGroup = (typeof IMPACT_GROUPS)[number];

/** Most rows of a group that are told of. */
const MOST_ROWS = 1000;

/** One decision under both sets. */
export interface Compared {
  readonly id: string;
  readonly at: Instant;
  readonly request: DecisionRequest;
  readonly currency: string;
  readonly before: Settled;
  readonly after: Settled;
}

/** Adds decisions up, one at a time. */
export interface ImpactSum {
  add(compared: Compared): void;
  skip(cause: string): void;
  sum(): Impact;
}

/** Starts at nothing. */
export function createImpactSum(samples: number): ImpactSum {
  const rows = new Map(
    IMPACT_GROUPS.map((group) => [group, new Map<string, ImpactRow>()]),
  );
  const money = new Map<string, ImpactMoney>();
  const skipped: Record<string, number> = {};
  const drawn = createSample(samples);
  const total = emptyRow("");
  function count(group: ImpactGroup, key: string, flip: Flip | null): void {
    const known = rows.get(group) as Map<string, ImpactRow>;
    const row = known.get(key) ?? emptyRow(key);
    known.set(key, row);
    addTo(row, flip);
  }
  return {
    add(compared) {
      const flip = findFlip(compared);
      const { entities } = compared.request;
      addTo(total, flip);
      count("channel", entities.channel ?? "none", flip);
      count("campaign", entities.campaign ?? "none", flip);
      count("audience", entities.segment ?? "none", flip);
      addMoney(money, compared);
      if (flip === null) return;
      for (const rule of flip.rules) count("rule", rule, flip);
      drawn.add(flip);
    },
    skip(cause) {
      skipped[cause] = (skipped[cause] ?? 0) + 1;
    },
    sum: () => ({
      decisions: total.decisions,
      flips: total.flips,
      tighter: total.tighter,
      looser: total.looser,
      skipped,
      money: [...money.values()],
      by: {
        rule: sortRows(rows.get("rule")),
        channel: sortRows(rows.get("channel")),
        campaign: sortRows(rows.get("campaign")),
        audience: sortRows(rows.get("audience")),
      },
      samples: drawn.list(),
    }),
  };
}

function emptyRow(key: string): ImpactRow {
  return { key, decisions: 0, flips: 0, tighter: 0, looser: 0 };
}

function addTo(row: ImpactRow, flip: Flip | null): void {
  row.decisions++;
  if (flip === null) return;
  row.flips++;
  if (flip.direction !== "other") row[flip.direction]++;
}

function sortRows(rows: ReadonlyMap<string, ImpactRow> = new Map()) {
  return [...rows.values()]
    .sort((a, b) => b.flips - a.flips || (a.key < b.key ? -1 : 1))
    .slice(0, MOST_ROWS);
}

function addMoney(
  money: Map<string, ImpactMoney>,
  { currency, before, after }: Compared,
): void {
  const sums = money.get(currency) ??
    { currency, bidsBefore: 0, bidsAfter: 0, worthBefore: 0, worthAfter: 0 };
  money.set(currency, sums);
  const [was, is] = [outcomeOf(before), outcomeOf(after)];
  sums.bidsBefore += was.bidMicros ?? 0;
  sums.bidsAfter += is.bidMicros ?? 0;
  sums.worthBefore += was.worthMicros ?? 0;
  sums.worthAfter += is.worthMicros ?? 0;
}

/** What of a decision differs between two sets; null if nothing that matters does. */
export function findFlip(compared: Compared): Flip | null {
  const { id, at, request: { entities }, currency } = compared;
  const before = outcomeOf(compared.before);
  const after = outcomeOf(compared.after);
  if (before.action === after.action && before.bidMicros === after.bidMicros) {
    return null;
  }
  return {
    decisionId: id,
    at,
    channel: entities.channel ?? null,
    campaign: entities.campaign ?? null,
    audience: entities.segment ?? null,
    currency,
    before,
    after,
    direction: directionOf(compared, before, after),
    rules: changedRules(compared.before.applied, compared.after.applied),
  };
}

function outcomeOf({ recommendation, actions }: Settled): PolicyOutcome {
  if (recommendation.kind === "bid") {
    const { bidMicros } = recommendation;
    return { action: null, bidMicros, worthMicros: null };
  }
  const { action } = recommendation;
  const worth = actions.find((one) => one.action === action)?.worthMicros;
  return { action, bidMicros: null, worthMicros: worth ?? null };
}

function directionOf(
  { before, after }: Compared,
  was: PolicyOutcome,
  is: PolicyOutcome,
): Direction {
  if (was.bidMicros !== null && is.bidMicros !== null) {
    return is.bidMicros < was.bidMicros ? "tighter" : "looser";
  }
  const lost = isRefused(after.actions, was.action);
  const gained = isRefused(before.actions, is.action);
  if (lost === gained) return "other";
  return lost ? "tighter" : "looser";
}

function isRefused(actions: readonly ActionScore[], action: string | null) {
  return actions.find((one) => one.action === action)?.allowed === false;
}

/** Rules without their versions, so that a new version is no change by itself. */
function changedRules(
  before: readonly AppliedRule[],
  after: readonly AppliedRule[],
): readonly string[] {
  const [was, is] = [before, after].map((applied) =>
    new Set(applied.filter(matters).map(printRule))
  ) as [Set<string>, Set<string>];
  return [
    ...[...was].filter((rule) => !is.has(rule)).map((rule) => `-${rule}`),
    ...[...is].filter((rule) => !was.has(rule)).map((rule) => `+${rule}`),
  ];
}

function matters({ effect, beforeMicros, afterMicros }: AppliedRule): boolean {
  const bounds = effect === "cap" || effect === "floor" || effect === "adjust";
  return !bounds || beforeMicros !== afterMicros;
}

function printRule({ rule }: AppliedRule): string {
  return rule.replace(/@[^/]*/, "");
}

/** Draws the same flips whatever the order: those whose ids lie first. */
function createSample(most: number) {
  const kept: { readonly rank: number; readonly flip: Flip }[] = [];
  return {
    add(flip: Flip): void {
      const rank = spread(flip.decisionId);
      const last = kept.at(-1);
      if (most === 0 || (kept.length >= most && last && rank >= last.rank)) {
        return;
      }
      const place = kept.findIndex((one) => one.rank > rank);
      kept.splice(place < 0 ? kept.length : place, 0, { rank, flip });
      if (kept.length > most) kept.pop();
    },
    list: () =>
      kept.map(({ flip }) => flip)
        .sort((a, b) => a.decisionId < b.decisionId ? -1 : 1),
  };
}
