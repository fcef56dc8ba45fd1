/**
 * One run of a view on a database; tells the seconds that it took:
 * `materialise_process.ts DATABASE_URL AT SCOPE`.
 *
 * @module
 */
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { tellApart } from "./apart.ts";
import { ENGAGEMENT } from "./engagement.ts";
import { TENANT } from "./seeded_events.ts";

const [url = "", at = "", scope = ""] = Deno.args;

await tellApart(async () => {
  const sql = openPostgres(url);
  await sql.query("select 1");
  const started = performance.now();
  await createFeatureHistory(sql).materialize(TENANT, ENGAGEMENT, {
    at,
    scope: scope === "all" ? "all" : "changes",
  });
  const seconds = (performance.now() - started) / 1000;
  await sql.close();
  return seconds;
});
