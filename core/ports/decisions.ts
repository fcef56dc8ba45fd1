/**
 * Where decisions, plans and what they stand on are kept.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { ChainRecord, LoggedRecord } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { LogKind } from "../domain/log_record.ts";
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
  /** Since when its answer is awaited; absent where there is one. */
  readonly keptAt?: Instant;
}

/** A record to be appended to a tenant's chain. */
export interface LogEntry {
  readonly tenant: string;
  readonly id: string;
  readonly at: Instant;
  /** A decision unless given. */
  readonly kind?: LogKind;
  /** Entities that it is found by, `type:id`; a `subject:` among them is whose it is. None unless given. */
  readonly entities?: readonly string[];
  /** Canonical JSON. */
  readonly record: string;
  /** Id of the key that the record is sealed under; none in clear. */
  readonly sealedBy?: string;
  readonly idempotent: IdempotentAnswer | null;
}

/** Nothing was appended: a key that some of it is sealed under was destroyed meanwhile. */
export class SealingKeyDestroyed extends EngineError {
  constructor() {
    super(
      "store_unavailable",
      "Cannot append records: a key that they are sealed under was destroyed meanwhile; try again",
    );
  }
}

/**
 * Outcome of appending one entry: appended, spooled to be appended later, or the key was
 * there already.
 */
export type Appended =
  | { readonly kind: "appended"; readonly seq: number; readonly hash: string }
  | { readonly kind: "spooled" }
  | { readonly kind: "duplicate"; readonly first: IdempotentAnswer };

/** The end of a tenant's chain, kept apart from it. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** What is looked for in a log. */
export interface LogSearch {
  /** Records of any of these entities, `type:id`; `decision:<id>` for what came of one. */
  readonly entities: readonly string[];
  /** Of one kind; of all unless given. */
  readonly kind?: LogKind;
  /** From this moment on; from the first unless given. */
  readonly from?: Instant;
  /** Before this moment; to the last unless given. */
  readonly until?: Instant;
  /** Behind this record, in the order of the answer. */
  readonly after?: { readonly at: Instant; readonly seq: number };
  readonly limit: number;
}

/** A log of an owner, to be read along its chain of hashes. */
export interface RecordChain<R extends ChainRecord = ChainRecord> {
  /** Records after a place in the chain, in order. */
  read(owner: string, after: number, limit: number): Promise<readonly R[]>;
  head(owner: string): Promise<ChainHead | null>;
  /** The last record that was retired: the chain goes on from it. Null if none was. */
  anchor(owner: string): Promise<ChainHead | null>;
}

/** The decision log: append-only, one hash chain per tenant. */
export interface DecisionLog extends RecordChain<LoggedRecord> {
  /**
   * Appends entries in one transaction, durable when it resolves; entries whose
   * idempotency key is known are not appended.
   *
   * @returns One outcome for each entry, in order.
   */
  append(entries: readonly LogEntry[]): Promise<readonly Appended[]>;
  find(tenant: string, id: string): Promise<LoggedRecord | null>;
  /** Records of entities, in the order of their moments. */
  search(
    tenant: string,
    asked: LogSearch,
  ): Promise<readonly LoggedRecord[]>;
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

/** A caller's key while what it came with is carried out. */
export interface HeldKey {
  readonly tenant: string;
  readonly route: string;
  readonly key: string;
  /** Hash of the request. */
  readonly requestHash: string;
  /** The request that holds it, unlike any other. */
  readonly holder: string;
  readonly at: Instant;
}

/** Status of an answer under whose key an effect is kept, and which is not yet known. */
export const UNANSWERED = 0;

/**
 * Keeps callers' keys in the transactions of what they came with, so that no two requests
 * of one key have an effect, whatever breaks in between.
 */
export interface KeyedEffects {
  /**
   * Carries something out under a key: the first transaction that changes what the caller
   * asked to have changed keeps the key too.
   *
   * @throws {EngineError} `idempotency_key_in_flight` if another request has the key, with
   * nothing of that transaction kept.
   */
  under<T>(held: HeldKey, work: () => Promise<T>): Promise<T>;
  /**
   * Keeps the answer; the first one under its key stays.
   *
   * @returns False if another request has the key.
   */
  settle(
    held: HeldKey,
    answer: Pick<IdempotentAnswer, "status" | "answer">,
  ): Promise<boolean>;
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
