/**
 * Nodes on one Postgres: a job whose node is told to stop, or killed, goes on elsewhere
 * from its last page, also when the server is killed too.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createRunner } from "../../core/jobs/run_job.ts";
import { createJobQueue } from "../../core/store/jobs/job_queue.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { ROOT } from "../architecture/paths.ts";
import { PERMISSIONS } from "../servers/engine.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { PAGES, pagesJob, QUICK } from "./job_node.ts";
import { eventually } from "./served.ts";

/** So slow that it is killed between two pages. */
const SLOW_MS = "300";

function startNode(url: string, name: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", ...PERMISSIONS],
      ...["tests/operations/job_node.ts", url, name, SLOW_MS],
    ],
    cwd: ROOT,
    ...{ stdin: "null", stdout: "null", stderr: "inherit" } as const,
  }).spawn();
}

/** Starts a node, and ends it when it has done a page. */
async function endAfterPage(
  { sql, url, name }: { sql: Sql; url: string; name: string },
  signal: Deno.Signal,
): Promise<number> {
  const child = startNode(url, name);
  await eventually(
    `a page of ${name}`,
    async () => (await pagesOf(sql)).some(({ node }) => node === name),
  );
  child.kill(signal);
  return (await child.status).code;
}

/** As if the nodes that run jobs had not been heard of for an hour. */
const SILENT = `
  update pgboss.job set heartbeat_on = heartbeat_on - interval '1 hour'
  where state = 'active'`;

async function pagesOf(sql: Sql): Promise<{ page: number; node: string }[]> {
  return await sql.query("select page, node from page order by page");
}

Deno.test({
  ...needingPostgres(
    "a job whose node is told to stop, or killed with its database, goes on elsewhere",
  ),
  fn: async () => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    await migrate(sql);
    await sql.query("create table page (page int primary key, node text)");
    const queue = createJobQueue(sql, QUICK);
    await queue.ask({ job: "materialize", tenant: "", subject: "*" });
    const at = { sql, url: server.url };
    assert.equal(await endAfterPage({ ...at, name: "told" }, "SIGTERM"), 0);
    const [handedBack] = await queue.list("acme");
    assert.equal(handedBack?.state, "queued", "it is handed back");
    await endAfterPage({ ...at, name: "killed" }, "SIGKILL");
    const before = (await pagesOf(sql)).length;
    assert.ok(before < PAGES, "it was killed in the middle");
    await sql.query(SILENT);
    const run = createRunner({
      jobs: [pagesJob(sql, "other", 0)],
      ...{ queue, stopping: new AbortController().signal, ended: () => {} },
    });
    const failures: unknown[] = [];
    const working = await queue.work({
      ...{ node: "other", run },
      failed: (error) => failures.push(error),
    });
    await server.kill9();
    await server.restart();
    await eventually(
      "all pages",
      async () => (await pagesOf(sql).catch(() => [])).length === PAGES,
    );
    const nodes = (await pagesOf(sql)).map(({ node }) => node);
    assert.deepEqual([...new Set(nodes)], ["told", "killed", "other"]);
    await eventually(
      "it is told as done",
      async () =>
        (await queue.list("acme")).some(({ state }) => state === "done"),
    );
    await working.stop();
    await queue.close();
    await sql.close();
    await server.stop();
  },
});
