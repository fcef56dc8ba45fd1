/**
 * A process that makes records durable as fast as it can, through a spool, and prints the
 * id of each once it is acknowledged. Arguments: URL of the database, folder of the data,
 * `fallback` or `spool`.
 *
 * @module
 */
import { keepSpool } from "../../core/commands/keep_spool.ts";
import { createSpooling } from "../../core/decisions/log/writing/spooling.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";
import { openSpools } from "../../core/store/spool/folders.ts";

const AT_ONCE = 8;
const MAX_BYTES = 64 * 1_048_576;

/** A log and a spool, as they are served. */
export async function openSpooled(
  databaseUrl: string,
  dataFolder: string,
  writes: "fallback" | "spool",
) {
  const clock = systemClock;
  const stores = await openStores({ databaseUrl, dataFolder, clock });
  const spool = await openSpools(dataFolder, { maxBytes: MAX_BYTES });
  const { log } = stores;
  return { stores, spooling: createSpooling({ log, spool, writes, clock }) };
}

/** A record of about the size of a decision. */
export function recordOf(id: string): string {
  const at = systemClock.now();
  const decision = { id, at, reasons: "because ".repeat(100) };
  return JSON.stringify({ v: 1, kind: "decision", tenant: "acme", decision });
}

async function appendForever(
  databaseUrl: string,
  dataFolder: string,
  writes: "fallback" | "spool",
) {
  const { spooling } = await openSpooled(databaseUrl, dataFolder, writes);
  const clock = systemClock;
  keepSpool({ spooling, clock, log: () => {}, roundMs: 20 });
  const ids = createIds(clock);
  const printer = new TextEncoder();
  async function loop(): Promise<never> {
    for (;;) {
      const id = ids.next("dec");
      const record = recordOf(id);
      const { decision: { at } } = JSON.parse(record);
      const whose = { tenant: "acme", id, at };
      await spooling.writer.append({ ...whose, record, idempotent: null });
      Deno.stdout.writeSync(printer.encode(`${id}\n`));
    }
  }
  await Promise.race(Array.from({ length: AT_ONCE }, loop));
}

const [databaseUrl, dataFolder, writes] = Deno.args;
if (import.meta.main && databaseUrl && dataFolder && writes) {
  await appendForever(
    databaseUrl,
    dataFolder,
    writes === "spool" ? "spool" : "fallback",
  );
}
