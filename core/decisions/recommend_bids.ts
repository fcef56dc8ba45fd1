/**
 * Recommended bids for destinations that take them in batches, once a day or so: each with
 * its range, and what limited it. Nothing is reserved, counted or logged: what such a
 * destination spends is held by the budget that it has there. Limits of policies are judged
 * by what was counted so far.
 *
 * The value of a win is what the model expects, and may be off by a given share; the range
 * is what would be bid then. A budget that governs the entity gives the multiplier as it
 * stands and the bounds; without one the model's target return does. Policies judge last.
 *
 * @module
 */
import { boundsFor, type BudgetTerms, unitOf } from "../domain/budget.ts";
import type { Instant } from "../domain/day.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import type { DecisionRequest } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { Currency } from "../domain/money.ts";
import { printModelRef } from "../domain/score.ts";
import type { AppliedRule } from "../domain/verdict.ts";
import { keepStandings, refusalOf, type Standings } from "./batch_standings.ts";
import { constrainBid } from "./constrain.ts";
import {
  candidateFacts,
  checkLimits,
  sharedFacts,
  withCounts,
} from "./context.ts";
import { readCounts } from "./limits/settle_counted.ts";
import { printRefusal } from "./paced.ts";
import { type BidRange, recommendBid } from "./pacing/bid_range.ts";
import type { WinCurve } from "./pacing/worth.ts";
import type { Scored } from "./score_candidates.ts";
import { shadeBid } from "./shade.ts";
import { curveUpTo, type Landscape } from "./shading.ts";
import { standRequest } from "./stand.ts";
import type { TakeScope } from "./take.ts";

/** An entity that a bid is wanted for. */
export interface BidAsk {
  readonly request: DecisionRequest;
  /** Today's bid, micros; null if there is none. */
  readonly todayMicros: number | null;
}

/** How far bids may be from what is known. */
export interface BidRangeOptions {
  /** How far the value may be from what the model expects, thousandths of it. */
  readonly spreadPermille: number;
  /** Most that a bid moves from today's, thousandths. */
  readonly stepPermille: number;
}

/** A recommended bid; amounts in whole micros. */
export interface RecommendedBid extends Omit<BidRange, "limitedBy"> {
  readonly currency: Currency;
  /** What limited it; `policy` and `constraint` after the bounds; null if nothing. */
  readonly limitedBy:
    | BidRange["limitedBy"]
    | "policy"
    | "constraint"
    | "budget";
  /** Most that may be bid by bounds and constraints. */
  readonly capMicros: number | null;
  /** Value wanted per micro. */
  readonly multiplier: number | null;
  readonly score: number | null;
  readonly modelVersion: string | null;
  /** Budget that governs it; null for none. */
  readonly budget: string | null;
  readonly applied: readonly AppliedRule[];
}

/** Entities that bids are wanted for. */
export interface BidBatch {
  readonly asks: readonly BidAsk[];
  readonly options: BidRangeOptions;
  /** Until when all must be answered; without an end unless given. */
  readonly deadline?: Deadline;
}

/** An entity's part of what all answers rest on. */
interface Ground {
  readonly tenant: string;
  readonly ask: BidAsk;
  readonly at: Instant;
  readonly scored: Scored;
  readonly readings: FeatureReadings;
  readonly landscape: Landscape | null;
  readonly terms: BudgetTerms | null;
}

/** Entities that are scored at a time. */
const AT_ONCE = 64;

/**
 * Recommends bids.
 *
 * @returns One for each entity, in order.
 * @throws {EngineError} `request_invalid` if a model decides no bids or a limit is none,
 * `store_unavailable`, `deadline_exceeded`.
 */
export async function recommendBids(
  scope: TakeScope,
  tenant: string,
  { asks, options, deadline = NO_DEADLINE }: BidBatch,
): Promise<readonly RecommendedBid[]> {
  for (const { request } of asks) checkLimits(request);
  const standings = keepStandings(scope.budgets, tenant);
  const made: RecommendedBid[] = [];
  for (let from = 0; from < asks.length; from += AT_ONCE) {
    const some = asks.slice(from, from + AT_ONCE);
    made.push(
      ...await deadline.within(Promise.all(
        some.map((ask) =>
          recommendOne(scope, { tenant, ask, options, standings })
        ),
      )),
    );
  }
  return made;
}

async function recommendOne(
  scope: TakeScope,
  { tenant, ask, options, standings }: {
    readonly tenant: string;
    readonly ask: BidAsk;
    readonly options: BidRangeOptions;
    readonly standings: Standings;
  },
): Promise<RecommendedBid> {
  const { request } = ask;
  await scope.budgets.ready();
  const at = scope.clock.now();
  const stood = await standRequest(scope, tenant, { request, at });
  const { frame, scored, landscape, readings } = stood;
  if (frame.kind !== "bid") throw noBids(frame.model);
  const terms = scope.budgets.payerOf(tenant, request.entities, at);
  if (scored === null) return unscored(frame.currency, terms);
  const ground = { tenant, ask, at, scored, readings, landscape, terms };
  const standing = terms && await standings(terms);
  const refusal = terms && refusalOf(terms, scored, standing);
  if (refusal) {
    return {
      ...unscored(frame.currency, terms),
      limitedBy: "budget",
      applied: [refusedBy(printRefusal(refusal), refusal)],
    };
  }
  const multiplier = standing?.multiplier ?? targetOf(scored);
  return await judge(scope, ground, {
    multiplier,
    range: await rangeOf(ground, multiplier, options),
  });
}

function noBids(model: string | null): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot recommend bids with model "${model}": it weighs actions`,
    { facts: { model: model ?? "" } },
  );
}

function unscored(
  currency: Currency,
  terms: BudgetTerms | null,
): RecommendedBid {
  return {
    ...{ lowMicros: 0, bidMicros: 0, highMicros: 0, limitedBy: null },
    ...{ capMicros: null, multiplier: null, score: null, modelVersion: null },
    ...{ currency, budget: terms?.id ?? null, applied: [] },
  };
}

function refusedBy(reason: string, refusal: string): AppliedRule {
  return {
    rule: `budget@1/${refusal}`,
    effect: "deny",
    missing: false,
    beforeMicros: null,
    afterMicros: null,
    reason,
  };
}

function targetOf({ use }: Scored): number {
  return use.kind === "bid" ? use.targetReturnPermille / 1000 : 1;
}

/** The cap: of the budget's bounds, and of the request. */
function capOf({ terms, ask: { request } }: Ground): number | null {
  const caps = [
    terms === null ? null : boundsFor(terms, request.entities).mostMicros,
    request.constraints.maxBidMicros,
  ].filter((cap) => cap !== null);
  return caps.length === 0 ? null : Math.min(...caps);
}

async function rangeOf(
  ground: Ground,
  multiplier: number,
  { spreadPermille, stepPermille }: BidRangeOptions,
): Promise<BidRange> {
  const { scored: { values, use }, terms, ask, landscape, readings } = ground;
  const isMoney = terms === null || unitOf(terms) === "micros";
  const each = isMoney && use.kind === "bid"
    ? Number(use.valueMicros ?? 1n)
    : 1;
  const expected = Math.max(values[0] ?? 0, 0) * each;
  const high = expected * (1000 + spreadPermille) / 1000;
  const curve = landscape &&
    await curveUpTo(high / multiplier, landscape, readings);
  const { request, todayMicros } = ask;
  return recommendBid({
    value: { low: expected * (1000 - spreadPermille) / 1000, expected, high },
    multiplier,
    firstPrice: curve && { shade, curves: [curve] },
  }, {
    floorMicros: expected === 0 || terms === null
      ? 0
      : boundsFor(terms, request.entities).leastMicros,
    capMicros: capOf(ground) ?? Number.MAX_SAFE_INTEGER,
    ...{ todayMicros, stepPermille },
  });
}

function shade(worthMicros: number, chanceOf: WinCurve): number {
  return shadeBid(worthMicros, chanceOf).bidMicros;
}

/** What policies and the request's own limits leave of a range. */
async function judge(
  { limits, policies }: TakeScope,
  ground: Ground,
  { multiplier, range }: {
    readonly multiplier: number;
    readonly range: BidRange;
  },
): Promise<RecommendedBid> {
  const { tenant, ask: { request }, at, scored, readings, terms } = ground;
  const inForce = policies(tenant);
  const counts = await readCounts(limits, inForce.limits("bid"), {
    ...{ tenant, request, at },
  });
  const score = scored.values[0] ?? 0;
  const { name: model, use } = scored.record;
  const currency = use.kind === "plan" ? "" : use.currency;
  const shared = withCounts(
    sharedFacts({ request, readings, at, policies: inForce }),
    counts,
  );
  const facts = candidateFacts(shared, request, {
    ...{ model, currency, score, action: null, isControl: false },
  });
  const channel = request.entities.channel ?? null;
  const amountMicros = range.bidMicros;
  const verdict = inForce.judge("bid", facts, {
    ...{ tenant, channel, amountMicros },
  });
  const isOpen = verdict.allowed && !verdict.review;
  const allowed = isOpen ? verdict.amountMicros ?? 0 : 0;
  const { bidMicros, applied } = constrainBid(allowed, request.constraints);
  return {
    lowMicros: Math.min(range.lowMicros, bidMicros),
    bidMicros,
    highMicros: bidMicros < range.bidMicros
      ? bidMicros
      : Math.max(range.highMicros, bidMicros),
    limitedBy: bidMicros !== allowed
      ? "constraint"
      : allowed !== range.bidMicros
      ? "policy"
      : range.limitedBy,
    capMicros: capOf(ground),
    ...{ currency, multiplier, score },
    modelVersion: printModelRef(scored.record),
    budget: terms?.id ?? null,
    applied: [...verdict.applied, ...applied],
  };
}
