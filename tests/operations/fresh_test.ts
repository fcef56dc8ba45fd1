/**
 * The server keeps online features by itself: what comes in is served, and the
 * online store can be deleted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { environmentOf, makeKey, openCompany, TENANT } from "../company.ts";
import { runMoe } from "../engine/moe.ts";
import { eventually, get, type Served, serveMoe } from "./served.ts";

const SUBJECTS = 300;

Deno.test("what was ingested is served without a further command, also after the online store is deleted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fresh_" });
  const env = {
    ...environmentOf({ databaseUrl: null, folder }),
    MOE_MATERIALIZE_MINUTES: "60",
  };
  try {
    const key = await makeReader(folder);
    const { code, errors } = await runMoe(env, await layFile(folder));
    assert.equal(code, 0, errors);
    await checkServed(env, key);
    await Deno.remove(`${folder}/features.kv`);
    for (const rest of ["features.kv-shm", "features.kv-wal"]) {
      await Deno.remove(`${folder}/${rest}`).catch(() => {});
    }
    await checkServed(env, key);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function makeReader(folder: string): Promise<string> {
  const opened = await openCompany({ databaseUrl: null, folder });
  try {
    return await makeKey(opened, "reader");
  } finally {
    await opened.close();
  }
}

async function checkServed(
  env: Readonly<Record<string, string>>,
  key: string,
): Promise<void> {
  const server = await serveMoe(env);
  try {
    await eventually(
      "the last subject's features are served",
      async () => await ordersOf(server, key, SUBJECTS - 1) === 1,
    );
    assert.equal(await ordersOf(server, key, 0), 1);
    await eventually(
      "the run is in the log",
      () => server.log.some((line) => line.includes('"event":"materialize"')),
    );
    const line = server.log.find((line) =>
      line.includes('"event":"materialize"')
    ) ?? "";
    const { level, tenant, rows } = JSON.parse(line);
    assert.deepEqual([level, tenant], ["info", TENANT]);
    assert.ok(rows >= SUBJECTS);
  } finally {
    assert.equal(await server.stop(), 0);
  }
}

async function ordersOf(
  server: Served,
  key: string,
  subject: number,
): Promise<unknown> {
  const path = `/features/subject_engagement/subject:u-${subject}`;
  const { status, body } = await get(server, key, path);
  assert.equal(status, 200, JSON.stringify(body));
  return body.features.orders_count_28d?.value ?? null;
}

/** One order of each subject, yesterday. */
async function layFile(folder: string): Promise<string[]> {
  const rows = Array.from(
    { length: SUBJECTS },
    (_, row) => `o-${row},u-${row},12.50`,
  );
  const file = `${folder}/orders.csv`;
  const mapping = `${folder}/mapping.json`;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await Deno.writeTextFile(file, `id,customer,total\n${rows.join("\n")}\n`);
  await Deno.writeTextFile(
    mapping,
    JSON.stringify({
      signals: [{
        grain: "event",
        eventId: "{id}",
        type: "Order Completed",
        occurredAt: { at: yesterday },
        entities: { subject: "{customer}" },
        value: { column: "total", currency: "EUR" },
      }],
    }),
  );
  return [
    ...["ingest", "csv", "--file", file, "--mapping", mapping],
    ...["--tenant", TENANT],
  ];
}
