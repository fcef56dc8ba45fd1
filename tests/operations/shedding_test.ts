/**
 * An engine of which much more is asked than it can answer: what it lets in is answered
 * soon, the rest is told at once to come again, and afterwards nothing of it is left.
 *
 * @module
 */
import assert from "node:assert/strict";
import { latenciesOf, quantile, sendLoad } from "../bench/http_load.ts";
import { type Hardness, type Overload, overload } from "../bench/shedding.ts";
import { environmentOf, fillCompany } from "../company.ts";
import { startServer } from "../servers/engine.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

const SUBJECTS = 1500;
const WARM = 3000;
const SECONDS = 3;
/** What is sustained depends on the moment, so more is asked until some is refused. */
const TIMES = [2, 4, 8];

const bodies = Array.from({ length: SUBJECTS }, (_, index) => {
  const context = { model: "email_visit", subject: `s-${index + 1}` };
  return JSON.stringify({ context });
});

Deno.test({
  ...needingPostgres(
    "of twice what it sustains an engine answers a part soon, and refuses the rest",
  ),
  fn: async () => {
    const postgres = await startPostgres();
    const folder = await Deno.makeTempDir({ prefix: "shedding_" });
    const place = { databaseUrl: postgres.url, folder };
    try {
      const key = await fillCompany(place, SUBJECTS);
      const engine = await startServer({
        args: ["main.ts", "serve", "--port", "0"],
        env: environmentOf(place),
      });
      const headers = { authorization: `Bearer ${key}` };
      const { port } = engine;
      const to = { port, path: "/optimization/score", headers, bodies };
      const send = (how: Hardness) => sendLoad({ ...to, ...how });
      try {
        await send({ requests: WARM, connections: 16 });
        checkShedding(await overloadUntilRefused(send));
        const after = await send({ requests: 500, connections: 16 });
        assert.equal(after.failures, 0);
      } finally {
        await engine.stop();
      }
    } finally {
      await postgres.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function overloadUntilRefused(
  send: (how: Hardness) => ReturnType<typeof sendLoad>,
): Promise<Overload & { readonly times: number }> {
  for (const times of TIMES) {
    const how = { times, seconds: SECONDS, requests: WARM };
    const found = await overload(send, how);
    assert.equal(found.closed.failures, 0);
    if (found.open.failures > found.open.answers.length / 10) {
      return { ...found, times };
    }
  }
  throw new Error("Nothing is refused however much is asked");
}

/** Without a gate all wait in a queue that grows as long as too much is asked. */
function checkShedding(
  { open, sustainable, times }: Overload & { readonly times: number },
): void {
  const accepted = open.answers.filter(({ status }) => status === 200);
  const refused = open.answers.filter(({ status }) => status !== 200);
  const statuses = new Set(refused.map(({ status }) => status));
  assert.deepEqual([...statuses], [503]);
  assert.ok(refused.every(({ isPutOff }) => isPutOff));
  const queueMs = 1000 * SECONDS * (1 - 1 / times);
  for (const answers of [accepted, refused]) {
    const soon = quantile(latenciesOf(answers), 0.99);
    assert.ok(soon < queueMs / 2, `${soon} ms, where a queue has ${queueMs}`);
  }
  const goodput = open.throughput * accepted.length / open.answers.length;
  assert.ok(goodput > sustainable / 5, `${goodput} of ${sustainable} a second`);
}
