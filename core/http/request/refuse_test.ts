/**
 * Refusals: each says the same as any other failure, all are counted, few are logged.
 *
 * @module
 */
import assert from "node:assert/strict";
import { HonoRequest } from "hono/request";
import type { AccessEntry } from "../access_log.ts";
import type { Measured } from "../metrics/latency.ts";
import { createTelemetry } from "../../telemetry/telemetry.ts";
import { createRefusing, type RefusingScope } from "./refuse.ts";

const ROUTE = "/optimization/score";

/** What refuses, on a clock of its own. */
function open(random = 0) {
  const logged: AccessEntry[] = [];
  const measured: Measured[] = [];
  const at = { ms: 1000 };
  let made = 0;
  const scope: RefusingScope = {
    clock: { now: () => "2026-01-01T00:00:00.000Z" },
    ids: { next: (kind) => `${kind}_${++made}` },
    metrics: { request: (request) => void measured.push(request) },
    telemetry: createTelemetry({
      ...{ share: 0, slowMs: 50, isSent: false },
      ...{ nowMs: () => at.ms, wallMs: () => at.ms },
    }),
    log: (entry) => void logged.push(entry),
    ...{ random: () => random, nowMs: () => at.ms },
  };
  const refuse = createRefusing(scope);
  const ask = (headers: Record<string, string> = {}) =>
    refuse(
      new HonoRequest(
        new Request(`http://localhost${ROUTE}`, { method: "POST", headers }),
        ROUTE,
      ),
      ROUTE,
    );
  return { ask, logged, measured, at };
}

async function told(response: Response) {
  const { "x-request-id": id, ...headers } = Object.fromEntries(
    response.headers,
  );
  return { id, headers, status: response.status, body: await response.json() };
}

Deno.test("a refusal that is not logged says what one says that is", async () => {
  const { ask, logged } = open(0.5);
  const [first, second] = [await told(ask()), await told(ask())];
  assert.deepEqual({ ...first, id: "" }, { ...second, id: "" });
  assert.notEqual(first.id, second.id);
  assert.deepEqual(logged.map(({ requestId }) => requestId), [first.id]);
  assert.equal(second.status, 503);
  assert.equal(second.body.code, "overloaded");
  assert.equal(second.headers["retry-after"], "2");
});

Deno.test("a refusal bears its caller's id", async () => {
  const { ask } = open();
  ask();
  const { id } = await told(ask({ "x-request-id": "mine-17" }));
  assert.equal(id, "mine-17");
});

Deno.test.each([{ random: 0, after: "1" }, { random: 0.999, after: "3" }])(
  "where chance is $random a caller is to come again after $after seconds",
  async ({ random, after }) => {
    const { ask } = open(random);
    ask();
    assert.equal((await told(ask())).headers["retry-after"], after);
  },
);

Deno.test("of many refusals ten a second are logged, and all are counted", () => {
  const { ask, logged, measured, at } = open();
  for (let time = 0; time < 3000; time++) {
    ask();
    at.ms += 1;
  }
  assert.equal(logged.length, 30);
  assert.equal(measured.length, 3000);
  assert.ok(
    measured.every(({ status, route }) => status === 503 && route === ROUTE),
  );
});
