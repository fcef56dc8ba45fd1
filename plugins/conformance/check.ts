/**
 * One thing that every plugin of a kind must hold to.
 *
 * @module
 */

/** A check: its sentence, and the run that throws when it does not hold. */
export interface Check {
  /** What holds, read after the plugin's name: `scores stay in range`. */
  readonly name: string;
  /** Throws an assertion error when it does not. */
  run(): void | Promise<void>;
}

/** Runs something once and hands the same outcome to all who ask. */
export function once<T>(run: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: run() }).value;
}
