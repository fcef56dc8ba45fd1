/**
 * Where models are registered.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
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
}

/** The model registry. */
export interface ModelRegistry {
  /** Registers the next version of `model.name`, pending, with its artifact. */
  register(
    tenant: string,
    model: NewModel,
    artifact: Uint8Array,
  ): Promise<ModelRecord>;
  find(tenant: string, ref: ModelRef): Promise<ModelRecord | null>;
  list(tenant: string): Promise<readonly ModelRecord[]>;
  /** The latest approved version of a name and the one approved before it. */
  champion(tenant: string, name: string): Promise<Champion | null>;
  /**
   * Approves or rejects a pending version.
   *
   * @throws {EngineError} `approval_invalid` if it is not pending, or `by` trained it.
   */
  review(tenant: string, ref: ModelRef, review: Review): Promise<ModelRecord>;
  /**
   * The artifact's bytes.
   *
   * @throws {EngineError} `artifact_corrupt` if they do not have the recorded hash.
   */
  artifact(tenant: string, ref: ModelRef): Promise<Uint8Array>;
}
