/**
 * What policies say of a decision: rules in JSON-logic over typed facts.
 *
 * Order is the same everywhere: adjust, floor, cap (and limits of amounts); then
 * prioritise; then review, limit and deny. A cap therefore wins over a floor, a denial
 * over everything, and the request's own hard constraints over every rule.
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

/**
 * What a rule does when it fires. `limit` refuses what was done too often, or caps
 * what has cost too much; `review` asks a person first; `prioritise` puts an action
 * before others of more worth.
 */
export const EFFECTS = [
  "deny",
  "cap",
  "floor",
  "adjust",
  "prioritise",
  "review",
  "limit",
] as const;

/** What a rule does when it fires. */
export type Effect = (typeof EFFECTS)[number];

/**
 * What a rule does when a fact it needs is missing: `deny` (refuse the decision),
 * `apply` (as if it fired), `skip` (as if it did not). Rules that deny, cap, floor,
 * limit or ask for review default to `deny`, the others to `skip`.
 */
export type OnMissing = "deny" | "apply" | "skip";

/** Days of the week as schedules name them. */
export const WEEKDAYS = [
  "sun",
  "mon",
  "tue",
  "wed",
  "thu",
  "fri",
  "sat",
] as const;

/** When a rule speaks: everything given must hold. Times are of the local zone. */
export interface Schedule {
  /** From this minute on, `HH:MM`; past midnight if later than `to`. */
  readonly from?: string;
  /** Up to this minute, without it. */
  readonly to?: string;
  /** On these days only. */
  readonly weekdays?: readonly (typeof WEEKDAYS)[number][];
  /** On these days only, `YYYY-MM-DD`; or a list of such. */
  readonly dates?: readonly string[] | { readonly list: string };
}

/** What tells the counts of a limit apart. */
export const LIMIT_KEYS = [
  "tenant",
  "subject",
  "account",
  "campaign",
  "channel",
  "placement",
] as const;

/** One of the things that counts are kept apart by. */
export type LimitKey = (typeof LIMIT_KEYS)[number];

/** The entities of a plan whose budgets a rule bounds together. */
export interface BudgetGroup {
  /** Entities of this channel. */
  readonly channel?: string;
  /** Entities of this account. */
  readonly account?: string;
  /** Campaigns, and what belongs to them, of this list. */
  readonly campaigns?: { readonly list: string };
}

/** One condition and what follows from it. */
export interface PolicyRule {
  /** `snake_case`; never reused. */
  readonly id: string;
  /** Condition over the facts; always, if absent. */
  readonly when?: Logic;
  /** When it speaks; at any time if absent. */
  readonly during?: Schedule;
  /** What follows. */
  readonly effect: Effect;
  /** For cap and floor: the bound, in micros; a literal or an expression. */
  readonly to?: Logic;
  /** For cap and floor of a plan's budgets: the bound is of the sum of these. */
  readonly over?: BudgetGroup;
  /** For cap and floor with `over`, in place of `to`: thousandths of the whole plan. */
  readonly toPermille?: number;
  /** For adjust: factor in thousandths; 800 lowers by a fifth. */
  readonly byPermille?: number;
  /** For prioritise: added to an action's priority, which is 0 at first. */
  readonly by?: number;
  /** For limit: at most so many decisions, or micros, within the window. */
  readonly most?: number;
  /** For limit: what is counted; decisions if absent. */
  readonly of?: "decisions" | "micros";
  /** For limit: counted apart for each of these; over all tenants if empty. */
  readonly per?: readonly LimitKey[];
  /** For limit: the window, such as `90m`, `24h` or `7d`, ending now. */
  readonly within?: string;
  /** Why, for a person. */
  readonly reason: string;
  /** When a fact is missing; overrides the policy's. */
  readonly onMissing?: OnMissing;
}

/** An example that the policy must answer as stated, or it does not load. */
export interface PolicyCase {
  /** What the example shows. */
  readonly note: string;
  /** What is decided; the first that the policy speaks of if absent. */
  readonly on?: DecisionKind;
  /** Whose decision; the first tenant that the policy is limited to if absent. */
  readonly tenant?: string;
  /** Facts given; the channel is `context.channel`. */
  readonly facts: Facts;
  /** Amount that another policy caps at, in micros; none does if absent. */
  readonly otherCapMicros?: number;
  /** Ids of the rules that fire, in the order of the file. */
  readonly want: readonly string[];
  /**
   * Amount in micros that comes out, where the facts propose one; null where it is
   * denied. Not looked at if absent.
   */
  readonly wantMicros?: number | null;
  /** Whether it is allowed once a person agrees; absent means that nobody must. */
  readonly review?: true;
  /** Sum of priorities that comes out; not looked at if absent. */
  readonly priority?: number;
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

/** A list that policies share: names that are excluded, or days of a calendar. */
export interface PolicyList {
  /** `snake_case`, the file's name. */
  readonly list: string;
  /** Grows with every change. */
  readonly version: number;
  /** Team that answers for it. */
  readonly owner: string;
  /** What it holds. */
  readonly about: string;
  /** Texts only or numbers only; a calendar's days are `YYYY-MM-DD`. */
  readonly items: readonly (string | number)[];
}

/** What a kill switch stops: everything that is all of these. */
export interface SwitchScope {
  /** Decisions of this tenant. */
  readonly tenant?: string;
  /** Those that concern this channel. */
  readonly channel?: string;
  /** Those that concern this account. */
  readonly account?: string;
  /** Those that concern this campaign. */
  readonly campaign?: string;
  /** Those that this model scores. */
  readonly model?: string;
  /** Those taken while policies of this hash are in force. */
  readonly policies?: string;
  /** Not decisions, but all that comes and goes through this connector. */
  readonly connector?: string;
  /** Not decisions, but the writing of plans. */
  readonly act?: "apply";
}

/** A kill switch that is on: a denial beside all policies. */
export interface Switch {
  /** `snake_case`. */
  readonly id: string;
  /** What it stops; everything if empty. */
  readonly stops: SwitchScope;
  /** Why, for a person. */
  readonly reason: string;
}

/** All that judges together: one text, one hash. */
export interface PolicyContent {
  /** The policies. */
  readonly policies: readonly PolicyDocument[];
  /** Lists that they share. */
  readonly lists: readonly PolicyList[];
  /** Kill switches that are on. */
  readonly switches: readonly Switch[];
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
  /** Whether a person must agree first; absent if not. */
  readonly review?: true;
  /** Sum of priorities; absent if no rule gave one. */
  readonly priority?: number;
  /**
   * Limits that this would count towards if it is done, as `policy.rule`, those in
   * doubt included; absent if there are none.
   */
  readonly counts?: readonly string[];
}
