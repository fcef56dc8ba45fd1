/**
 * Ingests so many events into a database: `ingest_process.ts DATABASE_URL EVENTS`.
 *
 * @module
 */
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { ingest } from "../../core/signals/ingest.ts";
import { systemClock } from "../../core/store/clock.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createStores } from "../../core/store/open.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { NO_FILES, NO_HTTP } from "../ingest/memory_signals.ts";
import { tellApart } from "./apart.ts";
import { streamOf } from "./event_pages.ts";

const [url = "", events = "0"] = Deno.args;

await tellApart(async () => {
  const sql = openPostgres(url);
  await migrate(sql);
  const { signals } = createStores(
    sql,
    () => Promise.reject(new Error("no KV")),
  );
  const pseudonyms = openPseudonyms(new Uint8Array(32), "bench");
  const report = await ingest(
    { store: signals, clock: systemClock, pseudonyms: () => pseudonyms },
    {
      tenant: "bench",
      source: "site",
      connector: streamOf(Number(events)),
      config: {},
      range: null,
      files: NO_FILES,
      http: NO_HTTP,
      report: () => {},
    },
  );
  await sql.close();
  return report.events;
});
