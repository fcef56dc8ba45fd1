/**
 * Copies of vectors within bounds of number and bytes: of those beyond, the one that
 * was used longest ago goes first. To put a copy last at each use would cost more than to
 * find it, so one that was put last lately stays where it is: which copy goes is exact but
 * for the latest uses, a quarter as many as copies may be kept.
 *
 * @module
 */
import type { FeatureVector } from "../domain/feature.ts";

/** How much is kept. */
export interface Bounds {
  /** Most copies; that there is no vector counts as one. */
  readonly copies: number;
  /** Most bytes, about. */
  readonly bytes: number;
}

/** Copies by name. */
export interface BoundedCopies {
  /** The copy, null if it says that there is no vector; undefined without a copy. */
  use(name: string): FeatureVector | null | undefined;
  keep(name: string, vector: FeatureVector | null): void;
  drop(name: string): void;
  /** How much is kept now. */
  size(): Bounds;
}

interface Copy {
  readonly vector: FeatureVector | null;
  readonly bytes: number;
  /** The use at which it was put last. */
  lastAt: number;
}

/** Opens an empty set of copies. */
export function createBoundedCopies(most: Bounds): BoundedCopies {
  /** The one that was put last comes last. */
  const copies = new Map<string, Copy>();
  const lately = Math.floor(most.copies / 4);
  let bytes = 0;
  let uses = 0;
  function drop(name: string): void {
    bytes -= copies.get(name)?.bytes ?? 0;
    copies.delete(name);
  }
  return {
    use: (name) => {
      const copy = copies.get(name);
      if (copy === undefined) return undefined;
      if (++uses - copy.lastAt > lately) {
        copy.lastAt = uses;
        copies.delete(name);
        copies.set(name, copy);
      }
      return copy.vector;
    },
    keep: (name, vector) => {
      drop(name);
      const copy = { vector, bytes: bytesOf(name, vector), lastAt: ++uses };
      copies.set(name, copy);
      bytes += copy.bytes;
      for (const oldest of copies.keys()) {
        if (copies.size <= most.copies && bytes <= most.bytes) break;
        drop(oldest);
      }
    },
    drop,
    size: () => ({ copies: copies.size, bytes }),
  };
}

/** What an entry, a vector and its key take beside their text and values. */
const ENTRY_BYTES = 300;

function bytesOf(name: string, vector: FeatureVector | null): number {
  const values = vector?.values ?? [];
  return values.reduce<number>(
    (sum, value) =>
      sum + (typeof value === "string" ? 32 + 2 * value.length : 16),
    ENTRY_BYTES + 2 * name.length,
  );
}
