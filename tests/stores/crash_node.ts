/**
 * A node that writes for ever and prints what was acknowledged, to be killed.
 * Its argument is the server's URL.
 *
 * @module
 */
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { batch, campaignDay, keyed, subjectEvent } from "./cases.ts";

/** Events in each batch. */
export const BATCH_EVENTS = 2000;
/** Records in each append. */
export const APPEND_RECORDS = 50;

/** Batch number `n`: its events, and one row that is restated every time. */
export function numberedBatch(tenant: string, n: number) {
  const observedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
  return batch(tenant, {
    observedAt,
    performance: [keyed(campaignDay("2026-02-01", BigInt(n)))],
    events: Array.from(
      { length: BATCH_EVENTS },
      (_, place) => subjectEvent(`${n}-${place}`, observedAt),
    ),
    cursor: { scope: "daily", value: String(n) },
  });
}

if (import.meta.main) {
  const [databaseUrl = ""] = Deno.args;
  const dataFolder = await Deno.makeTempDir({ prefix: "node_" });
  const stores = await openStores({
    databaseUrl,
    dataFolder,
    clock: systemClock,
  });
  const tell = (line: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const writeSignals = async () => {
    for (let n = 1;; n++) {
      await stores.signals.write(numberedBatch("signals", n));
      tell(`signals ${n}`);
    }
  };
  const writeLog = async () => {
    for (let n = 1;; n++) {
      const ids = Array.from(
        { length: APPEND_RECORDS },
        (_, place) => `${n}-${place}`,
      );
      await stores.log.append(ids.map((id) => ({
        tenant: "log",
        id,
        at: systemClock.now(),
        record: JSON.stringify({ id }),
        idempotent: {
          route: "score",
          key: id,
          requestHash: "h",
          status: 200,
          answer: id,
        },
      })));
      tell(`log ${n}`);
    }
  };
  await Promise.all([writeSignals(), writeLog()]);
}
