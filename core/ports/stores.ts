/**
 * All that the engine keeps, opened and closed together.
 *
 * @module
 */
import type {
  DecisionLog,
  IdempotencyStore,
  KeyStore,
  PlanStore,
  PolicyArchive,
} from "./decisions.ts";
import type { FeatureHistory, OnlineFeatures, ViewStore } from "./features.ts";
import type { ModelRegistry } from "./models.ts";
import type { SignalStore } from "./signals.ts";

/** Every port that keeps something. */
export interface Stores {
  readonly signals: SignalStore;
  readonly history: FeatureHistory;
  readonly online: OnlineFeatures;
  readonly views: ViewStore;
  readonly models: ModelRegistry;
  readonly log: DecisionLog;
  readonly idempotency: IdempotencyStore;
  readonly plans: PlanStore;
  readonly policies: PolicyArchive;
  readonly keys: KeyStore;
  /** Whether each part answers: its name, and null or what is wrong. */
  health(): Promise<Readonly<Record<string, string | null>>>;
  close(): Promise<void>;
}
