/**
 * A sample of the vectors that reads use, taken while they are read and kept until they
 * are derived again.
 *
 * So many a second are taken, all while there are fewer. Which ones is decided by a hash
 * of the entity, the moment of the read and a number that only this process knows, below
 * what the number of reads in the second before allows: by nobody who reads, and by
 * nothing that a value says. A read that is not taken costs one pass over the entity's
 * key and a look at the clock, and allocates nothing.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type { FeatureVector, FeatureView } from "../domain/feature.ts";
import type { Clock } from "../ports/clock.ts";
import type { OnServed } from "./read.ts";
import type { RecentVector } from "./recent_vectors.ts";

/** Whose vector of which view was read. */
export interface ReadOf {
  readonly view: FeatureView;
  readonly entity: EntityKey;
}

/** A vector that was read, as it was read. */
export interface Sample extends ReadOf {
  readonly tenant: string;
  readonly vector: FeatureVector | null;
  /** Moment as of which the read took it to hold. */
  readonly at: Instant;
  readonly servedAt: Instant;
  /** Vectors that were looked at before it, and that it replaced. */
  readonly successors: number;
}

/** How many reads are taken. */
export interface SampleOptions {
  readonly clock: Clock;
  /** Most in a second; 5 unless given. */
  readonly perSecond?: number;
  /** Most that wait; 500 unless given. */
  readonly waiting?: number;
  /** What nobody else knows, 32 bits; random unless given. */
  readonly secret?: number;
  /** A clock that only moves forward, milliseconds. */
  readonly nowMs?: () => number;
}

/** Samples that wait. */
export interface Samples {
  readonly served: OnServed;
  /** Takes out the oldest, at most so many. */
  take(most: number): readonly Sample[];
}

const TWO_POW_32 = 2 ** 32;
const SECOND_MS = 1000;

/** Keeps a sample of what is read. */
export function createSamples(options: SampleOptions): Samples {
  const { clock, perSecond = 5, waiting = 500 } = options;
  const { nowMs = () => performance.now() } = options;
  const secret = options.secret ??
    crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const queue: Sample[] = [];
  let [second, reads, taken, chosenBelow] = [0, 0, 0, TWO_POW_32];

  function count(ms: number): void {
    const present = Math.floor(ms / SECOND_MS);
    if (present !== second) {
      const before = present === second + 1 ? reads : 0;
      chosenBelow = TWO_POW_32 * Math.min(1, perSecond / Math.max(before, 1));
      [second, reads, taken] = [present, 0, 0];
    }
    reads++;
  }
  return {
    served(tenant, read, used) {
      const ms = nowMs();
      count(ms);
      if (hashRead(read.entity, ms, secret) >= chosenBelow) return;
      if (taken >= perSecond || queue.length >= waiting) return;
      const at = heldAt(used);
      if (at === null) return;
      taken++;
      const { view, entity } = read;
      const servedAt = clock.now();
      queue.push({
        ...{ tenant, view, entity, at, servedAt },
        vector: used.vector,
        successors: 0,
      });
    },
    take: (most) => queue.splice(0, most),
  };
}

/** The moment as of which it holds; null if it claims none. */
export function heldAt({ vector, through }: RecentVector): Instant | null {
  if (vector === null || through === null) return vector?.at ?? through;
  return vector.at > through ? vector.at : through;
}

/**
 * FNV-1a over the entity's key, then the moment to the microsecond and the secret mixed
 * in as in MurmurHash3.
 *
 * @returns 32 bits.
 */
function hashRead(entity: string, ms: number, secret: number): number {
  let hash = 0x811c9dc5 ^ secret;
  for (let place = 0; place < entity.length; place++) {
    hash = Math.imul(hash ^ entity.charCodeAt(place), 0x01000193);
  }
  hash ^= Math.imul((ms * SECOND_MS) % TWO_POW_32 | 0, 0xcc9e2d51);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
