/**
 * A stop: running requests are answered, files are let go, the next start works.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { listen } from "../../core/commands/listen.ts";
import { openTerminal } from "../../core/commands/terminal.ts";
import {
  environmentOf,
  fillCompany,
  makeKey,
  openCompany,
} from "../company.ts";
import { openCollector, spansOf } from "../servers/collector.ts";
import {
  type Answer,
  eventually,
  get,
  score,
  type Served,
  serveMoe,
} from "./served.ts";

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
    const { collector, url, close } = openCollector();
    const sending = { MOE_OTLP_URL: url, MOE_TRACE_SHARE: "1" };
    const second = await serveMoe({
      ...{ ...env, ...sending, MOE_DRAIN_SECONDS: "1" },
    });
    for (const { body } of decided) {
      const found = await get(second, key, `/decisions/${body.decision_id}`);
      assert.equal(found.status, 200);
    }
    await drain(second, key);
    await close();
    checkTraces(collector.sent);
    const barelyBegun = await serveMoe(env);
    assert.equal(await barelyBegun.stop(), 0, "from its first moment on");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What was kept arrives before the process ends. */
function checkTraces(sent: Parameters<typeof spansOf>[0]): void {
  const spans = spansOf(sent);
  const score = spans.find(({ name }) => name === "POST /optimization/score");
  assert.deepEqual(
    spans.filter(({ parentSpanId }) => parentSpanId === score?.spanId)
      .map(({ name }) => name),
    [
      ...["admit", "read_body", "find_models", "read_features"],
      ...["score_champion", "pace", "judge", "render", "commit"],
    ],
  );
  assert.ok(spans.some(({ name }) => name === "job materialize"));
  assert.ok(sent.some(({ path }) => path === "/v1/metrics"));
}

/** A load balancer learns that it stops while it still answers. */
async function drain(served: Served, key: string): Promise<void> {
  assert.equal((await get(served, key, "/readyz")).status, 200);
  const stopped = served.stop();
  await eventually("it says that it stops", async () => {
    const { status, body } = await get(served, key, "/readyz");
    return status === 503 && body.degraded.includes("draining");
  });
  assert.equal((await score(served, key, "s-1")).status, 200);
  assert.equal(await stopped, 0);
}

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
  assert.deepEqual(entries.length, log.length, "every line is JSON");
  for (const { at, level, event } of entries) {
    assert.ok(
      at && level && event,
      "every line has a name, a time and a level",
    );
  }
  assert.ok(entries.some(({ event }) => event === "stopping"));
}

Deno.test({
  name:
    "neither a caller who never finishes nor a store that hangs holds up a stop for ever",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "slow_" });
    const place = { databaseUrl: null, folder };
    const opened = await openCompany(place);
    const key = await makeKey(opened, "slow");
    const variables = environmentOf(place);
    const server = await listen(
      {
        configuration: readConfiguration((name) => variables[name]),
        terminal: openTerminal(),
      },
      { ...opened, close: () => new Promise(() => {}) },
      { port: 0, quiet: true, drainMs: 200, closeMs: 100 },
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
    await opened.close();
    await (await openCompany(place)).close();
    await Deno.remove(folder, { recursive: true });
  },
});
