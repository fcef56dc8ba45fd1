/**
 * A node that takes jobs, and writes each page of its work down, to be killed or told to
 * stop. Its arguments are the server's URL, its name and milliseconds for a page.
 *
 * @module
 */
import type { Job } from "../../core/jobs/job.ts";
import { keepJobs } from "../../core/commands/keep_jobs.ts";
import { hearStop } from "../../core/commands/serve.ts";
import { createJobQueue } from "../../core/store/jobs/job_queue.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";

/** How many pages the work has. */
export const PAGES = 6;

/** A queue that is fast enough for a test. */
export const QUICK = {
  ...{ pollSeconds: 0.5, heartbeatSeconds: 10, watchSeconds: 1 },
  ...{ scheduleSeconds: 1, retrySeconds: 1 },
};

/** A job that writes pages down, one after the other, and goes on where it was. */
export function pagesJob(sql: Sql, node: string, pageMs: number): Job {
  return {
    ...{ name: "materialize", schedule: null, longestMinutes: 5 },
    concerns: () => Promise.resolve([{ tenant: "acme", subject: "" }]),
    run: async ({ checkpoint, keep, report, signal }) => {
      for (let page = Number(checkpoint ?? 0); page < PAGES; page++) {
        signal.throwIfAborted();
        await sql.query(
          "insert into page (page, node) values ($1::int4, $2) on conflict do nothing",
          [
            ...[page, node],
          ],
        );
        await keep(page + 1);
        report(`page ${page + 1}`, (page + 1) / PAGES);
        await new Promise((wake) => setTimeout(wake, pageMs));
      }
      return null;
    },
  };
}

if (import.meta.main) {
  using stop = hearStop();
  const [url = "", node = "", pageMs = "0"] = Deno.args;
  const sql = openPostgres(url);
  const queue = createJobQueue(sql, QUICK);
  const working = keepJobs({
    jobs: [pagesJob(sql, node, Number(pageMs))],
    ...{ queue, node, first: [], metrics: { job: () => {} }, log: () => {} },
    clock: { now: () => new Date().toISOString() },
  });
  await stop.told;
  working.stop();
  await working.ended;
  await queue.close();
  await sql.close();
}
