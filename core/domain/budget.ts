/**
 * Budgets that bids spend: what is asked of each, how it stands, and what names a bid.
 *
 * Money is whole micros that are safe integers, as bids are.
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { EntityIds, EntityKey, EntityType } from "./entity.ts";
import type { Currency } from "./money.ts";

/** Least and most that is bid for an entity, whole micros. */
export interface BidBounds {
  /** A bid below is raised to it; 0 for none. */
  readonly leastMicros: number;
  /** No bid is above it, whatever policies raise. */
  readonly mostMicros: number;
}

/** A return that is held: of revenue, or of the cost of one outcome. */
export type BudgetTarget =
  | {
    /** Of value for what is spent. */
    readonly kind: "roas";
    /** Value wanted for each unit spent, in thousandths; 4000 is 4:1. */
    readonly returnPermille: number;
    /** What one outcome is worth on average, micros: how many outcomes prove something. */
    readonly outcomeValueMicros: number;
    /** Hours in which the outcomes of a win come. */
    readonly withinHours: number;
  }
  | {
    /** Of what an outcome costs. */
    readonly kind: "cpa";
    /** Most that an outcome may cost on average, micros. */
    readonly costMicros: number;
    /** Hours in which the outcomes of a win come. */
    readonly withinHours: number;
  };

/** What an exchange promises of its notices. */
export interface NoticePromise {
  /** A bid was lost if no win was told of it for so long; null if silence means nothing. */
  readonly lostAfterSeconds: number | null;
  /** A bid of a node that is gone may be charged for so long after it was sent. */
  readonly lifeSeconds: number;
}

/** What is asked of a budget. */
export interface BudgetTerms {
  /** Unique in the tenant. */
  readonly id: string;
  /** Currency of every amount; bids in another are refused. */
  readonly currency: Currency;
  /** Most that the whole flight may cost. */
  readonly capMicros: number;
  /** Most that one day may cost; null if only the whole counts. */
  readonly dayCapMicros: number | null;
  /** From when bids may be made. */
  readonly from: Instant;
  /** The first moment at which they may no longer. */
  readonly until: Instant;
  /** IANA zone of its days. */
  readonly zone: string;
  /** What it pays for: bids for any of these, such as `campaign:c-17`. */
  readonly paysFor: readonly EntityKey[];
  /**
   * What is made the most of: `value` in money, `profit`, which is that less the cost, or
   * the number of `outcomes`.
   */
  readonly objective: "value" | "profit" | "outcomes";
  /** `roas` where money is counted, `cpa` where outcomes are; null for none. */
  readonly target: BudgetTarget | null;
  /** Bounds of all bids. */
  readonly bids: BidBounds;
  /** Narrower bounds, by entity. */
  readonly bidsOf: Readonly<Record<EntityKey, BidBounds>>;
  /** Value wanted per micro to begin with, such as a plan's shadow price; null: none known. */
  readonly startMultiplier: number | null;
  /** `pace` makes all bids lower; `throttle` leaves opportunities out. */
  readonly mode: "pace" | "throttle";
  /** What its exchange promises. */
  readonly notices: NoticePromise;
  /** Plan that it was made from; null if none. */
  readonly plan: string | null;
  /** When it was closed: it bids no more; null while it is open. */
  readonly closedAt: Instant | null;
}

/**
 * How a budget stands. `waiting`: before its flight. `pacing`: in it. `behind`: in it, and
 * short of its least pace. `spent`: nothing is free that a bid could be made of. `ended`:
 * after its flight, or closed. `stopped`: a charge broke a promise, and somebody must look.
 */
export type BudgetState =
  | "waiting"
  | "pacing"
  | "behind"
  | "spent"
  | "ended"
  | "stopped";

/**
 * Why a budget let no bid go. `waiting`, `ended`, `stopped`, `spent`: as it stands.
 * `not_leased`: this node holds no part of it yet, or could not renew it. `throttled`: this
 * opportunity is left out. `currency`: the model bids in another. `unit`: outcomes are
 * counted, and the model tells money alone.
 */
export type BudgetRefusal =
  | "waiting"
  | "ended"
  | "stopped"
  | "spent"
  | "not_leased"
  | "throttled"
  | "currency"
  | "unit";

/** How a bid was paced, and all that its replay needs. */
export interface Pacing {
  /** Budget that pays. */
  readonly budget: string;
  /** What a chance to win is counted in. */
  readonly unit: "micros" | "outcomes";
  /** Value wanted per micro; null where nothing was asked to be bid. */
  readonly multiplier: number | null;
  /** Expected value of a win, in that unit. */
  readonly value: number;
  /** Value over multiplier, whole micros: the bid before shading. */
  readonly worthMicros: number;
  /** Least and most of the bid. */
  readonly bounds: BidBounds;
  /** Why nothing is bid; null if the budget let the bid go. */
  readonly refusal: BudgetRefusal | null;
  /** Names the bid in notices; null if nothing was reserved. */
  readonly bid: string | null;
  /** What was reserved for it: the whole bid. */
  readonly reservedMicros: number;
}

/** What names a bid, in its parts. */
export interface BidName {
  /** The budget that pays. */
  readonly budget: string;
  /** The part of it that a node held. */
  readonly slice: string;
  /** Its number within the slice. */
  readonly number: number;
}

const BID = /^([A-Za-z][\w-]{0,99})\.([\w-]{1,100})\.(0|[1-9]\d{0,15})$/;

/**
 * Prints what names a bid; the inverse of {@link parseBidName}.
 *
 * @param name Its parts.
 * @returns `budget.slice.number`.
 */
export function printBidName({ budget, slice, number }: BidName): string {
  return `${budget}.${slice}.${number}`;
}

/**
 * Reads what names a bid.
 *
 * @param text `budget.slice.number`.
 * @returns Its parts; null if it names none.
 */
export function parseBidName(text: string): BidName | null {
  const [, budget, slice, digits] = BID.exec(text) ?? [];
  const number = Number(digits);
  return budget && slice && Number.isSafeInteger(number)
    ? { budget, slice, number }
    : null;
}

/**
 * What a budget counts.
 *
 * @param terms Its objective.
 * @returns Outcomes, or micros of value.
 */
export function unitOf(
  { objective }: Pick<BudgetTerms, "objective">,
): Pacing["unit"] {
  return objective === "outcomes" ? "outcomes" : "micros";
}

/** From the narrowest to the widest. */
const NARROWEST: readonly EntityType[] = [
  "subject",
  "segment",
  "placement",
  "ad",
  "ad_group",
  "campaign",
  "channel",
  "account",
  "tenant",
];

/**
 * Keys of a request's entities.
 *
 * @param entities Ids by type.
 * @returns Keys, the narrowest first.
 */
export function keysOf(entities: EntityIds): readonly EntityKey[] {
  return NARROWEST.flatMap((type) => {
    const id = entities[type];
    return id === undefined ? [] : [`${type}:${id}` as const];
  });
}

/**
 * Bounds of a bid for a request's entities: those of the narrowest that has any.
 *
 * @param terms The budget.
 * @param entities Ids by type.
 * @returns Least and most.
 */
export function boundsFor(
  { bids, bidsOf }: BudgetTerms,
  entities: EntityIds,
): BidBounds {
  for (const key of keysOf(entities)) {
    const own = Object.hasOwn(bidsOf, key) ? bidsOf[key] : undefined;
    if (own !== undefined) return own;
  }
  return bids;
}
