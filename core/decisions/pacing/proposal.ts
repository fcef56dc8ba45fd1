/**
 * What a node is asked of one opportunity, and what it answers.
 *
 * @module
 */
import type { WinCurve } from "./worth.ts";

/** When an opportunity is met. */
export interface Moment {
  /** Now, milliseconds. */
  readonly at: number;
  /** Uniform in [0, 1), for throttling. */
  readonly draw: number;
}

/** A chance to bid. */
export interface Opportunity extends Moment {
  /** Expected value: micros, or outcomes. */
  readonly value: number;
  /** What bids win; asked for first prices only. */
  readonly chanceOf?: WinCurve;
}

/** That there is no bid. */
export interface Refused {
  readonly bidMicros: 0;
  readonly reason: NoBid;
}

/** What may be bid with, or why nothing may. */
export type Standing =
  | { readonly multiplier: number }
  | Refused;

/** A bid to send, or why there is none. */
export type Proposal =
  | { readonly bidMicros: number; readonly slice: string; readonly bid: number }
  | Refused;

/** A bid that was made of its value, to be reserved whole. */
export interface MadeBid {
  readonly bidMicros: number;
  /** Expected value of the win. */
  readonly value: number;
  /** Now, milliseconds. */
  readonly at: number;
}

/** What became of a notice: `elsewhere` if the slice is not this node's. */
export type Heard = "taken" | "unknown" | "elsewhere";

/** `lease`: the slice is over. `budget`: it is used up. `worth`: below a micro. */
export type NoBid = "lease" | "budget" | "worth" | "throttled" | "stopped";

/** The refusal for each reason. */
export const NO_BID: Readonly<Record<NoBid, Refused>> = {
  lease: { bidMicros: 0, reason: "lease" },
  budget: { bidMicros: 0, reason: "budget" },
  worth: { bidMicros: 0, reason: "worth" },
  throttled: { bidMicros: 0, reason: "throttled" },
  stopped: { bidMicros: 0, reason: "stopped" },
};
