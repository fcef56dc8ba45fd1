/**
 * What plans are made, moved and kept with.
 *
 * @module
 */
import type { ModelRecord, ResponseCurves } from "../../domain/score.ts";
import type { ChangeJournal, PlanDestination } from "../../ports/changes.ts";
import type { Clock, Ids } from "../../ports/clock.ts";
import type {
  IdempotencyStore,
  PlanStore,
  PolicyArchive,
} from "../../ports/decisions.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import type { LeaseStore } from "../../ports/stores.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";

/** What plans work with. */
export interface PlansScope {
  readonly scores: {
    curves(
      tenant: string,
      name: string | null,
    ): Promise<
      { readonly record: ModelRecord; readonly curves: ResponseCurves }
    >;
  };
  /** Curves of versions that plans were made with. */
  readonly models: Pick<ModelRegistry, "artifact">;
  readonly policies: (tenant: string) => PolicySet;
  readonly history: Pick<FeatureHistory, "series">;
  readonly archive: PolicyArchive;
  readonly store: PlanStore;
  readonly journal: ChangeJournal;
  readonly leases: Pick<LeaseStore, "take" | "release">;
  readonly idempotency: IdempotencyStore;
  /** Where a tenant's plans are written. */
  readonly destination: (tenant: string) => PlanDestination;
  /**
   * Lets a plan be written; nothing objects if absent. It is asked before each batch.
   *
   * @throws {EngineError} `switched_off` if a kill switch stops it.
   */
  demandWriting?(tenant: string): void;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Waits milliseconds; by a timer unless given. */
  sleep?(ms: number): Promise<void>;
  /** For how long a node that died keeps others from writing; 15 seconds unless given. */
  readonly leaseMs?: number;
}
