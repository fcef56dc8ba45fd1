/**
 * What changed in the store of signals, in order, for whoever follows it.
 *
 * A message is delivered at least once, under an id that never changes, so that a
 * consumer that remembers ids, or keeps its position with its effect, has each
 * effect once. Batches of one source come in the order in which they were written.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type {
  EventSignal,
  Metrics,
  PerformanceSignal,
} from "../domain/signal.ts";
import type { Maturity } from "./signals.ts";

/** What every message says. */
export interface MessageOrigin {
  /** Unique for ever: tenant, source, batch, and what it tells of, all in printable ASCII. */
  readonly id: string;
  readonly tenant: string;
  readonly source: string;
  readonly connector: string;
  readonly observedAt: Instant;
}

/** An event that is new. */
export interface EventMessage extends MessageOrigin {
  readonly kind: "event";
  readonly event: EventSignal;
}

/**
 * A total that is new or was restated; sums of `after − before` are always right, an
 * absent metric being 0. One whose currency or zone was restated is told twice: it
 * vanished in the old one and is new in the other.
 */
export interface PerformanceMessage extends MessageOrigin {
  readonly kind: "performance";
  readonly change: "new" | "restated" | "vanished";
  readonly rowKey: string;
  readonly revision: number;
  readonly maturity: Maturity;
  /** The row but for its totals. */
  readonly row: Omit<PerformanceSignal, "metrics">;
  /** Totals of the revision before; null for a new row. */
  readonly before: Metrics | null;
  readonly after: Metrics;
}

/** One change. */
export type StreamMessage = EventMessage | PerformanceMessage;

/** What one transaction changed. */
export interface StreamBatch {
  /** Place in the order of all batches; no later one ever gets a lower. */
  readonly position: number;
  readonly messages: readonly StreamMessage[];
}

/** Who follows, and how. */
export interface Following {
  /** Name under which the position is kept. */
  readonly consumer: string;
  /** Who does the work, unique to each run; others of the consumer wait while it does. */
  readonly holder: string;
  /** For how long nobody else takes over if the holder says nothing, milliseconds. */
  readonly leaseMs: number;
}

/** How far a consumer is. */
export interface ConsumerLag {
  readonly consumer: string;
  readonly position: number;
  /** Batches after its position. */
  readonly waiting: number;
}

/** The stream of changes. */
export interface SignalStream {
  /**
   * The next batch after the consumer's position; a new consumer begins with the
   * oldest that is kept.
   *
   * @returns Null if there is none, or if another holder is at work.
   */
  next(following: Following): Promise<StreamBatch | null>;
  /**
   * Keeps the consumer's position.
   *
   * @returns False if another holder took over; the position then stays.
   */
  advance(following: Following, position: number): Promise<boolean>;
  /**
   * Holds on for longer, during work that may outlast the lease.
   *
   * @returns False if another holder took over.
   */
  renew(following: Following): Promise<boolean>;
  /**
   * Passes over what a consumer knows otherwise; never backwards.
   *
   * @param to Position that it is to have; null for that of the last batch.
   * @returns False if another holder is at work; the position then stays.
   */
  skip(following: Following, to: number | null): Promise<boolean>;
  /** Lets others of the same name take over at once. */
  release(following: Following): Promise<void>;
  lag(): Promise<readonly ConsumerLag[]>;
  /**
   * Forgets a consumer that will not come back, so that nothing is kept for it.
   *
   * @returns False if there was none.
   */
  forget(consumer: string): Promise<boolean>;
  /**
   * Forgets consumers that nobody has worked as since a moment.
   *
   * @param prefix How their names begin.
   * @returns How many.
   */
  forgetIdle(prefix: string, before: Instant): Promise<number>;
  /**
   * Forgets batches that every consumer has passed and that are older than that.
   *
   * @returns How many.
   */
  prune(before: Instant): Promise<number>;
}
