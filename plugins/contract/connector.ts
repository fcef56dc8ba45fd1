/**
 * What a connector is.
 *
 * @module
 */
import type { RatePlan } from "../../core/domain/change_set.ts";
import type { Day, DayRange, Instant } from "../../core/domain/day.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { Reject, Signal } from "../../core/domain/signal.ts";
import type {
  AccessToken,
  CallLimit,
  HttpAnswer,
  Outcome,
  QuotaHint,
  QuotaScope,
  SourceAccount,
} from "../../core/domain/source.ts";
import type { Lent, Report, Schema } from "./lent.ts";
import type { SourceReport } from "./report.ts";

/** What a connector is lent while it pulls. */
export interface PullScope<C> extends Lent<C> {
  /** Days wanted; null for all there is. */
  readonly range: DayRange | null;
  /** Where the last pull ended, as the connector said; null at first. */
  readonly cursor: string | null;
  /** Progress. */
  readonly report: Report;
}

/** Some signals, written in one transaction together with the cursor. */
export interface Page {
  /** Signals in this page. */
  readonly signals: readonly Signal[];
  /** Records that could not become signals. */
  readonly rejects?: readonly Reject[];
  /**
   * True if the partitions of this page are complete in it, so that rows missing
   * from it have vanished at the source.
   */
  readonly complete?: boolean;
  /** Where to go on after this page; null at the end. */
  readonly cursor: string | null;
  /** At the end: the cursor with which the next pull begins; from the start if absent. */
  readonly resume?: string;
}

/** A delivery that a source pushed: the raw request. */
export interface Delivery {
  /** Headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came; signatures are verified on these bytes. */
  readonly body: Uint8Array;
  /** When it arrived. */
  readonly receivedAt: Instant;
  /** Method and address as the sender saw them, for signatures that cover them. */
  readonly method?: string;
  /** Address as the sender saw it, scheme and query included. */
  readonly url?: string;
}

/** What a connector is lent when it receives. */
export interface ReceiveScope<C> {
  /** Parsed configuration, secrets included. */
  readonly config: C;
  /** What came. */
  readonly delivery: Delivery;
}

/** What a delivery, or a dead letter that was read again, held. */
export interface Receipt {
  /** Signals in it. */
  readonly signals: readonly Signal[];
  /** Records that could not become signals. */
  readonly rejects: readonly Reject[];
}

/** A dead letter that is read again. */
export interface RereadScope<C> {
  /** Parsed configuration, secrets included. */
  readonly config: C;
  /** The record's text as it was kept. */
  readonly original: string;
  /** What the connector kept beside it, such as the header of a file; empty if nothing. */
  readonly context: string;
  /** When the record first came. */
  readonly receivedAt: Instant;
}

/** A value at a destination. */
export interface Setting {
  /** What it belongs to. */
  readonly target: EntityKey;
  /** Which field, with its unit. */
  readonly field: string;
  /** The value, null when unset. */
  readonly value: string | null;
}

/** A value that a destination is asked to hold. */
export interface SettingWrite extends Setting {
  /** Idempotency key: a write that comes again under its key is the same write. */
  readonly key: string;
  /** What the destination is believed to hold, null when unset. */
  readonly expect: string | null;
}

/** Values that are written together. */
export interface SettingChange {
  /** Identifies the change: the same id, the same effect. */
  readonly id: string;
  /** The writes, in the order in which they go out; no target's field twice. */
  readonly settings: readonly SettingWrite[];
}

/** The write side of a connector. */
export interface Destination<C> {
  /** Whether the platform remembers ids of changes; false where it only knows values. */
  readonly remembersChanges?: boolean;
  /**
   * Whether the platform compares with what is expected and sets in one step. Others
   * are read right before they are written.
   */
  readonly comparesExpected?: boolean;
  /** How fast the vendor's documented limits let writes go out; at will if absent. */
  readonly rate?: RatePlan;
  /**
   * Asks for the smallest step of a budget, micros, at least 1; what is written must be
   * a multiple of it. One micro if absent.
   */
  unit?(scope: Lent<C>): Promise<bigint>;
  /** Reads values as they are now, in the order asked. */
  read(
    scope: Lent<C>,
    targets: readonly Omit<Setting, "value">[],
  ): Promise<readonly Setting[]>;
  /**
   * Writes values; all or none where the platform can. Same id, same effect.
   *
   * @throws {EngineError} `change_drifted`, with nothing written, if a value is neither
   * the expected nor the new one (see `demandExpected`). Others if any value was not
   * taken, or it is not known whether it was; some may then be written: what is held is
   * told by `read`.
   */
  write(scope: Lent<C>, change: SettingChange): Promise<void>;
}

/** What a connector is lent while it renews its access. */
export interface RenewScope<C>
  extends Pick<Lent<C>, "config" | "http" | "now"> {
  /** The latest refresh token, where the vendor replaced the configured one; else null. */
  readonly refreshToken: string | null;
}

/** A connector: one marketing source. */
export interface Connector<C = unknown> {
  /** `snake_case`, the folder's name. */
  readonly name: string;
  /** Version of this contract. */
  readonly apiVersion: 1;
  /** What it reads, for a person. */
  readonly about: string;
  /** Version of the vendor's API and the day it ends; absent for files and push. */
  readonly vendorApi?: { readonly version: string; readonly sunset: Day };
  /** Parses the configuration. */
  readonly config: Schema<C>;
  /** Names of configuration members that are secret. */
  readonly secrets: readonly string[];
  /** Hosts it calls; `*.example.com` for the hosts of a vendor that has one for each customer. */
  readonly hosts: readonly string[];
  /**
   * Hosts that the operator names in the configuration, where the vendor documents
   * none: each exactly, and no call to them carries an access token.
   */
  configuredHosts?(config: C): readonly string[];
  /** Grains it emits. */
  readonly emits: readonly ("performance" | "event")[];
  /** Days for which the source restates what it said, where the account does not tell. */
  readonly restatesDays: number;
  /** Limits that the vendor documents. */
  readonly limits?: readonly CallLimit[];
  /** Who shares the quota: a text for each scope, hashed before it is kept. */
  quotaKeys?(config: C): Readonly<Partial<Record<QuotaScope, string>>>;
  /** Judges an answer; null for what its HTTP status says. */
  judge?(answer: HttpAnswer): Outcome | null;
  /** Reads what an answer says of the quota. */
  quota?(answer: HttpAnswer): readonly QuotaHint[];
  /** Gets an access token; calls with `signedIn` carry it. */
  renew?(scope: RenewScope<C>): Promise<AccessToken>;
  /** Asks the source for the account's facts; needed for `reports`. */
  account?(scope: Lent<C>): Promise<SourceAccount>;
  /** Totals that are asked for by days. */
  readonly reports?: readonly SourceReport<C>[];
  /** Asks the source page by page: files, and records that have changed since. */
  pull?(scope: PullScope<C>): AsyncIterable<Page>;
  /**
   * Verifies and reads a delivery.
   *
   * @throws {EngineError} `signature_invalid` when it is not the source's.
   */
  receive?(scope: ReceiveScope<C>): Receipt;
  /** Reads a dead letter of `pull` or `receive` again, by the present code. */
  reread?(scope: RereadScope<C>): Receipt;
  /** Write side. */
  readonly destination?: Destination<C>;
}

/**
 * Declares a connector; the default export of `connectors/<source>/connector.ts`.
 *
 * @param connector The connector.
 * @returns The same, its configuration's type inferred.
 */
export function defineConnector<C>(connector: Connector<C>): Connector<C> {
  return connector;
}
