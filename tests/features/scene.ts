/**
 * An embedded database for generated signals, each set of them in a tenant of its own.
 *
 * @module
 */
import type { FeatureHistory } from "../../core/ports/features.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import type { Batch } from "./boundary_signals.ts";
import type { ObservedSignal } from "./evaluate.ts";
import { write } from "./written_signals.ts";

/** Stores over one database, and the database itself. */
export interface Scene {
  readonly sql: Sql;
  readonly history: FeatureHistory;
  readonly signals: SignalStore;
  /** A tenant that nobody had before. */
  newTenant(): string;
  /** Writes what sources said for a new tenant. */
  writeAll(all: readonly Batch[]): Promise<{
    readonly tenant: string;
    readonly observed: readonly ObservedSignal[];
  }>;
}

/** Opens a database in memory; closes it after the work. */
export async function withScene(
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const sql = await openPglite({ folder: null });
  try {
    await migrate(sql);
    await work(createScene(sql));
  } finally {
    await sql.close();
  }
}

function createScene(sql: Sql): Scene {
  const signals = createSignalStore(sql);
  let tenants = 0;
  const newTenant = () => `tenant-${tenants++}`;
  return {
    sql,
    history: createFeatureHistory(sql),
    signals,
    newTenant,
    writeAll: async (all) => {
      const tenant = newTenant();
      const observed: ObservedSignal[] = [];
      for (const batch of all) {
        observed.push(...await write(signals, tenant, batch));
      }
      return { tenant, observed };
    },
  };
}
