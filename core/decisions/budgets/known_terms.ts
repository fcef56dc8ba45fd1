/**
 * The terms of all budgets, as this process last read them.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { BudgetBook } from "../../ports/budgets.ts";
import { createDirectory, type Directory } from "./directory.ts";
import type { FailedSync } from "./node.ts";

/** Terms that are kept in the process. */
export interface KnownTerms {
  /** Null before they were read. */
  known(): Directory | null;
  read(): Promise<void>;
  /** Reads them, once for all that wait, if they are too old to rest on; else null. */
  ready(): Promise<void> | null;
  /** Reads them if it is time to; what cannot be read stays as it was. */
  renew(): Promise<readonly FailedSync[]>;
}

/** Between two readings of all terms. */
const READ_MS = 5000;
/** Terms that were read longer ago are not rested on. */
const LIFE_MS = 15_000;

/** Keeps terms; nothing is read yet. */
export function keepTerms(book: BudgetBook, now: () => number): KnownTerms {
  let directory: Directory | null = null;
  let reading: Promise<void> | null = null;
  let [begun, known, triedAt, asOf] = [0, 0, -Infinity, -Infinity];
  /** A clock that was set back makes everything due. */
  const isWithin = (ms: number, at: number) => {
    const ageMs = now() - at;
    return ageMs >= 0 && ageMs < ms;
  };
  const read = async () => {
    const turn = ++begun;
    const at = now();
    const terms = await book.terms();
    if (turn < known) return;
    [known, asOf] = [turn, at];
    directory = createDirectory(terms);
  };
  return {
    known: () => directory,
    read,
    ready: () =>
      isWithin(LIFE_MS, asOf)
        ? null
        : reading ??= read().finally(() => reading = null),
    async renew() {
      if (isWithin(READ_MS, triedAt)) return [];
      triedAt = now();
      try {
        await read();
        return [];
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return [{ tenant: "", budget: "", error }];
      }
    },
  };
}
