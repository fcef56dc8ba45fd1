/**
 * A stop: running requests are answered, files are let go, the next start works.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { listen } from "../../core/commands/serve.ts";
import { openTerminal } from "../../core/commands/terminal.ts";
import {
  environmentOf,
  fillCompany,
  makeKey,
  openCompany,
} from "../company.ts";
import { type Answer, get, score, type Served, serveMoe } from "./served.ts";

const CALLERS = 40;

Deno.test("told to stop, it answers what runs, exits 0 and lets its files go", async () => {
  const folder = await Deno.makeTempDir({ prefix: "stop_" });
  const place = { databaseUrl: null, folder };
  const env = { ...environmentOf(place), MOE_MATERIALIZE_MINUTES: "60" };
  try {
    const key = await fillCompany(place, 1500);
    const first = await serveMoe(env);
    await askAll(first, key);
    const decided = await stopWhileAsked(first, key);
    checkOutput(first);
    const second = await serveMoe(env);
    for (const { body } of decided) {
      const found = await get(second, key, `/decisions/${body.decision_id}`);
      assert.equal(found.status, 200);
    }
    assert.equal(await second.stop(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What was answered of what ran when the server was told to stop. */
async function stopWhileAsked(served: Served, key: string): Promise<Answer[]> {
  const answers = askAll(served, key);
  await untilOneArrived(served);
  assert.equal(await served.stop(), 0, served.log.join("\n"));
  const all = await answers;
  for (const { status } of all) assert.equal(status, 200);
  return all;
}

/** The first time it opens the connections that the second time uses. */
function askAll(served: Served, key: string): Promise<Answer[]> {
  return Promise.all(
    Array.from(
      { length: CALLERS },
      (_, place) => score(served, key, `s-${place}`),
    ),
  );
}

async function untilOneArrived({ log }: Served): Promise<void> {
  const before = log.length;
  while (log.length === before) {
    await new Promise((wake) => setTimeout(wake, 0));
  }
}

/** Standard output is for people and scripts; the log is JSON on standard error. */
function checkOutput({ out, log, url }: Served): void {
  assert.deepEqual(out, [`listening on ${url}`]);
  const entries = log.filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const scored = entries.filter(({ route }) => route === "/optimization/score");
  assert.equal(scored.length, 2 * CALLERS);
  for (const { level, status, durationMs } of scored) {
    assert.deepEqual([level, status], ["info", 200]);
    assert.ok(durationMs > 0);
  }
  const others = log.filter((line) => !line.startsWith("{"));
  assert.deepEqual(others, ["stopping: running requests may end"]);
}

Deno.test({
  name: "a caller who never finishes does not hold up a stop for ever",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "slow_" });
    const place = { databaseUrl: null, folder };
    const opened = await openCompany(place);
    const key = await makeKey(opened, "slow");
    const variables = environmentOf(place);
    const server = listen(
      {
        configuration: readConfiguration((name) => variables[name]),
        terminal: openTerminal(),
      },
      opened,
      { port: 0, quiet: true, drainMs: 200 },
    );
    const { port, hostname } = new URL(server.url);
    using caller = await Deno.connect({ port: Number(port), hostname });
    const head = [
      "POST /optimization/score HTTP/1.1",
      `host: ${hostname}`,
      `authorization: Bearer ${key}`,
      "content-type: application/json",
      "content-length: 100",
    ];
    const part = `${head.join("\r\n")}\r\n\r\n{`;
    await caller.write(new TextEncoder().encode(part));
    await new Promise((wake) => setTimeout(wake, 300));
    const started = performance.now();
    await server.stop();
    assert.ok(performance.now() - started < 5000);
    await (await openCompany(place)).close();
    await Deno.remove(folder, { recursive: true });
  },
});
