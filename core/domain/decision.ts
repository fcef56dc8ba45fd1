/**
 * One decision: what was asked, what was known, what was answered, and why.
 *
 * A decision's record holds all that its replay needs: the request, the readings
 * of the features, the model's version, the policy set's hash and the clock. From
 * these alone the same answer follows, bit for bit.
 *
 * @module
 */
import type { Pacing } from "./budget.ts";
import type { Instant } from "./day.ts";
import type { EntityIds } from "./entity.ts";
import type { FeatureReadings, FeatureValue } from "./feature.ts";
import type { AuditKind, LogKind } from "./log_record.ts";
import type { DecisionTrial } from "./model_trial.ts";
import type { AppliedRule } from "./verdict.ts";

/** A caller's wish for one decision. */
export interface DecisionRequest {
  /** Model whose champion is asked; null for the tenant's only one of a kind. */
  readonly model: string | null;
  /** Ids of campaign, channel, placement, subject, … */
  readonly entities: EntityIds;
  /** IANA zone of the person or place concerned; null for UTC. */
  readonly zone: string | null;
  /** Actions to choose among; null for all that the model weighs. */
  readonly actions: readonly string[] | null;
  /** Features by id (`view.feature`, `request.<name>`) that override the store's. */
  readonly features: Readonly<Record<string, FeatureValue>>;
  /** Age from which a feature is stale, seconds; absent where its view alone says so. */
  readonly maxFeatureAgeSeconds?: number;
  /** Limits of this one decision. */
  readonly constraints: DecisionConstraints;
}

/** Limits that the caller sets for one decision; a limit left out is null. */
export interface DecisionConstraints {
  /** No bid above this, in micros. */
  readonly maxBidMicros: number | null;
  /** No bid below this unless it is zero, in micros. */
  readonly minBidMicros: number | null;
  /** What is left of the budget, in micros. */
  readonly budgetRemainingMicros: number | null;
  /** Times the subject was contacted in the last day, and week. */
  readonly contactsDay: number | null;
  /** Times in the last seven days. */
  readonly contactsWeek: number | null;
  /** Compliance flags by name, such as `consent_email`. */
  readonly compliance: Readonly<Record<string, boolean>>;
}

/**
 * What the answer stands on. `challenger`: the model on trial, which decides for a share.
 * `champion`: the approved model. `previous`: the one before it, as the champion failed. `static_rule`: no model answered; the policies'
 * bounds and the declared default did. `no_action`: nothing may or need be done.
 */
export type Rung =
  | "challenger"
  | "champion"
  | "previous"
  | "static_rule"
  | "no_action";

/** Why a rung was left for the next, or what was not known on it. */
export interface RungFall {
  /** The rung that did not hold. */
  readonly from: Rung;
  /**
   * Why: `deadline`, `late:<dependency>`, `breaker_open:<dependency>`,
   * `champion_unconfirmed`, or a code. `features: ` before it if the store of features did
   * not answer, `limits: ` if counts were not known, and nothing more.
   */
  readonly cause: string;
}

/** Score of one action. */
export interface ActionScore {
  /** The action. */
  readonly action: string;
  /** The model's score. */
  readonly score: number;
  /** Score × value − cost, in micros. */
  readonly worthMicros: number;
  /** Whether it may be taken: no policy or limit forbids it, and nobody must agree first. */
  readonly allowed: boolean;
  /** What policies put it first or last by; absent if none does. */
  readonly priority?: number;
}

/** Something that a person must agree to before it is done. */
export interface Review {
  /** The action; `bid` where a bid is decided. */
  readonly action: string;
  /** `policy@version/rule` that asks for it. */
  readonly rule: string;
  /** Why, for a person. */
  readonly reason: string;
}

/** What limits had counted in their windows, by `policy.rule`. */
export type Counts = Readonly<Record<string, number>>;

/** What is recommended. */
export type Recommendation =
  | {
    readonly kind: "bid";
    readonly bidMicros: number;
    readonly currency: string;
  }
  | { readonly kind: "action"; readonly action: string };

/** How a bid was shaded in view of what wins. */
export interface Shading {
  /** `name@version` of what was asked what bids win; its name if it was not asked. */
  readonly landscape: string;
  /** What winning is worth, micros: the bid without shading. */
  readonly worthMicros: number;
  /** The bid before policies and limits, micros. */
  readonly bidMicros: number;
  /** Chance that it wins; null if nothing was asked. */
  readonly winChance: number | null;
  /**
   * `shaded`; `flat` or `unwinnable`, where the landscape tells no bids apart or none
   * wins; else the code of why nothing was asked.
   */
  readonly outcome: string;
}

/** The answer to one request. */
export interface Decision {
  /** `dec_` and a sortable id. */
  readonly id: string;
  /** When it was taken. */
  readonly at: Instant;
  /** Until when it may be used. */
  readonly validUntil: Instant;
  /** The model's score of what is recommended; null when no model answered. */
  readonly score: number | null;
  /** What to do; never what a hard constraint forbids. */
  readonly recommendation: Recommendation;
  /** Scores of all actions weighed, best first; empty for bids. */
  readonly actions: readonly ActionScore[];
  /** Rule by rule, before → after. */
  readonly applied: readonly AppliedRule[];
  /** Hash of the policy set. */
  readonly policySet: string;
  /** `name@version`; null when no model answered. */
  readonly modelVersion: string | null;
  /** What it stands on. */
  readonly rung: Rung;
  /** Rungs that did not hold, in order. */
  readonly falls: readonly RungFall[];
  /** Features with their status and moment. */
  readonly features: FeatureReadings;
  /** The side of a trial that it is on; absent unless a model decides for a share. */
  readonly trial?: DecisionTrial;
  /** Absent unless the model's use names a landscape. */
  readonly shading?: Shading;
  /** Absent unless a budget governs the bid. */
  readonly pacing?: Pacing;
  /** What a person would have to agree to; absent if nothing. */
  readonly reviews?: readonly Review[];
  /**
   * Counts that limits were judged by; absent where no limit may apply. One that is not in
   * it was unknown.
   */
  readonly counts?: Counts;
  /** Limits that this counts towards, as `policy.rule`; absent if none. */
  readonly countsTowards?: readonly string[];
}

/** What was to be decided, kept where no model's version says it. */
export interface DecisionFrame {
  /** Name of the model that should have answered; null when none is known. */
  readonly model: string | null;
  /** What it is for. */
  readonly kind: "bid" | "action";
  /** Currency of its amounts; `XXX`, no currency, when none is known. */
  readonly currency: string;
  /** Actions that it weighs; empty for bids. */
  readonly actions: readonly string[];
  /** The action that does nothing. */
  readonly control: string;
}

/** What the log keeps of a decision. */
export interface DecisionRecord {
  /** Form of this record. */
  readonly v: 1;
  /** What kind of record. */
  readonly kind: "decision";
  /** Whose. */
  readonly tenant: string;
  /** The request, as parsed. */
  readonly request: DecisionRequest;
  /** The answer. */
  readonly decision: Decision;
  /** Name of the key that asked. */
  readonly by: string;
  /** Present when no model answered. */
  readonly frame?: DecisionFrame;
}

/** A record of either log, of decisions or of acts, with its place in the chain. */
export interface ChainRecord {
  /** Place in its owner's chain: 1, 2, 3, … without gaps; 0 while it waits in a spool. */
  readonly seq: number;
  /** Id of the decision, outcome or gap; of the change, or of the request of an act. */
  readonly id: string;
  /** When it was taken, told or done, as its row says. */
  readonly at: Instant;
  /** What it is, as its row says. */
  readonly kind: LogKind | AuditKind;
  /** Hash of the record before; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256 of `prev`, `seq` and `record`, joined by newlines. */
  readonly hash: string;
  /** Canonical JSON of the record, as it is kept: what the hash is of. */
  readonly record: string;
}

/** A record of the decision log with its place in the chain. */
export interface LoggedRecord extends ChainRecord {
  /** What it is, as its row says. */
  readonly kind: LogKind;
  /** The record in the clear, where it is kept sealed and could be opened. */
  readonly opened?: string;
}
