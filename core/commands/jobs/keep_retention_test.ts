/**
 * What is old by one clock alone stays.
 *
 * @module
 */
import assert from "node:assert/strict";
import { UNRETIRED } from "../../domain/audit_log.ts";
import type { Job } from "../../jobs/job.ts";
import { readConfiguration } from "../configuration.ts";
import { keepRetentionJob, type RetentionEntry } from "./keep_retention.ts";
import { takenRun } from "./taken_run_test.ts";

const ASKED_AT = "2026-11-11T02:30:00.000Z";
const OLD = "2026-11-01T02:30:00.000Z";

Deno.test.each([
  { note: "ahead by years", now: "2030-01-01T00:00:00.000Z", want: OLD },
  { note: "right", now: "2026-11-11T02:30:00.500Z", want: OLD },
  {
    note: "behind by a day",
    now: "2026-11-10T02:30:00.000Z",
    want: "2026-10-31T02:30:00.000Z",
  },
])(
  "a node whose clock is $note retires what is old by both clocks",
  async ({ now, want }) => {
    const rules = [{ tenant: "*", purpose: "decisions", days: 10 }];
    await withJob({ rules, now }, async ({ job, before, entries }) => {
      await job.run(takenRun(job, { askedAt: ASKED_AT }));
      assert.deepEqual([before, entries], [[want], []]);
    });
  },
);

Deno.test("acts leave once no node of the release before can be left, which would miss them", async () => {
  const rules = [{ tenant: "*", purpose: "acts", days: 10 }];
  await withJob({ rules, now: ASKED_AT }, async ({ job, before }) => {
    const first = await job.run(takenRun(job, { askedAt: ASKED_AT }));
    assert.deepEqual(before, []);
    for (
      const since of ["2026-11-10T03:00:00.000Z", "2026-11-10T02:30:00.000Z"]
    ) {
      const memory = { since };
      assert.deepEqual(
        await job.run(takenRun(job, { askedAt: ASKED_AT, memory })),
        memory,
      );
    }
    assert.deepEqual([first, before], [{ since: ASKED_AT }, [OLD]]);
  });
});

/** The job, and moments before which it looked for what is old. */
async function withJob(
  { rules, now }: { readonly rules: unknown; readonly now: string },
  run: (opened: {
    readonly job: Job;
    readonly before: readonly string[];
    readonly entries: readonly RetentionEntry[];
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/rules.json`, JSON.stringify(rules));
  const variables: Record<string, string> = {
    MOE_RETENTION: `${folder}/rules.json`,
    MOE_DATA: folder,
  };
  const before: string[] = [];
  const entries: RetentionEntry[] = [];
  const nothing = () => Promise.resolve(0);
  const job = keepRetentionJob({
    stores: {
      log: {
        tenants: () => Promise.resolve(["acme"]),
        anchor: () => Promise.resolve(null),
        append: () => Promise.reject(new TypeError("nothing is retired")),
        read: () => Promise.resolve([]),
      },
      governance: {
        record: () => Promise.reject(new TypeError("nothing is retired")),
        records: () => Promise.resolve([]),
        head: () => Promise.resolve(UNRETIRED),
        anchor: () => Promise.resolve(UNRETIRED),
      },
      checkpoints: {
        owners: () => Promise.resolve(["acme"]),
        lastBefore: (_owner, at) => {
          before.push(at);
          return Promise.resolve(null);
        },
      },
      retention: {
        keyedTenants: () => Promise.resolve([]),
        ...{ retire: nothing, countAnswers: nothing, forgetAnswers: nothing },
        ...{ retireActs: nothing, countThinned: nothing },
        thinCheckpoints: nothing,
      },
    },
    configuration: readConfiguration((name) => variables[name]),
    clock: { now: () => now },
    ids: { next: (prefix) => prefix },
    log: (entry) => entries.push(entry),
  });
  try {
    await run({ job, before, entries });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
