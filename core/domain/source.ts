/**
 * What a marketing source is: the account it tells of, how it answers over HTTP,
 * and how much it lets itself be asked.
 *
 * @module
 */
import type { Day } from "./day.ts";
import type { EntityIds } from "./entity.ts";
import type { Currency } from "./money.ts";
import type { Metrics } from "./signal.ts";

/** The account that a source tells of: the facts in which its totals are told. */
export interface SourceAccount {
  /** The account's id at the source. */
  readonly id: string;
  /** IANA zone in which the account counts days. */
  readonly zone: string;
  /** Currency of every amount. */
  readonly currency: Currency;
  /** Attribution window in force, such as `click_30d_view_1d`; empty if none. */
  readonly attribution: string;
  /**
   * Days after a day within which its totals may still change, by the account's
   * own settings: its longest attribution window, or what the vendor states.
   */
  readonly settlesDays: number;
}

/** Ways in which a source says that its answer is not the plain truth. */
export const QUALITIES = [
  "sampled",
  "thresholded",
  "other_row",
  "noisy",
] as const;

/** One way in which an answer is not the plain truth. */
export type Quality = (typeof QUALITIES)[number];

/**
 * One row of a report, as its connector reads it. What the row answers (report,
 * level, account, zone, currency, attribution) is added by the engine, so that no
 * author can leave a part of the question out of its key.
 */
export interface ReportRow {
  /** Local day of the account. */
  readonly day: Day;
  /** Ids from the report's level upwards; the account is added. */
  readonly entities: EntityIds;
  /** Value of each dimension of the report; exactly those declared. */
  readonly breakdowns?: Readonly<Record<string, string>>;
  /** The totals. */
  readonly metrics: Metrics;
}

/** Who shares a quota: all who use the developer's key, one account, one endpoint. */
export const QUOTA_SCOPES = ["developer", "account", "endpoint"] as const;

/** Who shares a quota. */
export type QuotaScope = (typeof QUOTA_SCOPES)[number];

/** A limit that a vendor documents. */
export interface CallLimit {
  /** Who shares it. */
  readonly scope: QuotaScope;
  /** Calls allowed … */
  readonly calls: number;
  /** … in any window of so many seconds. */
  readonly perSeconds: number;
  /** For scope `endpoint`: text that the URL's path contains; all paths if absent. */
  readonly path?: string;
}

/** What a vendor said of its quota in an answer, in headers or in the body. */
export interface QuotaHint {
  /** Who shares it. */
  readonly scope: QuotaScope;
  /** Calls that are left until the reset; null if not said. */
  readonly remaining?: number | null;
  /** Share used, in [0, 1] or above; null if not said. */
  readonly usedShare?: number | null;
  /** Seconds until it is whole again (or until calls are taken again); null if not said. */
  readonly resetSeconds?: number | null;
}

/** A vendor's answer, as its connector judges it. */
export interface HttpAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, integers above 2^53 as text; the text itself where it is not JSON. */
  readonly body: unknown;
  /** Path of the URL that was called. */
  readonly path: string;
}

/**
 * What an answer means. `ok`: take it. `throttled`: wait, as long as it says.
 * `again`: a passing fault. `sign_in`: the access token has expired. `too_large`:
 * ask for less. `refused`: asking again will not help.
 */
export type Outcome =
  | { readonly kind: "ok" }
  | {
    readonly kind: "throttled";
    readonly scope: QuotaScope;
    readonly waitSeconds: number | null;
  }
  | { readonly kind: "again" }
  | { readonly kind: "sign_in" }
  | { readonly kind: "too_large" }
  | { readonly kind: "refused"; readonly reason: string };

/** An access to a source that ends, and what the next one is asked with. */
export interface AccessToken {
  /** Sent as bearer. */
  readonly accessToken: string;
  /** Seconds for which it holds; null if not said. */
  readonly expiresInSeconds: number | null;
  /** Replaces the refresh token where the vendor lets each be used once. */
  readonly refreshToken?: string;
}
