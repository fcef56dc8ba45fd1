/**
 * Where decisions, plans and what they stand on are kept.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { LoggedRecord } from "../domain/decision.ts";
import type {
  Plan,
  PlanEvent,
  PlanFinding,
  PlanState,
} from "../domain/plan.ts";

/** An answer kept under a caller's key, stored in one transaction with its effect. */
export interface IdempotentAnswer {
  /** Route and the caller's key; unique in the tenant. */
  readonly route: string;
  readonly key: string;
  /** Hash of the request's body. */
  readonly requestHash: string;
  /** The answer, as text, and its HTTP status. */
  readonly status: number;
  readonly answer: string;
}

/** A record to be appended to a tenant's chain. */
export interface LogEntry {
  readonly tenant: string;
  readonly id: string;
  readonly at: Instant;
  /** Canonical JSON. */
  readonly record: string;
  readonly idempotent: IdempotentAnswer | null;
}

/** Outcome of appending one entry: appended, or the key was there already. */
export type Appended =
  | { readonly kind: "appended"; readonly seq: number; readonly hash: string }
  | { readonly kind: "duplicate"; readonly first: IdempotentAnswer };

/** The end of a tenant's chain, kept apart from it. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The decision log: append-only, one hash chain per tenant. */
export interface DecisionLog {
  /**
   * Appends entries in one transaction, durable when it resolves; entries whose
   * idempotency key is known are not appended.
   *
   * @returns One outcome for each entry, in order.
   */
  append(entries: readonly LogEntry[]): Promise<readonly Appended[]>;
  find(tenant: string, id: string): Promise<LoggedRecord | null>;
  /** Records after a place in the chain, in order. */
  read(
    tenant: string,
    after: number,
    limit: number,
  ): Promise<readonly LoggedRecord[]>;
  head(tenant: string): Promise<ChainHead | null>;
  tenants(): Promise<readonly string[]>;
}

/** First answers by idempotency key. */
export interface IdempotencyStore {
  find(
    tenant: string,
    route: string,
    key: string,
  ): Promise<IdempotentAnswer | null>;
}

/** One move of a plan. */
export interface PlanMove {
  readonly from: PlanState;
  readonly to: PlanState;
  readonly by: string;
  readonly at: Instant;
  /** Why; nothing unless given. */
  readonly reason?: string;
  /** What speaks against it from now on; as it was unless given. */
  readonly findings?: readonly PlanFinding[];
}

/** Where plans are kept. */
export interface PlanStore {
  /**
   * Keeps a new plan, proposed or validated, and its idempotent answer in one
   * transaction.
   */
  create(
    tenant: string,
    plan: Plan,
    idempotent: IdempotentAnswer | null,
  ): Promise<
    { kind: "created" } | { kind: "duplicate"; first: IdempotentAnswer }
  >;
  find(tenant: string, id: string): Promise<Plan | null>;
  list(tenant: string, limit: number): Promise<readonly Plan[]>;
  /** All plans of a tenant in any of some states, oldest first; only those moved since, if given. */
  standing(
    tenant: string,
    states: readonly PlanState[],
    movedSince?: Instant,
  ): Promise<readonly Plan[]>;
  /**
   * Moves a plan on, compare-and-swap on its state, and logs who did it. Who moved it
   * to `approved` is kept until it is proposed again.
   *
   * @returns The moved plan, or null if it was not in state `from`.
   * @throws {EngineError} `approval_invalid` if who asked for it would approve it.
   * @throws {RangeError} If no plan may go from `from` to `to`.
   */
  move(tenant: string, id: string, step: PlanMove): Promise<Plan | null>;
  /** Its moves, oldest first, without its making. */
  history(tenant: string, id: string): Promise<readonly PlanEvent[]>;
}

/** Policy sets by hash, so that any decision can be replayed. */
export interface PolicyArchive {
  /** Keeps a set's canonical text under its hash. */
  save(hash: string, text: string): Promise<void>;
  load(hash: string): Promise<string | null>;
}

/**
 * What a key may do. `propose` writes changes and turns kill switches on; `govern` acts
 * on changes of the whole deployment, and not only on its tenant's own.
 */
export const SCOPES = [
  "score",
  "plan",
  "read",
  "ingest",
  "approve",
  "apply",
  "propose",
  "govern",
] as const;

/** One of the things that a key may do. */
export type Scope = (typeof SCOPES)[number];

/** A key on record; the secret itself is never kept. */
export interface ApiKey {
  /** Finds it; not secret. */
  readonly id: string;
  /** Whose rows it reaches. */
  readonly tenant: string;
  /** Who or what holds it. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly Scope[];
  /** What it may read features for; null for anything. */
  readonly purposes: readonly string[] | null;
  /** Groups that it speaks for when changes are reviewed, such as `privacy`. */
  readonly groups: readonly string[];
  /** Whether a person holds it; only people agree with changes. */
  readonly person: boolean;
  /** SHA-256 of the secret. */
  readonly secretHash: string;
  /** When it was made. */
  readonly createdAt: Instant;
  /** From when it is no longer taken; null for never. */
  readonly expiresAt: Instant | null;
  /** When it was revoked; null if it was not. */
  readonly revokedAt: Instant | null;
}

/** API keys. */
export interface KeyStore {
  save(key: ApiKey): Promise<void>;
  find(id: string): Promise<ApiKey | null>;
  list(tenant: string): Promise<readonly ApiKey[]>;
  revoke(tenant: string, id: string, at: Instant): Promise<boolean>;
}
