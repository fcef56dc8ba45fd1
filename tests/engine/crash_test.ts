/**
 * The whole engine, killed without warning on a real Postgres: while it answers,
 * and while it ingests. What it acknowledged is there; a rerun ends where an
 * undisturbed run ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  environmentOf,
  fillCompany,
  openCompany,
  type Place,
  TENANT,
} from "../company.ts";
import { type ServerProcess, startServer } from "../servers/engine.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { runMoe, spawnMoe } from "./moe.ts";

const ANSWERS_BEFORE = 60;
const ROWS = 40_000;

async function withPlace(run: (place: Place) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  const folder = await Deno.makeTempDir({ prefix: "crash_" });
  try {
    await run({ databaseUrl: postgres.url, folder });
  } finally {
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  ...needingPostgres("kill -9 while it answers loses no decision it answered"),
  fn: () =>
    withPlace(async (place) => {
      const key = await fillCompany(place, 2000);
      const answered = await answerUntilKilled(place, key);
      assert.ok(answered.length >= ANSWERS_BEFORE);
      const server = await serve(place);
      for (const id of answered) {
        const found = await fetch(`${server.url}/decisions/${id}`, {
          headers: { authorization: `Bearer ${key}` },
        });
        assert.equal(found.status, 200, `${id} is lost`);
        await found.body?.cancel();
      }
      await server.stop();
      const verified = await runMoe(environmentOf(place), ["verify-log"]);
      assert.match(verified.text, /the chain holds/);
    }),
});

function serve(place: Place): Promise<ServerProcess> {
  return startServer({
    args: ["main.ts", "serve", "--port", "0"],
    env: environmentOf(place),
  });
}

/** Ids of the decisions that were answered before the engine died. */
async function answerUntilKilled(place: Place, key: string): Promise<string[]> {
  const server = await serve(place);
  const answered: string[] = [];
  async function ask(caller: number): Promise<void> {
    for (let turn = 0;; turn++) {
      const id = await askOnce(server, key, `s-${caller * 100 + turn % 100}`);
      if (id === null) return;
      answered.push(id);
      if (answered.length === ANSWERS_BEFORE) server.kill9();
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, caller) => ask(caller + 1)));
  return answered;
}

/** The decision's id, or null when the connection broke. */
async function askOnce(
  { url }: ServerProcess,
  key: string,
  subject: string,
): Promise<string | null> {
  try {
    const response = await fetch(`${url}/optimization/score`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ context: { model: "email_visit", subject } }),
    });
    return (await response.json()).decision_id;
  } catch {
    return null;
  }
}

Deno.test({
  ...needingPostgres("kill -9 while it ingests: the rerun completes the file"),
  fn: () =>
    withPlace(async (place) => {
      const env = environmentOf(place);
      const args = await layFile(place);
      const child = spawnMoe(env, args);
      await untilSomethingIsIn(place);
      child.kill("SIGKILL");
      await child.output();
      const half = await countEvents(place);
      assert.ok(half > 0 && half < ROWS, `${half} events at the kill`);
      const { code, errors } = await runMoe(env, args);
      assert.equal(code, 0, errors);
      assert.equal(await countEvents(place), ROWS);
      assert.equal((await runMoe(env, args)).code, 0);
      assert.equal(await countEvents(place), ROWS);
    }),
});

async function layFile({ folder }: Place): Promise<string[]> {
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `o-${row},u-${row % 5000},${row % 90}.50`,
  );
  const file = `${folder}/orders.csv`;
  const mapping = `${folder}/mapping.json`;
  await Deno.writeTextFile(file, `id,customer,total\n${rows.join("\n")}\n`);
  await Deno.writeTextFile(
    mapping,
    JSON.stringify({
      signals: [{
        grain: "event",
        eventId: "{id}",
        type: "Order Completed",
        occurredAt: { at: "2026-10-01T00:00:00Z" },
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

async function untilSomethingIsIn(place: Place): Promise<void> {
  while (await countEvents(place) === 0) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

async function countEvents(place: Place): Promise<number> {
  const opened = await openCompany({
    ...place,
    folder: `${place.folder}/watch`,
  });
  try {
    const counts = await opened.stores.signals.count(TENANT);
    return counts.reduce((sum, { events }) => sum + events, 0);
  } finally {
    await opened.close();
  }
}
