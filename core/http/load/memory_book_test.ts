/**
 * The book of allowances in memory, for tests: one clock, which a test steps, and a count of
 * what each window granted.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { AllowanceBook } from "../../ports/allowances.ts";

/** A book that a test may look into. */
export interface MemoryBook extends AllowanceBook {
  /** The store's clock, milliseconds since 1970. */
  clockMs: number;
  /** Whether it answers. */
  isAway: boolean;
  /** Awaited by every question before it is answered. */
  gate: Promise<void>;
  /** Questions so far. */
  asked: number;
}

/** Opens an empty book. */
export function createMemoryBook(): MemoryBook {
  const used = new Map<string, number>();
  const book: MemoryBook = {
    ...{ clockMs: 0, isAway: false, gate: Promise.resolve(), asked: 0 },
    async take({ tenant, allowance, most, seconds }, wanted) {
      book.asked += 1;
      await book.gate;
      if (book.isAway) throw new EngineError("store_unavailable", "Cannot use");
      const start = Math.floor(book.clockMs / 1000 / seconds) * seconds;
      const name = JSON.stringify([tenant, allowance, start]);
      const before = used.get(name) ?? 0;
      const count = Math.max(0, Math.min(wanted, most - before));
      used.set(name, before + count);
      return {
        ...{ count, used: before + count, window: start },
        endsInMs: (start + seconds) * 1000 - book.clockMs,
      };
    },
    giveBack({ tenant, allowance }, { window, count }) {
      const name = JSON.stringify([tenant, allowance, window]);
      used.set(name, Math.max(0, (used.get(name) ?? 0) - count));
      return Promise.resolve();
    },
  };
  return book;
}
