/**
 * What policies say of a decision: rules in JSON-logic over typed facts.
 *
 * Order is the same everywhere: adjust, then floor, then cap, then deny. A cap
 * therefore wins over a floor, and hard constraints over every rule.
 *
 * @module
 */

/** What is being decided: a bid, an action, or an entity's budget in a plan. */
export type DecisionKind = "bid" | "action" | "budget";

/** A value that a rule may read. Money and counts are integers. */
export type Fact =
  | string
  | number
  | boolean
  | null
  | readonly (string | number)[];

/** Facts by path: nested groups, such as `budget.stepPermille`. */
export interface Facts {
  /** A fact, or a group of facts. */
  readonly [group: string]: Fact | Facts;
}

/** A JSON-logic expression. */
export type Logic =
  | string
  | number
  | boolean
  | null
  | readonly Logic[]
  | { readonly [operator: string]: Logic };

/** What a rule does when it fires. */
export type Effect = "deny" | "cap" | "floor" | "adjust";

/**
 * What a rule does when a fact it needs is missing: `deny` (refuse the decision),
 * `apply` (as if it fired), `skip` (as if it did not). Rules that deny, cap or
 * floor default to `deny`, those that adjust to `skip`.
 */
export type OnMissing = "deny" | "apply" | "skip";

/** One condition and what follows from it. */
export interface PolicyRule {
  /** `snake_case`; never reused. */
  readonly id: string;
  /** Condition over the facts. */
  readonly when: Logic;
  /** What follows. */
  readonly effect: Effect;
  /** For cap and floor: the bound, in micros; a literal or an expression. */
  readonly to?: Logic;
  /** For adjust: factor in thousandths; 800 lowers by a fifth. */
  readonly byPermille?: number;
  /** Why, for a person. */
  readonly reason: string;
  /** When a fact is missing; overrides the policy's. */
  readonly onMissing?: OnMissing;
}

/** An example that the policy must answer as stated, or it does not load. */
export interface PolicyCase {
  /** What the example shows. */
  readonly note: string;
  /** Facts given. */
  readonly facts: Facts;
  /** Ids of the rules that fire, in the order of the file. */
  readonly want: readonly string[];
  /** Amount in micros that comes out, where the facts propose one. */
  readonly wantMicros?: number;
}

/** A policy file. */
export interface PolicyDocument {
  /** `snake_case`, the file's name. */
  readonly policy: string;
  /** Grows with every change. */
  readonly version: number;
  /** Team that answers for it. */
  readonly owner: string;
  /** What it ensures. */
  readonly about: string;
  /** Which decisions it speaks of. */
  readonly on: readonly DecisionKind[];
  /** Tenants and channels it is limited to; all if absent. */
  readonly appliesTo?: {
    readonly tenants?: readonly string[];
    readonly channels?: readonly string[];
  };
  /** For all rules that do not say otherwise. */
  readonly onMissing?: OnMissing;
  /** The rules. */
  readonly rules: readonly PolicyRule[];
  /** Its own examples. */
  readonly cases: readonly PolicyCase[];
}

/** One rule that had something to say. */
export interface AppliedRule {
  /** `policy@version/rule`. */
  readonly rule: string;
  /** What it did. */
  readonly effect: Effect;
  /** True when a fact was missing and `onMissing` decided. */
  readonly missing: boolean;
  /** Amount before, in micros; null where none is proposed. */
  readonly beforeMicros: number | null;
  /** Amount after. */
  readonly afterMicros: number | null;
  /** Why, for a person; names the missing facts when there are any. */
  readonly reason: string;
}

/** What all policies together say. */
export interface Verdict {
  /** Whether the action may be taken at all. */
  readonly allowed: boolean;
  /** The amount that may be used, in micros; null where none was proposed or it is denied. */
  readonly amountMicros: number | null;
  /** Rule by rule, in the order they were applied. */
  readonly applied: readonly AppliedRule[];
  /** Hash of the policy set that spoke. */
  readonly policySet: string;
}
