/**
 * `moe features` and `moe lineage` say what is known of an entity, and why; `moe keys`
 * limits what it is read for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { openEngine } from "../../core/commands/open.ts";
import { runCommand } from "../../core/commands/run.ts";
import { batch, subjectEvent } from "../stores/cases.ts";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) =>
  new Date(Date.now() - days * DAY_MS).toISOString();

async function withFolder(
  work: (run: (...args: string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "reads_" });
  const configuration = readConfiguration((name) =>
    name === "MOE_DATA" ? folder : undefined
  );
  try {
    const opened = await openEngine(configuration);
    await opened.stores.signals.write(batch("default", {
      observedAt: daysAgo(1),
      events: [1, 2, 20].map((days) =>
        subjectEvent(`e-${days}`, daysAgo(days), {
          entities: { subject: "s-1" },
        })
      ),
    }));
    await opened.close();
    await work(async (...args) => {
      const lines: string[] = [];
      const terminal = {
        line: (text: string) => lines.push(text),
        warn: (text: string) => lines.push(text),
        progress: () => {},
        done: () => {},
      };
      await runCommand({ configuration, terminal }, args);
      return lines.join("\n");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PLACE = ["subject_engagement", "subject:s-1"];
const OPENED = "emails_opened_count_7d";

Deno.test("an entity's features and their signals are told", async (t) => {
  await withFolder(async (run) => {
    await run("materialize");
    const valueOf = (text: string) =>
      JSON.parse(text).find(({ feature }: { feature: string }) =>
        feature === OPENED
      );
    await t.step("as a decision would read them", async () => {
      const read = valueOf(await run("features", ...PLACE, "--json"));
      assert.equal(read.value, 2);
      assert.equal(read.status, "fresh");
      const table = await run("features", ...PLACE);
      assert.match(table, new RegExp(`${OPENED} +2 +count +fresh +2`));
      const [view = "", entity = ""] = PLACE;
      const pinned = await run("features", `${view}@1`, entity);
      assert.equal(pinned.split("\n").length, table.split("\n").length);
    });
    await t.step("and were as of a moment", async () => {
      const read = valueOf(
        await run("features", ...PLACE, "--at", daysAgo(19), "--json"),
      );
      assert.equal(read.value, 1);
    });
    await t.step("with the signals behind one", async () => {
      const text = await run("lineage", ...PLACE, "--feature", OPENED);
      assert.match(text, /^subject_engagement@1, computed at 2.* by /);
      assert.match(text, /ads +csv +2 /);
      const json = await run(
        "lineage",
        ...PLACE,
        "--feature",
        OPENED,
        "--json",
      );
      assert.deepEqual(JSON.parse(json).sources[0].keys.sort(), ["e-1", "e-2"]);
    });
    await t.step("and misspelt names set right", async () => {
      await assert.rejects(run("features", "subject_engagment", "subject:s"), {
        code: "not_found",
        message: /did you mean "subject_engagement"/,
      });
      await assert.rejects(run("lineage", ...PLACE, "--feature", "emails"), {
        code: "not_found",
      });
      await assert.rejects(run("features", "subject_engagement", "ad:a"), {
        code: "request_invalid",
        message: /subject:<id>/,
      });
    });
  });
});

Deno.test("a key is made for purposes", async () => {
  await withFolder(async (run) => {
    await run(
      ...["keys", "create", "analyst", "--scopes", "read"],
      ...["--purposes", "reporting, research"],
    );
    await run("keys", "create", "shop", "--scopes", "score");
    const listed = await run("keys", "list");
    assert.match(listed, /analyst +read +reporting,research /);
    assert.match(listed, /shop +score +any /);
    await assert.rejects(
      run(
        ...["keys", "create", "x", "--scopes", "read"],
        ...["--purposes", "All!"],
      ),
      { code: "request_invalid" },
    );
  });
});
