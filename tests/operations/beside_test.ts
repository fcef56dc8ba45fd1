/**
 * Decisions while other things happen to the online features: another process
 * materialises into the same file, or the file cannot be opened.
 *
 * @module
 */
import assert from "node:assert/strict";
import { environmentOf, fillCompany, type Place, TENANT } from "../company.ts";
import { runMoe } from "../engine/moe.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { type Answer, get, score, type Served, serveMoe } from "./served.ts";

Deno.test({
  ...needingPostgres(
    "decisions stand on the champion while the server and two commands materialise at once",
  ),
  fn: () =>
    withCompany(async (place, key) => {
      const env = {
        ...environmentOf(place),
        MOE_MATERIALIZE_MINUTES: "1",
      };
      const served = await serveMoe(env);
      let running = true;
      const commands = Promise.all(
        [1, 2].map(() => runMoe(env, ["materialize", "--tenant", TENANT])),
      ).finally(() => running = false);
      const answers: Answer[] = [];
      while (running) answers.push(await score(served, key, "s-1"));
      for (const { code, errors } of await commands) {
        assert.equal(code, 0, errors);
      }
      assert.equal(await served.stop(), 0);
      checkChampion(answers);
      const failed = served.log.filter((line) =>
        line.includes('"level":"error"')
      );
      assert.deepEqual(failed, []);
    }),
});

function checkChampion(answers: readonly Answer[]): void {
  assert.ok(answers.length > 10);
  for (const { status, body } of answers) {
    assert.equal(status, 200);
    assert.equal(body.rung, "champion", JSON.stringify(body));
  }
}

Deno.test({
  ...needingPostgres(
    "without online features decisions are answered, and say on what they stand",
  ),
  fn: () =>
    withCompany(async (place, key) => {
      for (const rest of ["", "-shm", "-wal"]) {
        await Deno.remove(`${place.folder}/features.kv${rest}`)
          .catch(() => {});
      }
      await Deno.mkdir(`${place.folder}/features.kv`);
      const served = await serveMoe(environmentOf(place));
      await checkDegraded(served, key);
      assert.equal(await served.stop(), 0);
    }),
});

async function checkDegraded(served: Served, key: string): Promise<void> {
  const { status, body } = await score(served, key, "s-1");
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.rung, "static_rule");
  assert.match(JSON.stringify(body), /features: store_unavailable/);
  const ready = await get(served, key, "/readyz");
  assert.equal(ready.status, 503);
  assert.deepEqual(ready.body.degraded, ["features"]);
}

async function withCompany(
  run: (place: Place, key: string) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  const folder = await Deno.makeTempDir({ prefix: "beside_" });
  const place = { databaseUrl: postgres.url, folder };
  try {
    await run(place, await fillCompany(place, 3000));
  } finally {
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
