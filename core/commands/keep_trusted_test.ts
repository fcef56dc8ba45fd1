/**
 * What this node served is told of, and what others found is shown.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { FoundSource } from "../features/trust.ts";
import type { SourceFinding } from "../features/source_watch.ts";
import {
  keepTrusted,
  type TrustedScope,
  type TrustEntry,
} from "./keep_trusted.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const SILENT: SourceFinding = {
  source: "ads",
  connector: "google_ads",
  what: "silent",
  name: null,
  metric: null,
  since: "2026-10-20",
  factor: null,
};

function start(
  trust: Partial<TrustedScope["trust"]>,
  findings: () => Promise<readonly SourceFinding[]> = () => Promise.resolve([]),
) {
  const entries: TrustEntry[] = [];
  const noted: (readonly FoundSource[])[] = [];
  let looks = 0;
  const kept = keepTrusted({
    trust: {
      checkServed: () => Promise.resolve([]),
      heldBack: () => [],
      found: (findings) => {
        looks++;
        noted.push(findings);
      },
      ...trust,
    },
    queue: {
      memories: async () => [{
        ...{ tenant: "acme", subject: "" },
        memory: { findings: await findings(), keys: [] },
      }],
    },
    clock: { now: () => NOW },
    log: (entry) => entries.push(entry),
    servedMs: 1,
    showMs: 1,
  });
  const stop = async () => {
    kept.stop();
    await kept.ended;
  };
  return { entries, noted, stop, looks: () => looks };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 1));
}

Deno.test("what another node found of sources is shown here, while it lasts", async () => {
  const rounds = [[SILENT], []];
  let round = 0;
  const node = start({}, () => Promise.resolve(rounds[round++] ?? []));
  await until(() => node.looks() >= 2);
  await node.stop();
  assert.deepEqual(node.noted[0], [{ tenant: "acme", ...SILENT }]);
  assert.deepEqual(node.noted[1], []);
  assert.deepEqual(node.entries, []);
});

Deno.test("each mismatch is told of by view, feature and hash", async () => {
  let checks = 0;
  const mismatch = {
    tenant: "acme",
    view: "orders@2",
    entityHash: "0123456789abcdef",
    features: ["orders_count_7d"],
    since: "held",
  } as const;
  const node = start({
    checkServed: () => Promise.resolve(checks++ < 2 ? [mismatch] : []),
  });
  await until(() => checks >= 4);
  await node.stop();
  assert.deepEqual(
    node.entries.map(({ event, detail }) => [event, detail]),
    Array(2).fill([
      "feature_mismatch",
      "orders@2 of entity 0123456789abcdef was held for too long: orders_count_7d",
    ]),
  );
});

Deno.test("a view that is held back is told of once, whatever its values do", async () => {
  let looked = 0;
  const node = start({
    heldBack: () => [{
      tenant: "acme",
      view: "orders@2",
      problems: [{
        view: "orders@2",
        feature: "f",
        what: "max",
        observed: 10 + looked++,
        expected: 9,
      }],
    }],
  });
  await until(() => looked >= 4);
  await node.stop();
  assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
    [
      "feature_held_back",
      "orders@2.f: its greatest value is 10, and 9 is expected",
    ],
  ]);
});

Deno.test("what fails is told of, and tried again", async () => {
  let asked = 0;
  const node = start(
    {},
    () =>
      asked++ === 0
        ? Promise.reject(new EngineError("store_unavailable", "Cannot use it"))
        : Promise.resolve([SILENT]),
  );
  await until(() => node.looks() >= 1);
  await node.stop();
  assert.deepEqual(
    node.entries.map(({ event, level, detail }) => [event, level, detail]),
    [["trust_failed", "error", "store_unavailable: Cannot use it"]],
  );
});
