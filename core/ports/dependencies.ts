/**
 * What the engine depends on while it answers, and how it is kept from waiting for what does
 * not answer.
 *
 * @module
 */
import type { BreakerState } from "../domain/breaker.ts";
import type { Soon } from "../domain/soon.ts";

/** Everything that a request may have to wait for. */
export const DEPENDENCIES = ["postgres", "kv", "onnx", "stream"] as const;

/** One thing that a request may have to wait for. */
export type Dependency = (typeof DEPENDENCIES)[number];

/**
 * How a use of a dependency ended.
 *
 * - `ok`: it answered, if only to refuse what was asked
 * - `failed`: it could not be used
 * - `late`: it did not answer in time
 * - `refused`: it was not asked, as it did not answer others
 */
export const DEPENDENCY_OUTCOMES = ["ok", "failed", "late", "refused"] as const;

/** How a use of a dependency ended. */
export type DependencyOutcome = (typeof DEPENDENCY_OUTCOMES)[number];

/** Hears of each use, with how long it took in seconds. */
export type DependencyListener = (
  dependency: Dependency,
  outcome: DependencyOutcome,
  seconds: number,
) => void;

/** Asks one dependency, or a part of it that fails by itself. */
export interface Guard {
  /**
   * Runs work, unless what it asks did not answer lately.
   *
   * @param work Asks the dependency.
   * @param longestMs Longest that it may take; what takes longer may still end, unheard.
   * @returns What it came to.
   * @throws {EngineError} `store_unavailable` if it is late, or, with the fact `breaker`,
   * was not asked; and what the work throws.
   */
  run<T>(work: () => Promise<T>, longestMs: number): Promise<T>;
  run<T>(work: () => Soon<T>, longestMs: number): Soon<T>;
}

/** How a dependency is: as its worst part. */
export interface DependencyState {
  readonly dependency: Dependency;
  readonly state: BreakerState;
}

/** Guards of all dependencies, in this process. */
export interface Guards {
  /**
   * The guard of a dependency.
   *
   * @param part Name of a part that fails by itself, such as one model; all of it unless given.
   */
  of(dependency: Dependency, part?: string): Guard;
  /** How each dependency is, in the order of {@link DEPENDENCIES}. */
  states(): readonly DependencyState[];
  /** Has every use from now on told. */
  onUse(listener: DependencyListener): void;
}
