/**
 * A server that spools decisions goes on without its database, says so, and has the log
 * take what it spooled when the database is back or the server starts again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { environmentOf, fillCompany, type Place } from "../company.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { eventually, get, score, type Served, serveMoe } from "./served.ts";

async function withPostgres(
  run: (postgres: PostgresServer, place: Place) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  const folder = await Deno.makeTempDir({ prefix: "spooled_" });
  try {
    await run(postgres, { databaseUrl: postgres.url, folder });
  } finally {
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  ...needingPostgres(
    "decisions are taken while the database is away, and are in the log afterwards",
  ),
  fn: () =>
    withPostgres(async (postgres, place) => {
      const key = await fillCompany(place, 300);
      const env = { ...environmentOf(place), MOE_LOG_WRITES: "fallback" };
      const served = await serveMoe(env);
      const first = await decide(served, key);
      await eventually(
        "the log has the first, also where a busy machine let it be spooled",
        async () => await placeOf(served, key, first) === 1,
      );
      await postgres.kill9();
      const second = await decide(served, key);
      await checkSpooling(served, key, second);
      await postgres.restart();
      await eventually(
        "the log has it",
        async () => await placeOf(served, key, second) === 2,
      );
      assert.equal((await get(served, key, "/readyz")).body.status, "ready");
      await postgres.kill9();
      const third = await decide(served, key);
      await served.kill9();
      await postgres.restart();
      const again = await serveMoe(env);
      await eventually(
        "the next start carries on what was left",
        async () => await placeOf(again, key, third) === 3,
      );
      assert.equal(await again.stop(), 0);
    }),
});

async function decide(served: Served, key: string): Promise<string> {
  const { status, body } = await score(served, key, "s-1");
  assert.equal(status, 200, JSON.stringify(body));
  return body.decision_id;
}

/** Place in the chain; null while it is spooled. */
async function placeOf(
  served: Served,
  key: string,
  id: string,
): Promise<number | null> {
  const { status, body } = await get(served, key, `/decisions/${id}`);
  return status === 200 ? body.log?.seq ?? null : null;
}

async function checkSpooling(
  served: Served,
  key: string,
  id: string,
): Promise<void> {
  const { status, body } = await get(served, key, `/decisions/${id}`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.log, null);
  const readiness = () => get(served, key, "/readyz");
  await eventually(
    "it says that it spools",
    async () => (await readiness()).body.degraded.includes("database"),
  );
  const { status: answered, body: said } = await readiness();
  assert.equal(answered, 200, JSON.stringify(said));
  assert.equal(said.status, "degraded");
  assert.ok(said.degraded.includes("log:spooling"));
  await eventually(
    "the log tells it",
    () => served.log.some((line) => /"event":"log_spooling"/.test(line)),
  );
}
