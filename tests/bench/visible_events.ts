/**
 * When events become visible online: the view counts them, so the count that is written
 * for a person says how many of theirs are.
 *
 * @module
 */
import type { FeatureVector } from "../../core/domain/feature.ts";
import type { OnlineFeatures } from "../../core/ports/features.ts";
import { ENGAGEMENT } from "./engagement.ts";

/** The feature that counts what is sent, which is viewed pages alone. */
const COUNT = ENGAGEMENT.features.findIndex(({ name }) =>
  name === "pages_viewed_count_365d"
);

/** Events under way. */
export interface VisibleEvents {
  /** The store, looked at after each write. */
  readonly online: OnlineFeatures;
  /** Vectors in the order in which they were written, page by page. */
  readonly pages: readonly (readonly FeatureVector[])[];
  /** Milliseconds from sent to visible of each event that is. */
  readonly latencies: readonly number[];
  /** Says that events of these people are sent now. */
  send(subjects: readonly string[]): void;
  /** Resolves when all that is sent is visible. */
  all(): Promise<void>;
}

/** Watches the events of one tenant. */
export function watchEvents(online: OnlineFeatures): VisibleEvents {
  const sent = new Map<string, number[]>();
  const seen = new Map<string, number>();
  const pages: (readonly FeatureVector[])[] = [];
  const latencies: number[] = [];
  let under = 0;
  let told = Promise.withResolvers<void>();
  function look({ view, entity, values }: FeatureVector): void {
    if (view !== ENGAGEMENT.name) return;
    const count = Number(values[COUNT]);
    const moments = sent.get(entity) ?? [];
    for (let next = seen.get(entity) ?? 0; next < count; next++) {
      latencies.push(performance.now() - (moments[next] ?? NaN));
      under--;
    }
    seen.set(entity, Math.max(count, seen.get(entity) ?? 0));
  }
  return {
    online: {
      ...online,
      write: async (tenant, vectors) => {
        await online.write(tenant, vectors);
        pages.push(vectors);
        vectors.forEach(look);
        if (under === 0) told.resolve();
      },
    },
    pages,
    latencies,
    send: (subjects) => {
      if (under === 0) told = Promise.withResolvers();
      under += subjects.length;
      for (const subject of subjects) {
        const entity = `subject:${subject}`;
        const moments = sent.get(entity) ?? [];
        sent.set(entity, moments);
        moments.push(performance.now());
      }
    },
    all: () => told.promise,
  };
}
