/**
 * Serving: many rows in workers and few here have the same scores, a change of roles
 * fails no request, and versions beside the champion are compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import type { EncodingRow, InputSchema } from "../../core/domain/encoding.ts";
import {
  MOST_FOREIGN_BYTES,
  OWN_PORTS,
} from "../../core/domain/model_ports.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { ModelRegistry, NewModel } from "../../core/ports/models.ts";
import { announceChanges } from "../../core/scores/announced.ts";
import { createScorePool } from "../../core/scores/score_pool.ts";
import { startThread } from "../../core/scores/score_thread.ts";
import { createScores, type Scores } from "../../core/scores/scores.ts";
import { createSessionCache } from "../../core/scores/session.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { USE } from "./foreign_models.ts";
import { onnxBytes } from "./onnx_bytes.ts";

const AT = "2026-03-01T00:00:00.000Z";
const SCHEMA: InputSchema = {
  inputs: ["request.x", "request.y"].map((name) => ({
    ...{ name, kind: "number", fill: null, typical: 0 },
  })),
  actions: [],
  crossed: false,
};

/** A chance by two numbers, weighed differently in each version. */
function chances(version: number): Uint8Array {
  return onnxBytes({
    inputs: [{ name: "features", type: "float32", width: 2 }],
    outputs: [{ name: "score", type: "float32", width: 1 }],
    nodes: [
      { operator: "MatMul", inputs: ["features", "w"], outputs: ["odds"] },
      { operator: "Sigmoid", inputs: ["odds"], outputs: ["score"] },
    ],
    constants: [{ name: "w", shape: [2, 1], floats: [version, 0.3] }],
  });
}

function rowsOf(count: number): EncodingRow[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, () => ({
    values: [random.normal(), random.normal()],
    action: null,
  }));
}

Deno.test("a row has the same score alone, among others, and in a worker", async () => {
  const pool = createScorePool(2);
  const cache = createSessionCache(undefined, pool);
  const load = () => Promise.resolve(chances(1));
  const session = await cache.open("h", SCHEMA, load);
  const rows = rowsOf(2100);
  const many = await session.run(rows);
  const aside = await session.runAside(rows.slice(0, 3));
  assert.deepEqual(aside, many.slice(0, 3));
  for (let from = 0; from < rows.length; from += 77) {
    const few = await session.run(rows.slice(from, from + 1 + from % 32));
    assert.deepEqual(few, many.slice(from, from + few.length));
  }
  await cache.close();
});

/** The same model as large as it may be, by a comment. */
function enlarged(onnx: Uint8Array): Uint8Array {
  const large = new Uint8Array(MOST_FOREIGN_BYTES);
  large.set(onnx);
  let rest = large.length - onnx.length - 5;
  const length = [0, 7, 14, 21].map((bits) => rest >> bits & 127);
  rest = length.pop() ?? 0;
  large.set([50, ...length.map((byte) => byte | 128), rest], onnx.length);
  return large;
}

Deno.test("champion, the one before it, challenger and shadow stay loaded, however large", async () => {
  const cache = createSessionCache();
  const loaded: number[] = [];
  for (const version of [1, 2, 3, 4, 1, 2, 3, 4]) {
    const session = await cache.open(`h${version}`, SCHEMA, () => {
      loaded.push(version);
      return Promise.resolve(enlarged(chances(version)));
    });
    assert.equal((await session.run(rowsOf(1))).length, 1);
  }
  assert.deepEqual(loaded, [1, 2, 3, 4]);
  await cache.close();
});

Deno.test("a worker that ends is replaced, and the batch that it had is scored", async () => {
  const started: ReturnType<typeof startThread>[] = [];
  const pool = createScorePool(1, () => {
    const thread = startThread();
    started.push(thread);
    return thread;
  });
  const load = () => Promise.resolve(chances(1));
  const model = { key: "h", ports: OWN_PORTS, load };
  const encoded = { data: new Float32Array(2000), rows: 1000 };
  const first = await pool.run(model, encoded);
  started[0]?.end();
  assert.deepEqual(await pool.run(model, encoded), first);
  const running = pool.run(model, encoded);
  started[1]?.end();
  assert.deepEqual(await running, first);
  assert.equal(started.length, 3);
  await pool.close();
});

function newModel(version: number): [NewModel, Uint8Array] {
  const artifact = chances(version);
  return [{
    ...{ name: "bidder", family: "test@1", use: USE, schema: SCHEMA },
    ...{ unit: "probability", metrics: {}, createdBy: "ann", createdAt: AT },
    lineage: {
      ...{ asOf: AT, code: "test", seed: 1, rows: 1 },
      ...{ datasetHash: "", views: [], spec: "{}" },
    },
    artifactKind: "onnx",
    artifactHash: sha256(artifact),
  }, artifact];
}

async function withServing(
  versions: number,
  work: (scores: Scores, models: ModelRegistry) => Promise<void>,
): Promise<void> {
  const sql = await openPglite({ folder: null });
  try {
    await migrate(sql);
    const registry = createModelRegistry(sql);
    for (let version = 1; version <= versions; version++) {
      await registry.register("acme", ...newModel(version));
    }
    const start = performance.now();
    const passed = () => performance.now() - start;
    const now = () => new Date(Date.parse(AT) + passed()).toISOString();
    const scores = createScores({ models: registry, clock: { now } });
    const models = announceChanges(registry, scores.renew);
    await work(scores, models).finally(() => scores.close());
  } finally {
    await sql.close();
  }
}

function approve(
  models: ModelRegistry,
  version: number,
  alias?: "challenger" | "shadow",
) {
  return models.review("acme", { name: "bidder", version }, {
    ...{ by: "bob", at: AT, approve: true },
    ...alias && { alias },
  });
}

Deno.test("no request fails or is mixed while champions come and go", () =>
  withServing(5, async (scores, models) => {
    const [row] = rowsOf(1);
    assert.ok(row);
    const wanted = await Promise.all([1, 2, 3, 4, 5].map(async (version) => {
      const scorer = await scores.version("acme", { name: "bidder", version });
      return (await scorer.score([row]))[0];
    }));
    assert.equal(new Set(wanted).size, 5);
    await approve(models, 1);
    let over = false;
    let asked = 0;
    const seen = new Set<number>();
    const client = async () => {
      while (!over) {
        const { champion } = await scores.champion("acme", "bidder");
        await new Promise((turn) => setTimeout(turn, 0));
        const [said] = await champion.score([row]);
        assert.equal(said, wanted[champion.record.version - 1]);
        seen.add(champion.record.version);
        asked++;
      }
    };
    const served = async () => {
      const until = asked + 8;
      while (!over && asked < until) {
        await new Promise((turn) => setTimeout(turn, 1));
      }
    };
    const inCharge = async () =>
      (await scores.champion("acme", "bidder")).champion.record.version;
    const swaps = async () => {
      for (const version of [2, 3, 4, 5]) {
        await served();
        await approve(models, version);
        assert.equal(await inCharge(), version);
      }
      for (const version of [4, 3, 2, 1]) {
        await served();
        const said = { alias: "champion", by: "ann", at: AT } as const;
        await models.rollBack("acme", { ...said, name: "bidder", reason: "" });
        assert.equal(await inCharge(), version);
      }
      await served();
      over = true;
    };
    const all = [swaps(), client(), client(), client(), client()];
    await Promise.all(all).finally(() => over = true);
    assert.deepEqual([...seen].sort(), [1, 2, 3, 4, 5]);
  }));

Deno.test("challenger and shadow score what the champion scored, aside", () =>
  withServing(4, async (scores, models) => {
    await approve(models, 1);
    await approve(models, 2, "challenger");
    await approve(models, 3, "shadow");
    const rows = rowsOf(200);
    const { champion } = await scores.champion("acme", "bidder");
    const said = await champion.score(rows);
    const other = await (await scores.version("acme", {
      ...{ name: "bidder", version: 3 },
    })).score(rows);
    const compared = async () => {
      for (let turn = 0; turn < 1000; turn++) {
        const found = scores.compared();
        if (found.length === 2 && found.every(({ rows }) => rows > 0)) {
          return found;
        }
        await new Promise((next) => setTimeout(next, 5));
      }
      throw new Error("Nothing was compared");
    };
    const [challenger, shadow] = await compared();
    assert.deepEqual(
      [challenger?.alias, challenger?.beside, challenger?.champion],
      ["challenger", "bidder@2", "bidder@1"],
    );
    assert.deepEqual([shadow?.beside, shadow?.rows], ["bidder@3", 200]);
    const sum = [...said].reduce(
      (all, one, row) => all + (other[row] ?? 0) - one,
      0,
    );
    assert.ok(Math.abs((shadow?.meanDifference ?? NaN) - sum / 200) < 1e-12);
    assert.ok((shadow?.rankAgreement ?? 0) > 0.5);
    assert.equal(shadow?.unscored, 0);
  }));
