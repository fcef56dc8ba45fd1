/**
 * Work in the background at the command line: listed, asked for, and ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { printRuns } from "../../core/commands/jobs/look.ts";
import { runCommand } from "../../core/commands/run.ts";
import type { JobRun } from "../../core/ports/jobs.ts";

const RUN: JobRun = {
  ...{ job: "materialize", tenant: "acme", subject: "", id: "r-1" },
  ...{ state: "running", attempt: 2, node: "n-1", share: 0.46, text: "views" },
  ...{ since: "2026-11-01T04:00:00.000Z", endedAt: null, nextTryAt: null },
  ...{ succeededAt: "2026-11-01T03:00:00.000Z", error: null },
};

/** Runs commands on a folder of their own. */
async function withMoe(
  run: (moe: (args: string) => Promise<{ code: number; text: string }>) => //
  Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "jobs_commands_" });
  const configuration = readConfiguration((name) =>
    name === "MOE_DATA" ? folder : undefined
  );
  try {
    await run(async (args) => {
      const lines: string[] = [];
      const line = (text: string) => void lines.push(text);
      const terminal = { line, warn: line, progress: () => {}, done: () => {} };
      const scope = { configuration, terminal };
      const code = await runCommand(scope, args.split(" "));
      return { code, text: lines.join("\n") };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("moe jobs lists what was asked for once, and ends it", () =>
  withMoe(async (moe) => {
    const asked = await moe("jobs run materialize");
    const [, id = ""] = /^asked for materialize: (\S+)$/m.exec(asked.text) ??
      [];
    assert.equal(asked.code, 0, asked.text);
    const again = await moe("jobs run materialize");
    assert.equal(again.code, 1);
    assert.match(again.text, /materialize is asked for already/);
    const listed = await moe("jobs");
    assert.match(listed.text, new RegExp(`materialize +all .*queued.*${id}`));
    const ended = await moe(`jobs cancel ${id}`);
    assert.deepEqual([ended.code, ended.text], [0, `cancelled ${id}`]);
    const over = await moe(`jobs cancel ${id}`);
    assert.equal(over.code, 1);
    assert.match(over.text, /no run .* that could be ended/);
    await assert.rejects(moe("jobs run materialise"), {
      code: "request_invalid",
      message: /did you mean "?materialize/,
    });
  }));

Deno.test("printRuns() shows how far a run is, and why one failed", () => {
  const failed: JobRun = {
    ...{ ...RUN, tenant: "", subject: "*", state: "failed", share: null },
    ...{ error: "store_unavailable", nextTryAt: "2026-11-01T04:05:00.000Z" },
  };
  const [, , running = "", other = ""] = printRuns([RUN, failed]);
  assert.match(running, /acme .*running +n-1 +█████░░░░░ 46% views/);
  assert.match(other, /all +\* +failed .*2026-11-01T04:05.*store_unavailable/);
});
