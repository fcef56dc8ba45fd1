/**
 * The stream as an operator meets it: `moe stream`, and `moe serve` with NATS.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runMoe, spawnMoe } from "../engine/moe.ts";
import { eventually, serveMoe } from "../operations/served.ts";
import { needingNats, startNats } from "../servers/nats.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { readPublished } from "./published.ts";

type Environment = Readonly<Record<string, string>>;

const ROWS = 3;
/** More than a pipe holds. */
const MANY_ROWS = 5000;

/** Brings orders in from a file of the folder. */
async function ingest(
  env: Environment,
  folder: string,
  rows: number,
): Promise<void> {
  const lines = Array.from({ length: rows }, (_, row) => `o-${row},u-1,12.50`);
  const file = `${folder}/orders.csv`;
  const mapping = `${folder}/mapping.json`;
  await Deno.writeTextFile(file, `id,customer,total\n${lines.join("\n")}\n`);
  await Deno.writeTextFile(
    mapping,
    JSON.stringify({
      signals: [{
        grain: "event",
        eventId: "{id}",
        type: "Order Completed",
        occurredAt: { at: "2026-02-01T10:00:00.000Z" },
        entities: { subject: "{customer}" },
        value: { column: "total", currency: "EUR" },
      }],
    }),
  );
  const { code, errors } = await runMoe(env, [
    ...["ingest", "csv", "--file", file, "--mapping", mapping],
    ...["--tenant", "acme"],
  ]);
  assert.equal(code, 0, errors);
}

/** Lines that a consumer is told. */
async function tell(env: Environment, ...args: string[]): Promise<string[]> {
  const { code, text, errors } = await runMoe(env, ["stream", ...args]);
  assert.equal(code, 0, errors);
  return text.split("\n").filter((line) => line !== "");
}

async function withFolder(
  work: (folder: string, env: Environment) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stream_" });
  try {
    await work(folder, {
      MOE_DATA: folder,
      MOE_MATERIALIZE_MINUTES: "0",
      MOE_IDENTITY_KEY: "5a".repeat(32),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("moe stream tells each consumer every change once, as JSON lines", () =>
  withFolder(async (folder, env) => {
    await ingest(env, folder, ROWS);
    const lines = await tell(env, "--consumer", "a", "--json");
    const [first] = lines.map((line) => JSON.parse(line));
    assert.equal(lines.length, ROWS);
    assert.deepEqual(
      [first.kind, first.tenant, first.event.valueMicros],
      ["event", "acme", "12500000"],
    );
    assert.deepEqual(await tell(env, "--consumer", "a", "--json"), []);
    const people = await tell(env, "--consumer", "b");
    assert.match(people[0] ?? "", /acme\/orders {2}Order Completed .*subject:/);
    const list = await tell(env);
    assert.deepEqual(
      list.slice(2).map((line) => line.trim().split(/\s+/)),
      [["a", "1", "0"], ["b", "1", "0"]],
    );
    await tell(env, "--consumer", "a", "--forget");
    const others = await tell(env, "--consumer", "a", "--tenant", "other");
    assert.deepEqual(others, []);
  }));

Deno.test("moe stream keeps no position for a reader that went away", () =>
  withFolder(async (folder, env) => {
    await ingest(env, folder, MANY_ROWS);
    const args = ["stream", "--consumer", "a", "--json"];
    const child = spawnMoe(env, args);
    const reader = child.stdout.getReader();
    assert.equal((await reader.read()).done, false);
    await reader.cancel();
    await child.stderr.cancel();
    assert.equal((await child.status).code, 0);
    const lines = await tell(env, ...args.slice(1));
    assert.equal(lines.length, MANY_ROWS);
  }));

Deno.test({
  ...needingPostgres("moe stream --follow lets go when it is told to stop"),
  fn: () =>
    withFolder(async (folder, place) => {
      const server = await startPostgres();
      const env = { ...place, DATABASE_URL: server.url };
      try {
        await ingest(env, folder, ROWS);
        const args = ["stream", "--consumer", "a", "--json"];
        const child = spawnMoe(env, [...args, "--follow"]);
        const reader = child.stdout.getReader();
        assert.equal((await reader.read()).done, false);
        const second = await runMoe(env, args);
        assert.equal(second.code, 1);
        assert.match(second.errors, /^store_locked: .*"a"/);
        child.kill("SIGTERM");
        while (!(await reader.read()).done);
        await child.stderr.cancel();
        assert.equal((await child.status).code, 0);
        assert.deepEqual(await tell(env, ...args.slice(1)), []);
      } finally {
        await server.stop();
      }
    }),
});

Deno.test({
  ...needingNats("moe serve relays to NATS when it is there, and says so"),
  fn: () =>
    withFolder(async (folder, place) => {
      const nats = await startNats();
      const env = { ...place, NATS_URL: nats.url };
      try {
        await nats.kill9();
        await ingest(env, folder, ROWS);
        const server = await serveMoe(env);
        const told = (level: string) => () =>
          server.log.some((line) =>
            line.includes(`"level":"${level}","event":"relay"`)
          );
        await eventually("the failure is in the log", told("error"));
        await nats.restart();
        await eventually("the recovery is in the log", told("info"));
        assert.equal(await server.stop(), 0);
        const published = await readPublished(nats.url);
        assert.equal(published.length, ROWS);
        assert.match(server.log.join("\n"), /store_unavailable: Cannot use/);
      } finally {
        await nats.stop();
      }
    }),
});
