/**
 * A history for streams: sources that write at the same time, events that are new and
 * a total that is restated in every batch.
 *
 * @module
 */
import type { Stores } from "../../core/ports/stores.ts";
import type { StreamMessage } from "../../core/ports/stream.ts";
import { follow } from "../../core/signals/follow.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { batch, campaignDay, keyed, subjectEvent } from "../stores/cases.ts";

/** Whose it is. */
export const TENANT = "acme";
/** Who writes; one with characters that subjects cannot have. */
export const SOURCES: readonly string[] = ["ads", "crm.eu *>", "mail"];

/** How much. */
export interface HistorySize {
  /** Batches of each source. */
  readonly batches: number;
  /** Events of each batch at most. */
  readonly events: number;
}

/** Stores on a server, closed and removed after the work. */
export async function withStores<T>(
  databaseUrl: string,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const dataFolder = await Deno.makeTempDir({ prefix: "stream_" });
  const stores = await openStores({
    databaseUrl,
    dataFolder,
    clock: systemClock,
  });
  try {
    return await work(stores);
  } finally {
    await stores.close();
    await Deno.remove(dataFolder, { recursive: true });
  }
}

/** Writes it, all sources at once. */
export async function writeHistory(
  { signals }: Stores,
  { batches, events }: HistorySize,
): Promise<void> {
  await Promise.all(SOURCES.map(async (source, place) => {
    for (let n = 1; n <= batches; n++) {
      const observedAt = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
      await signals.write(batch(TENANT, {
        source,
        observedAt,
        performance: [totalOf(source, BigInt((n * 37) % 11))],
        events: Array.from(
          { length: 1 + (n * 31 + place * 17) % events },
          (_, at) => subjectEvent(`${n}-${at}`, observedAt),
        ),
      }));
    }
  }));
}

function totalOf(source: string, spendMicros: bigint) {
  return keyed(campaignDay("2026-02-01", spendMicros, {
    entities: { account: "a-1", campaign: source },
  }));
}

/** Spend of all sources, as the store has it. */
export async function spendOf({ signals }: Stores): Promise<bigint> {
  let spend = 0n;
  for (const source of SOURCES) {
    const rows = await signals.performance({
      tenant: TENANT,
      source,
      report: null,
      range: { from: "2026-01-01", until: "2027-01-01" },
      knownAt: null,
      limit: 1000,
    });
    for (const { signal: { metrics } } of rows) {
      spend += metrics.spend_micros ?? 0n;
    }
  }
  return spend;
}

/** Every message of the outbox in its order, read by a consumer of its own. */
export async function readOutbox({ stream }: Stores): Promise<StreamMessage[]> {
  const all: StreamMessage[] = [];
  await follow(
    stream,
    { consumer: crypto.randomUUID(), holder: "reader", leaseMs: 60_000 },
    {
      handle: ({ messages }) => {
        all.push(...messages);
        return Promise.resolve();
      },
      onFailure: (error) => {
        throw error;
      },
      signal: new AbortController().signal,
      untilEmpty: true,
    },
  );
  return all;
}
