/**
 * Models at work: over a real registry, by real ONNX, one of them damaged.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson, sha256 } from "../../core/domain/canonical.ts";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../../core/domain/encoding.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { ModelUse } from "../../core/domain/score.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ModelRegistry, NewModel } from "../../core/ports/models.ts";
import { createScores, type Scores } from "../../core/scores/scores.ts";
import { createSessionCache } from "../../core/scores/session.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { openPglite } from "../../core/store/pglite.ts";
import type { FittedRows, RowFamily } from "../../plugins/contract.ts";
import logistic from "../../models/propensity_logistic/model.ts";

const AT = "2026-06-01T12:00:00.000Z";
const GONE = { code: "model_unavailable" };
const SCHEMA: InputSchema = {
  inputs: [
    { name: "v.x", kind: "number", fill: 0.5, typical: 0.5 },
    {
      name: "v.zip",
      kind: "category",
      vocabulary: ["Rural", "Urban"],
      fill: null,
      typical: "Rural",
    },
  ],
  actions: ["mail", "none"],
  crossed: true,
};
const USE: ModelUse = {
  kind: "action",
  valueMicros: 1n,
  currency: "EUR",
  actions: ["mail", "none"],
  costMicros: {},
  control: "none",
};

function rowsOf(count: number, seed: number): EncodingRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    values: [
      random.next() < 0.1 ? null : random.normal(),
      random.next() < 0.5 ? "Rural" : "elsewhere",
    ],
    action: random.next() < 0.5 ? "mail" : "none",
  }));
}

function columnsOf(rows: readonly EncodingRow[]): Float64Array[] {
  const columns = columnNames(SCHEMA).map(() => new Float64Array(rows.length));
  const encoded = new Float32Array(columns.length);
  rows.forEach((row, place) => {
    encode(SCHEMA, row, encoded);
    columns.forEach((column, index) => column[place] = encoded[index] ?? NaN);
  });
  return columns;
}

/** Learns that the first feature and the mail help; the seed gives another model. */
async function fit(seed: number): Promise<FittedRows> {
  const family = logistic as RowFamily;
  const rows = rowsOf(500, seed);
  const random = seededRandom(seed + 1);
  const label = Float64Array.from(rows, ({ values: [x], action }) => {
    const chance = Number(x ?? 0.5) + (action === "mail" ? 0.5 : -0.5);
    return random.next() < 1 / (1 + Math.exp(-chance)) ? 1 : 0;
  });
  return await family.fit({
    dataset: {
      rows: rows.length,
      names: columnNames(SCHEMA),
      columns: columnsOf(rows),
      label,
    },
    validation: null,
    params: family.params.parse({}),
    random,
    report: () => {},
  });
}

async function register(
  models: ModelRegistry,
  artifact: Uint8Array,
  also: Partial<NewModel> = {},
): Promise<void> {
  const record = await models.register("acme", {
    name: "visit",
    family: "propensity_logistic@1.0.0",
    use: USE,
    schema: SCHEMA,
    unit: "probability",
    metrics: {},
    lineage: {
      asOf: AT,
      code: "test",
      seed: 1,
      rows: 500,
      datasetHash: "0",
      views: [],
      spec: "{}",
    },
    artifactKind: "onnx",
    artifactHash: sha256(artifact),
    createdBy: "ann",
    createdAt: AT,
    ...also,
  }, artifact);
  const at = `2026-06-01T12:00:0${record.version}.000Z`;
  await models.review("acme", record, { by: "bob", at, approve: true });
}

async function withRegistry(
  work: (at: {
    models: ModelRegistry;
    scores: Scores;
    /** Lets the clock pass. */
    pass(): void;
    /** Damages the artifact of a version. */
    damage(version: number): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const sql = await openPglite({ folder: null });
  let seconds = 0;
  const clock: Clock = {
    now: () => new Date(Date.parse(AT) + seconds * 1000).toISOString(),
  };
  try {
    await migrate(sql);
    const models = createModelRegistry(sql);
    const scores = createScores({ models, clock });
    await work({
      models,
      scores,
      pass: () => void (seconds += 60),
      damage: async (version) => {
        await sql.query(
          "update model_artifact set artifact = '\\x00'::bytea where version = $1",
          [version],
        );
      },
    });
    await scores.close();
  } finally {
    await sql.close();
  }
}

function worstGap(one: readonly number[], other: Float64Array): number {
  return one.reduce(
    (most, score, row) => Math.max(most, Math.abs(score - (other[row] ?? NaN))),
    0,
  );
}

Deno.test("a champion scores as its trainer predicts, and gives way when damaged", () =>
  withRegistry(async ({ models, scores, pass, damage }) => {
    await assert.rejects(Promise.try(scores.champion, "acme", "visit"), {
      code: "model_unavailable",
      message: /no version of it is approved/,
    });
    pass();
    const fitted = [await fit(1), await fit(2)];
    for (const { onnx } of fitted) await register(models, onnx);
    await assert.rejects(Promise.try(scores.champion, "other", "visit"), GONE);
    const { champion, previous } = await scores.champion("acme", "visit");
    assert.deepEqual(
      [champion.record.version, previous?.record.version],
      [2, 1],
    );
    const rows = rowsOf(2500, 3);
    const columns = columnsOf(rows);
    for (const [place, scorer] of [previous, champion].entries()) {
      const said = await scorer?.score(rows) ?? new Float64Array();
      const own = fitted[place]?.predict(columns) ?? new Float64Array();
      assert.equal(said.length, rows.length);
      assert.ok(worstGap([...said], own) < 1e-5);
    }
    assert.equal((await champion.score([])).length, 0);
    await serveDamaged({ models, damage });
  }));

async function serveDamaged({ models, damage }: {
  models: ModelRegistry;
  damage(version: number): Promise<void>;
}): Promise<void> {
  const scores = createScores({ models, clock: { now: () => AT } });
  try {
    await damage(2);
    const { champion, previous } = await scores.champion("acme", "visit");
    assert.equal(champion.record.version, 1);
    assert.equal(previous, null);
    await assert.rejects(
      scores.version("acme", { name: "visit", version: 2 }),
      { code: "model_unavailable", message: /visit@2.*damaged/ },
    );
    const scorer = await scores.version("acme", { name: "visit", version: 1 });
    assert.equal((await scorer.score(rowsOf(3, 1))).length, 3);
    await damage(1);
    const fresh = createScores({ models, clock: { now: () => AT } });
    await assert.rejects(Promise.try(fresh.champion, "acme", "visit"), GONE);
    await fresh.close();
  } finally {
    await scores.close();
  }
}

Deno.test("an unnamed model is the only approved one of its kind, or the choices are named", () =>
  withRegistry(async ({ models, scores, pass }) => {
    await assert.rejects(
      Promise.try(scores.named, "acme", { kind: "action", name: null }),
      { code: "model_unavailable", message: /none is approved/ },
    );
    const { onnx } = await fit(1);
    await register(models, onnx);
    await scores.renew("acme");
    assert.equal(
      (await scores.named("acme", { kind: "action", name: null })).name,
      "visit",
    );
    await assert.rejects(
      Promise.try(scores.named, "acme", { kind: "bid", name: "visit" }),
      { code: "model_unavailable", message: /for use "action"/ },
    );
    await register(models, onnx, { name: "order" });
    assert.equal(
      (await scores.named("acme", { kind: "action", name: null })).name,
      "visit",
    );
    pass();
    await assert.rejects(
      Promise.try(scores.named, "acme", { kind: "action", name: null }),
      { code: "model_unavailable", message: /order, visit/ },
    );
  }));

Deno.test("curves are read whole or not at all", () =>
  withRegistry(async ({ models, scores, pass }) => {
    const curves = {
      outcome: "conversion_value_micros",
      curves: [{
        entity: "channel:tv",
        parent: null,
        curve: { type: "hill", ceiling: 9, half: 5, slope: 1.5 },
        decay: 0.3,
        seenMicros: [0, 100],
      }],
    };
    const plan = {
      name: "response",
      use: { kind: "plan" as const, currency: "EUR" },
      artifactKind: "curves" as const,
    };
    const put = (value: unknown) => {
      const bytes = new TextEncoder().encode(canonicalJson(value));
      return register(models, bytes, { ...plan, artifactHash: sha256(bytes) });
    };
    await put(curves);
    const read = await scores.curves("acme", null);
    assert.deepEqual(read.curves, curves);
    await put({ ...curves, curves: [{ ...curves.curves[0], decay: 1 }] });
    pass();
    assert.equal((await scores.curves("acme", "response")).record.version, 1);
    await assert.rejects(
      Promise.try(scores.champion, "acme", "response"),
      { code: "model_unavailable", message: /curves, not scores/ },
    );
  }));

Deno.test("sessions beyond the limit give way, and open again when used", async () => {
  const cache = createSessionCache({ sessions: 1, bytes: 2 ** 30 });
  const artifacts = [(await fit(1)).onnx, (await fit(2)).onnx];
  let loads = 0;
  const open = (place: number) =>
    cache.open(`hash-${place}`, SCHEMA, () => {
      loads++;
      return Promise.resolve(artifacts[place] ?? new Uint8Array());
    });
  const rows = rowsOf(5, 1);
  const first = await open(0);
  const before = await first.run(rows);
  const [racing] = await Promise.all([first.run(rows), open(1)]);
  assert.deepEqual(racing, before);
  assert.deepEqual(await first.run(rows), before);
  assert.equal(loads, 3);
  await cache.close();
});
