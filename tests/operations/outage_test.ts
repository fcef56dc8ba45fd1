/**
 * A Postgres server that comes late, and one that goes away and comes back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { environmentOf, fillCompany, type Place } from "../company.ts";
import { runMoe } from "../engine/moe.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { eventually, get, score, type Served, serveMoe } from "./served.ts";

/** Answers about an outage come soon, and so does the recovery. */
const SOON_MS = 1500;
/** As many failures as make the driver itself wait for many seconds. */
const ROUNDS = 25;

async function withPostgres(
  run: (postgres: PostgresServer, place: Place) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  const folder = await Deno.makeTempDir({ prefix: "outage_" });
  try {
    await run(postgres, { databaseUrl: postgres.url, folder });
  } finally {
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  ...needingPostgres("a command waits for a Postgres server that is starting"),
  fn: () =>
    withPostgres(async (postgres, place) => {
      await postgres.kill9();
      const running = runMoe(environmentOf(place), ["sources"]);
      await new Promise((wake) => setTimeout(wake, 1500));
      await postgres.restart();
      const { code, errors } = await running;
      assert.equal(code, 0, errors);
    }),
});

Deno.test({
  ...needingPostgres(
    "a server that went away is told of, and used again when it is back",
  ),
  fn: () =>
    withPostgres(async (postgres, place) => {
      const key = await fillCompany(place, 1500);
      const served = await serveMoe(environmentOf(place));
      try {
        assert.equal((await score(served, key, "s-1")).status, 200);
        await postgres.kill9();
        await checkOutage(served, key);
        await postgres.restart();
        await checkRecovery(served, key);
      } finally {
        assert.equal(await served.stop(), 0);
      }
    }),
});

async function checkOutage(served: Served, key: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const { status, body, headers } = await score(served, key, `s-${round}`);
    assert.equal(status, 503);
    assert.equal(body.code, "store_unavailable");
    assert.equal(headers.get("retry-after"), "1");
    assert.ok(performance.now() - started < SOON_MS, `round ${round}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const { status, body } = await get(served, key, "/readyz");
  assert.equal(status, 503);
  assert.equal(body.status, "unready");
  assert.deepEqual(body.degraded, ["breaker:postgres", "database"]);
  assert.equal((await get(served, key, "/healthz")).status, 200);
}

async function checkRecovery(served: Served, key: string): Promise<void> {
  const started = performance.now();
  await eventually(
    "decisions are taken again",
    async () => (await score(served, key, "s-1")).status === 200,
  );
  assert.ok(performance.now() - started < SOON_MS);
  assert.equal((await get(served, key, "/readyz")).status, 200);
  const { body } = await score(served, key, "s-2");
  assert.equal(body.rung, "champion", JSON.stringify(body));
}
