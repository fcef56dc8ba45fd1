/**
 * All that the engine keeps, opened and closed together.
 *
 * @module
 */
import type { KeyStore } from "./access.ts";
import type { AllowanceBook } from "./allowances.ts";
import type { ChangeJournal } from "./changes.ts";
import type { BudgetBook } from "./budgets.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  KeyedEffects,
  PlanStore,
  PolicyArchive,
} from "./decisions.ts";
import type { Guards } from "./dependencies.ts";
import type { DataKeyStore } from "./encryption.ts";
import type { ErasureStore } from "./erasure.ts";
import type { FeatureHistory, OnlineFeatures, ViewStore } from "./features.ts";
import type { GovernanceStore } from "./governance.ts";
import type { JobQueue } from "./jobs.ts";
import type { LimitCounts } from "./limits.ts";
import type { CheckpointStore, LogNaming, LogRetention } from "./log.ts";
import type { RolloutStore } from "./rollouts.ts";
import type { ConsistencyStore } from "./trust.ts";
import type { ModelTrialStore } from "./model_trials.ts";
import type { ModelRegistry, ModelWatchStore, TrialStore } from "./models.ts";
import type { QuotaStore } from "./quota.ts";
import type { BackfillStore, SignalStore } from "./signals.ts";
import type { SignalStream } from "./stream.ts";
import type { FeatureSpreads, SourceProfiles } from "./trust.ts";

/** Work that one node does at a time. */
export interface LeaseStore {
  /**
   * Takes or keeps a lease.
   *
   * @param name What for.
   * @param holder Who; unique to the process.
   * @param leaseMs For how long nobody else takes it, milliseconds.
   * @returns False while another holds it, or it rests.
   */
  take(name: string, holder: string, leaseMs: number): Promise<boolean>;
  /** Gives it back, if it is still the holder's. */
  release(name: string, holder: string): Promise<void>;
  /**
   * Gives it back, if it is still the holder's, and lets nobody take it for a while:
   * what was done on one node is then not due on another either.
   *
   * @param restMs For how long, milliseconds.
   */
  rest(name: string, holder: string, restMs: number): Promise<void>;
}

/** Every port that keeps something. */
export interface Stores {
  /** What keeps requests from waiting for what does not answer. */
  readonly guards: Guards;
  readonly signals: SignalStore;
  readonly backfills: BackfillStore;
  readonly stream: SignalStream;
  readonly history: FeatureHistory;
  readonly online: OnlineFeatures;
  readonly views: ViewStore;
  readonly checks: ConsistencyStore;
  readonly spreads: FeatureSpreads;
  readonly profiles: SourceProfiles;
  readonly consistency: ConsistencyStore;
  readonly models: ModelRegistry;
  readonly trials: TrialStore;
  readonly watches: ModelWatchStore;
  readonly log: DecisionLog;
  readonly checkpoints: CheckpointStore;
  readonly retention: LogRetention;
  readonly naming: LogNaming;
  readonly idempotency: IdempotencyStore;
  /** Keeps callers' keys with the effects of what they came with. */
  readonly effects: KeyedEffects;
  readonly plans: PlanStore;
  readonly budgets: BudgetBook;
  readonly changes: ChangeJournal;
  readonly policies: PolicyArchive;
  readonly keys: KeyStore;
  readonly erasures: ErasureStore;
  /** Wrapped keys that data is sealed under. */
  readonly dataKeys: DataKeyStore;
  readonly leases: LeaseStore;
  /** Work in the background. */
  readonly jobs: JobQueue;
  readonly quota: QuotaStore;
  readonly limits: LimitCounts;
  readonly allowances: AllowanceBook;
  readonly governance: GovernanceStore;
  readonly rollouts: RolloutStore;
  readonly modelTrials: ModelTrialStore;
  /**
   * Keeps a setting that all nodes must agree on, the first time, and answers what
   * is kept.
   */
  agree(name: string, setting: string): Promise<string>;
  /**
   * Works for one tenant, behind the second wall: whatever the work asks of the database,
   * it sees and writes that tenant's rows alone.
   */
  actFor<T>(tenant: string, work: () => Promise<T>): Promise<T>;
  /** Whether each part answers: its name, and null or what is wrong. */
  health(): Promise<Readonly<Record<string, string | null>>>;
  close(): Promise<void>;
}
