/**
 * A Postgres server that is stopped in its tracks under load: connections stay, nothing
 * answers. Everybody is answered all the same, and all is well by itself afterwards.
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
import {
  type Answer,
  eventually,
  get,
  score,
  type Served,
  serveMoe,
} from "./served.ts";

/** Longer than any answer may take; a request that hangs fails the test. */
const HANGING_MS = 8000;
/** Longer than the last known champion is told without being confirmed. */
const PAUSED_MS = 2800;
const AT_ONCE = 8;

type Run = (served: Served, key: string) => Promise<void>;

/** Serves, stops Postgres for as long as something runs, and sees that all is well then. */
async function serveThroughPause(
  { place, key, postgres }: {
    readonly place: Place;
    readonly key: string;
    readonly postgres: PostgresServer;
  },
  env: Readonly<Record<string, string>>,
  run: Run,
): Promise<void> {
  const served = await serveMoe({ ...environmentOf(place), ...env });
  try {
    await eventually(
      "the champion decides",
      async () => (await score(served, key, "s-1")).body.rung === "champion",
    );
    await postgres.pause();
    await Promise.all([run(served, key), scrape(served)])
      .finally(() => postgres.resume());
    await eventually(
      "all is well again",
      async () =>
        (await score(served, key, "s-1")).body.falls?.length === 0 &&
        (await get(served, key, "/readyz")).body.status === "ready",
    );
  } finally {
    assert.equal(await served.stop(), 0);
  }
}

/** Metrics are told as well, and that those of sources are missing. */
async function scrape({ url }: Served): Promise<void> {
  const signal = AbortSignal.timeout(HANGING_MS);
  const text = await (await fetch(`${url}/metrics`, { signal })).text();
  assert.match(text, /^moe_source_metrics_up 0$/m);
  assert.match(text, /^moe_degraded_parts\{kind="database"\} 1$/m);
  assert.match(text, /^moe_breaker_state\{dependency="postgres"\} [12]$/m);
}

/** Answers to requests that come without a pause while the server is stopped. */
async function answersWhilePaused(
  served: Served,
  key: string,
): Promise<readonly Answer[]> {
  const until = performance.now() + PAUSED_MS;
  const answers: Answer[] = [];
  async function ask(lane: number): Promise<void> {
    for (let turn = 0; performance.now() < until; turn++) {
      const answering = score(served, key, `s-${lane}-${turn}`);
      const { promise: hanging, reject } = Promise.withResolvers<never>();
      const late = () => reject(new Error("A request hangs"));
      const timer = setTimeout(late, HANGING_MS);
      answers.push(
        await Promise.race([answering, hanging])
          .finally(() => clearTimeout(timer)),
      );
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => ask(lane)));
  return answers;
}

/** Where Postgres must have a decision it is refused, in time, and soon at once. */
const refused: Run = async (served, key) => {
  const answers = await answersWhilePaused(served, key);
  const codes = new Set(answers.map(({ body }) => body.code));
  assert.deepEqual(
    [...codes].sort(),
    ["deadline_exceeded", "store_unavailable"],
  );
  for (const { headers } of answers) assert.ok(headers.get("retry-after"));
  const atOnce = answers.filter(({ status }) => status === 503).length;
  assert.ok(atOnce > answers.length / 2, `${atOnce} of ${answers.length}`);
  const { body } = await get(served, key, "/readyz");
  assert.ok(body.degraded.includes("breaker:postgres"), body.degraded);
};

/** Where the disk keeps it first, the last known champion decides, and the answer says so. */
const taken: Run = async (served, key) => {
  const answers = await answersWhilePaused(served, key);
  const others = answers.filter(({ status }) => status !== 200);
  assert.deepEqual(others.map(({ body }) => body), []);
  const rungs = new Set(answers.map(({ body }) => body.rung));
  assert.deepEqual([...rungs], ["champion"]);
  const causes = answers.flatMap(({ body }) =>
    body.falls.map(({ cause }: { cause: string }) => cause)
  );
  assert.ok(causes.includes("champion_unconfirmed"));
};

Deno.test({
  ...needingPostgres("while Postgres hangs every request is answered in time"),
  fn: async (t) => {
    const postgres = await startPostgres();
    const folder = await Deno.makeTempDir({ prefix: "paused_" });
    const place: Place = { databaseUrl: postgres.url, folder };
    try {
      const key = await fillCompany(place, 1500);
      const ground = { place, key, postgres };
      await t.step(
        "decisions that it must have are refused",
        () => serveThroughPause(ground, { MOE_DEADLINE_MS: "300" }, refused),
      );
      await t.step(
        "decisions that the disk keeps first are taken",
        () =>
          serveThroughPause(ground, {
            ...{ MOE_DEADLINE_MS: "1000", MOE_LOG_WRITES: "spool" },
          }, taken),
      );
    } finally {
      await postgres.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
