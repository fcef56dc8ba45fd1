/**
 * What every disturbance is, and is told of.
 *
 * @module
 */
import type { Ground, LogWrites } from "./ground.ts";
import type { Sent } from "./load.ts";

/** Something that goes ill. */
export interface Disturbance {
  readonly name: string;
  /** For how long it lasts at least, ms. */
  readonly lastsMs: number;
  /** That it fills disks, which are then small ones. */
  readonly fillsDisks?: true;
  begin(ground: Ground): Promise<void>;
  end(ground: Ground): Promise<void>;
  /** Whether the answers since its beginning show what it does; until then it lasts. */
  isSeen(sent: readonly Sent[], writes: LogWrites): boolean;
  /**
   * Judges the answers from its beginning to the recovery.
   *
   * @throws {AssertionError} If something is wrong.
   */
  judge?(sent: readonly Sent[]): void;
}

/** The engine that disturbances are about. */
export const FIRST = 0;

/** The other. */
export const OTHER = 1;

/** How many decisions an engine gave. */
export function answeredBy(sent: readonly Sent[], engine: number): number {
  return sent.filter((one) => one.engine === engine && one.told?.status === 200)
    .length;
}

/** Waits. */
export function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
