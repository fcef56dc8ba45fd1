/**
 * Where a node keeps what the decision log cannot take yet.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Appended, LogEntry } from "./decisions.ts";

/** Records of the spool that cannot be read again. */
export interface SpoolGap {
  /** The same for the same loss, however often it is met. */
  readonly id: string;
  /** `damaged`: what was written is not what is there. `unreadable`: no key opens it. */
  readonly reason: "damaged" | "unreadable";
  /** How many records. */
  readonly count: number;
  /** Whose they may be; nobody if nothing says so. */
  readonly tenants: readonly string[];
  /** The file that held them, or should have. */
  readonly file: string;
}

/** The oldest of what is spooled. */
export interface SpoolBatch {
  /** In the order in which they were spooled. */
  readonly entries: readonly LogEntry[];
  readonly gaps: readonly SpoolGap[];
  /** Whether others waited behind them. */
  readonly more: boolean;
  /**
   * Lets go of them, once the log has them.
   *
   * @param refused Entries that no log takes: the file that holds them is kept aside.
   */
  carried(refused?: readonly LogEntry[]): Promise<void>;
}

/** How a spool stands. */
export interface SpoolStanding {
  /** Entries that the log has yet to take. */
  readonly waiting: number;
  /** When the oldest of them was taken; null if none waits. */
  readonly oldestAt: Instant | null;
  /** On the disk. */
  readonly bytes: number;
  /** Most that it takes there. */
  readonly maxBytes: number;
  /** Why the last entries were refused; null if they were not. */
  readonly problem: string | null;
}

/** Entries on the disk of one node, until the log has them. */
export interface Spool {
  /**
   * Keeps entries without a key, durable when it resolves, all or none.
   *
   * @returns `spooled` for each.
   * @throws {EngineError} `store_unavailable` if there is no room, or the disk fails.
   */
  append(entries: readonly LogEntry[]): Promise<readonly Appended[]>;
  /** An entry that is spooled. */
  find(tenant: string, id: string): Promise<LogEntry | null>;
  /**
   * The oldest that wait; one batch at a time.
   *
   * @param most Entries at most.
   * @returns Null if there is nothing.
   */
  oldest(most: number): Promise<SpoolBatch | null>;
  standing(): SpoolStanding;
  close(): Promise<void>;
}

/** Seals what lies in a spool. */
export interface SpoolCipher {
  /** Has the keys of tenants at hand, so that nothing else needs a store. */
  prepare(tenants: ReadonlySet<string>): Promise<void>;
  seal(tenant: string, text: string): Uint8Array;
  /** @throws {EngineError} `record_erased` if the key is gone. */
  open(tenant: string, sealed: Uint8Array): string;
}
