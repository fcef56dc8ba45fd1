/**
 * Stores of a test: an embedded database and a key-value file in a folder of their own.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { openStores } from "../../core/store/open.ts";

/** Opens stores whose clock stands still; closes and removes them after the work. */
export async function withStores(
  at: Instant,
  work: (stores: Stores, clock: Clock) => Promise<void>,
): Promise<void> {
  const dataFolder = await Deno.makeTempDir({ prefix: "features-" });
  const clock: Clock = { now: () => at };
  try {
    const stores = await openStores({ databaseUrl: null, dataFolder, clock });
    try {
      await work(stores, clock);
    } finally {
      await stores.close();
    }
  } finally {
    await Deno.remove(dataFolder, { recursive: true });
  }
}
