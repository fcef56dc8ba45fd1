/**
 * What is found is told once, by one node, and told again when it comes back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { FoundSource } from "../features/trust.ts";
import type { SourceFinding } from "../features/source_watch.ts";
import type { LeaseStore } from "../ports/stores.ts";
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

function freeLeases(free = true): LeaseStore {
  return {
    take: () => Promise.resolve(free),
    release: () => Promise.resolve(),
    rest: () => Promise.resolve(),
  };
}

function start(
  trust: Partial<TrustedScope["trust"]>,
  leases: LeaseStore = freeLeases(),
) {
  const entries: TrustEntry[] = [];
  const noted: (readonly FoundSource[])[] = [];
  let looks = 0;
  const kept = keepTrusted({
    trust: {
      checkServed: () => Promise.resolve([]),
      heldBack: () => [],
      checkView: () => Promise.resolve({ problems: [], drifts: [] }),
      checkSources: () => Promise.resolve([]),
      found: (findings) => {
        looks++;
        noted.push(findings);
      },
      ...trust,
    },
    features: { declared: () => Promise.resolve([]) },
    signals: { tenants: () => Promise.resolve(["acme"]) },
    leases,
    clock: { now: () => NOW },
    ids: { next: () => "trust_1" },
    log: (entry) => entries.push(entry),
    servedMs: 1,
    watchMs: 1,
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

Deno.test("a silent source is told of once while it lasts, and again when it comes back", async () => {
  const rounds = [[SILENT], [{ ...SILENT, since: "2026-10-21" }], [], [SILENT]];
  let round = 0;
  const node = start({
    checkSources: () => Promise.resolve(rounds[round++] ?? []),
  });
  await until(() => node.looks() >= 5);
  await node.stop();
  assert.equal(node.entries.length, 2);
  assert.deepEqual(node.entries[0], {
    at: NOW,
    level: "warn",
    event: "source_silent",
    tenant: "acme",
    detail:
      "source ads has told nothing since 2026-10-20, for longer than it ever pauses; check its credentials, its schedule and whether the vendor still sends",
  });
  assert.deepEqual(node.noted[0], [{ tenant: "acme", ...SILENT }]);
  assert.deepEqual(node.noted[4], []);
});

Deno.test("a node without the lease looks at no source and knows of none", async () => {
  let asked = 0;
  const node = start({
    checkSources: () => {
      asked++;
      return Promise.resolve([SILENT]);
    },
  }, freeLeases(false));
  await until(() => node.looks() >= 3);
  await node.stop();
  assert.equal(asked, 0);
  assert.deepEqual(node.entries, []);
  assert.ok(node.noted.every((findings) => findings.length === 0));
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
  let checks = 0;
  const node = start({
    checkSources: () =>
      checks++ === 0
        ? Promise.reject(new EngineError("store_unavailable", "Cannot use it"))
        : Promise.resolve([SILENT]),
  });
  await until(() => node.looks() >= 1);
  await node.stop();
  assert.deepEqual(
    node.entries.map(({ event, level, detail }) => [
      event,
      level,
      detail.slice(0, 34),
    ]),
    [
      ["trust_failed", "error", "store_unavailable: Cannot use it"],
      [
        "source_silent",
        "warn",
        "source ads has told nothing since 2026-10-20".slice(0, 34),
      ],
    ],
  );
});
