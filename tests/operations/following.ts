/**
 * An engine whose online features follow the signals, as a server's do.
 *
 * @module
 */
import {
  keepFeatures,
  type OnlineEntry,
} from "../../core/commands/keep_features.ts";
import type { Opened } from "../../core/commands/open.ts";

/**
 * Keeps features online while it works.
 *
 * @param opened The engine.
 * @param work Told of the lines of the log so far.
 */
export async function following(
  { engine, stores, clock, ids }: Opened,
  work: (entries: readonly OnlineEntry[]) => Promise<void>,
): Promise<void> {
  const entries: OnlineEntry[] = [];
  const keeping = keepFeatures({
    ...{ features: engine.features, clock, ids },
    ...{ signals: stores.signals, stream: stores.stream },
    log: (entry) => entries.push(entry),
  });
  try {
    await keeping.following;
    await work(entries);
  } finally {
    keeping.stop();
    await keeping.ended;
  }
}
