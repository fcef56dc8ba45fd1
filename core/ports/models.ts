/**
 * Where models are registered.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { ModelEvidence, TrialRecord } from "../domain/evidence.ts";
import type { Alias, ModelEvent, Roles } from "../domain/model_event.ts";
import type { ModelRecord, ModelRef } from "../domain/score.ts";

/** The version in charge and the one before it. */
export interface Champion {
  readonly champion: ModelRecord;
  readonly previous: ModelRecord | null;
}

/** A version to be registered; the registry gives it its number. */
export type NewModel = Omit<
  ModelRecord,
  "version" | "status" | "reviewedBy" | "reviewedAt"
>;

/** A person's or key's judgement of a version. */
export interface Review {
  readonly by: string;
  readonly at: Instant;
  readonly approve: boolean;
  /** Role that an approved version takes at once: champion unless given, none for null. */
  readonly alias?: Alias | null;
  /** Why, in a person's words. */
  readonly reason?: string;
}

/** A wish that an alias point elsewhere. */
export interface AliasChange {
  readonly name: string;
  readonly alias: Alias;
  /** An approved version, or null for none. */
  readonly version: number | null;
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
}

/** A wish that an alias go back to the version that had it before. */
export interface RoleReturn extends Omit<AliasChange, "version"> {
  /** Version that it is taken from; refused if it has it no more. Any unless given. */
  readonly from?: number | undefined;
}

/** Parameters that were tried, kept so that a study goes on after a restart. */
export interface TrialStore {
  /** Trials of a study, in order. */
  list(tenant: string, study: string): Promise<readonly TrialRecord[]>;
  /** Keeps a trial; one of the same number is left as it is. */
  add(tenant: string, study: string, trial: TrialRecord): Promise<void>;
}

/** What was seen of a version that serves. */
export interface ModelWatch {
  readonly name: string;
  readonly version: number;
  /** `look`: a day's look at it; a role: how it compares with the champion. */
  readonly kind: string;
  readonly at: Instant;
  /** Plain JSON. */
  readonly findings: unknown;
}

/** What watching models found. */
export interface ModelWatchStore {
  keep(tenant: string, watch: ModelWatch): Promise<void>;
  /** Latest first, at most `limit`, of one kind or of all for null. */
  latest(
    tenant: string,
    name: string,
    asked: { readonly kind: string | null; readonly limit: number },
  ): Promise<readonly ModelWatch[]>;
}

/** The model registry. */
export interface ModelRegistry {
  /** Registers the next version of `model.name`, pending, with its artifact. */
  register(
    tenant: string,
    model: NewModel,
    artifact: Uint8Array,
    evidence?: ModelEvidence,
  ): Promise<ModelRecord>;
  find(tenant: string, ref: ModelRef): Promise<ModelRecord | null>;
  list(tenant: string): Promise<readonly ModelRecord[]>;
  /** The version that has the alias `champion` and the one that had it before. */
  champion(tenant: string, name: string): Promise<Champion | null>;
  /**
   * Approves or rejects a pending version.
   *
   * @throws {EngineError} `approval_invalid` if it is not pending, `by` trained it, or a
   * newer version decides and no reason is given to take its place.
   */
  review(tenant: string, ref: ModelRef, review: Review): Promise<ModelRecord>;
  /** What speaks for a version; nothing for those registered without. */
  evidence(tenant: string, ref: ModelRef): Promise<ModelEvidence>;
  /** The log of a name, oldest first. */
  events(tenant: string, name: string): Promise<readonly ModelEvent[]>;
  /** Which version had which role at a moment. */
  roles(tenant: string, name: string, at: Instant): Promise<Roles>;
  /**
   * Asks for an alias to point elsewhere; a second person settles it.
   *
   * @throws {EngineError} `approval_invalid` if the version is not approved, or has it already.
   */
  propose(tenant: string, change: AliasChange): Promise<ModelEvent>;
  /**
   * Settles a proposal: assigns it, or declines it.
   *
   * @throws {EngineError} `approval_invalid` if it is settled, stale, `by` proposed it, or
   * the version that decides would stand beside itself.
   */
  settle(
    tenant: string,
    proposal: { readonly name: string; readonly seq: number },
    review: Review,
  ): Promise<ModelEvent>;
  /**
   * Gives the alias back to the version that had it before, at once and by one person;
   * the version that decides is passed over, as it keeps deciding.
   *
   * @throws {EngineError} `approval_invalid` if there was none, or `from` has it no more.
   */
  rollBack(tenant: string, change: RoleReturn): Promise<ModelEvent>;
  /**
   * The artifact's bytes.
   *
   * @throws {EngineError} `artifact_corrupt` if they do not have the recorded hash.
   */
  artifact(tenant: string, ref: ModelRef): Promise<Uint8Array>;
}
