/**
 * What was decided is counted, also when the engine or the database is killed between the
 * count and the log: too much may be counted, never too little.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseRecord } from "../../core/decisions/log/records/record.ts";
import { createDecisionLog } from "../../core/store/log/decision_log.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { AT_ONCE } from "./limited_loop.ts";

const ENOUGH = 100;
/** A process that outlives its store for so long acknowledges what it cannot keep. */
const LONGEST_MS = 20_000;

/** Takes decisions in a process of its own until `end` has ended it or its store. */
async function decideUntil(
  { url }: PostgresServer,
  end: (child: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-check", "--allow-net=127.0.0.1", "--allow-read"],
      ...["--allow-env", "--allow-ffi", "--allow-sys"],
      `--allow-write=${folder}`,
      new URL("limited_loop.ts", import.meta.url).pathname,
      ...[url, folder],
    ],
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).spawn();
  let printed = 0;
  let ending: Promise<void> | null = null;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text.split("\n").length - 1;
    if (printed >= ENOUGH) ending ??= end(child);
  }
  await child.status;
  await Deno.remove(folder, { recursive: true });
  assert.ok(ending !== null, "the process ended before it was ended");
  await ending;
}

/** Decisions in the log by the limit that they count towards, and the counts. */
async function readBoth(sql: Sql) {
  const decided: Record<string, number> = {};
  for (const logged of await createDecisionLog(sql).read("acme", 0, 100_000)) {
    const { countsTowards = [] } = parseRecord(logged).decision;
    for (const name of countsTowards) decided[name] = (decided[name] ?? 0) + 1;
  }
  const rows = await sql.query<{ counter: string; count: bigint }>(
    `select counter, (select sum(c) from unnest(counts) c)::int8 as count
    from limit_count`,
  );
  const counted = Object.fromEntries(
    rows.map(({ counter, count }) => [counter, Number(count)]),
  );
  return { decided, counted };
}

async function assertCounted(server: PostgresServer): Promise<void> {
  const sql = openPostgres(server.url);
  try {
    const { decided, counted } = await readBoth(sql);
    const own = decided["per_subject.per_subject"] ?? 0;
    assert.ok(own >= ENOUGH);
    assert.deepEqual(decided, {
      ["per_subject.per_subject"]: own,
      ["per_channel.per_channel"]: own,
    });
    const ownCount = counted["per_subject.per_subject"] ?? 0;
    assert.ok(ownCount >= own && ownCount <= own + AT_ONCE, `${ownCount}`);
    const ofMany = counted["per_channel.per_channel"] ?? 0;
    assert.ok(ofMany >= own, `${ofMany} of ${own}`);
  } finally {
    await sql.close();
  }
}

Deno.test({
  ...needingPostgres("no decision in the log is uncounted, the engine killed"),
  fn: async () => {
    const server = await startPostgres();
    try {
      await decideUntil(server, async (child) => await child.kill("SIGKILL"));
      await assertCounted(server);
    } finally {
      await server.stop();
    }
  },
});

Deno.test({
  ...needingPostgres(
    "no decision in the log is uncounted, the database killed",
  ),
  fn: async () => {
    const server = await startPostgres();
    try {
      await decideUntil(server, () => server.kill9());
      await server.restart();
      await assertCounted(server);
    } finally {
      await server.stop();
    }
  },
});
