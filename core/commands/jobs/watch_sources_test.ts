/**
 * What is found of sources is told once, and shown on every node.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SourceFinding } from "../../features/source_watch.ts";
import { takenRun } from "./taken_run_test.ts";
import {
  foundSources,
  type SourceEntry,
  watchSourcesJob,
} from "./watch_sources.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const SILENT: SourceFinding = {
  ...{ source: "ads", connector: "google_ads", what: "silent" },
  ...{ name: null, metric: null, since: "2026-10-20", factor: null },
};

Deno.test("a silent source is told of once while it lasts, and again when it comes back", async () => {
  const rounds = [[SILENT], [{ ...SILENT, since: "2026-10-21" }], [], [SILENT]];
  const entries: SourceEntry[] = [];
  let round = 0;
  const job = watchSourcesJob({
    trust: {
      checkSources: () => Promise.resolve(rounds[round++] ?? []),
      checkView: () => Promise.resolve({ problems: [], drifts: [] }),
    },
    features: { declared: () => Promise.resolve([]) },
    signals: { tenants: () => Promise.resolve(["acme"]) },
    clock: { now: () => NOW },
    log: (entry) => entries.push(entry),
  });
  const memories: unknown[] = [null];
  for (const _ of rounds) {
    memories.push(await job.run(takenRun(job, { memory: memories.at(-1) })));
  }
  assert.deepEqual(entries.map(({ event, detail }) => [event, detail]), [
    [
      "source_silent",
      "source ads has told nothing since 2026-10-20, for longer than it ever pauses; check its credentials, its schedule and whether the vendor still sends",
    ],
    [entries[0]?.event, entries[0]?.detail],
  ]);
  const shown = await Promise.all(
    memories.slice(1).map((memory) => {
      const kept = [{ tenant: "acme", subject: "", memory }];
      return foundSources({ memories: () => Promise.resolve(kept) });
    }),
  );
  assert.deepEqual(shown[0], [{ tenant: "acme", ...SILENT }]);
  assert.deepEqual(shown[2], []);
});
