/**
 * `moe features-check` says what is wrong with sources and features, and fails then.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { featuresCheck } from "../../core/commands/features_check.ts";
import { openEngine } from "../../core/commands/open.ts";
import { batch, subjectEvent } from "../stores/cases.ts";

const DAY_MS = 86_400_000;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

Deno.test("a silent source and a mismatch fail the check, by name", async () => {
  const folder = await Deno.makeTempDir({ prefix: "check_" });
  const configuration = readConfiguration((name) =>
    name === "MOE_DATA" ? folder : undefined
  );
  async function check(tenant: string) {
    const lines: string[] = [];
    const terminal = {
      line: (text: string) => lines.push(text),
      warn: () => {},
      progress: () => {},
      done: () => {},
    };
    const scope = { configuration, terminal };
    return { code: await featuresCheck.run(scope, [], { tenant }), lines };
  }
  try {
    const { stores, close } = await openEngine(configuration);
    for (const [tenant, last] of [["well", 1], ["ill", 9]] as const) {
      const days = Array.from({ length: 30 }, (_, place) => last + place);
      await stores.signals.write(batch(tenant, {
        observedAt: daysAgo(last),
        events: days.map((day) => subjectEvent(`e-${day}`, daysAgo(day))),
      }));
      const day = daysAgo(0).slice(0, 10);
      const name = "subject_engagement";
      const mismatched = tenant === "ill" ? 7 : 0;
      const counts = { name, version: 1, day, checked: 500, mismatched };
      await stores.checks.add(tenant, [counts]);
    }
    await close();
    assert.deepEqual(await check("well"), {
      code: 0,
      lines: [
        "subject_engagement@1: 0 of 500 served vectors differ, at most 0.6 % (consistent)",
        "nothing is wrong with sources and features",
      ],
    });
    const since = daysAgo(8).slice(0, 10);
    const { code, lines } = await check("ill");
    assert.equal(code, 1);
    assert.deepEqual(lines, [
      `source ads has told nothing since ${since}, for longer than it ever pauses; check its credentials, its schedule and whether the vendor still sends`,
      "subject_engagement@1: 7 of 500 served vectors differ, at most 2.6 % (inconsistent)",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
