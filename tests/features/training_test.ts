/**
 * From real files to models that serve: a randomised e-mail experiment and a year
 * and more of weekly spend.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Clock } from "../../core/ports/clock.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { createFeatures } from "../../core/features/features.ts";
import { createScores } from "../../core/scores/scores.ts";
import { trainModel } from "../../core/training/train.ts";
import type { ModelFamily } from "../../plugins/contract.ts";
import mediaResponse from "../../models/media_response/model.ts";
import logistic from "../../models/propensity_logistic/model.ts";
import trees from "../../models/propensity_trees/model.ts";
import { withStores } from "./embedded_stores.ts";
import { hasData, ingestFixture, readFixture } from "./ingest_fixture.ts";

const NOW = "2026-06-01T12:00:00.000Z";
const TENANT = "acme";
const FAMILIES = [logistic, trees, mediaResponse] as readonly ModelFamily[];
const present = hasData();
const note = present ? "" : " (skipped: ../shared/data is absent)";

function scopeOf(stores: Stores, clock: Clock) {
  return { stores, families: FAMILIES, clock, code: "test" };
}

function jobOf(spec: unknown) {
  return { tenant: TENANT, spec, by: "ann", report: () => {} };
}

Deno.test({
  name: `Hillstrom: a model trains, is approved by another, and serves${note}`,
  ignore: !present,
  fn: () =>
    withStores(NOW, async (stores, clock) => {
      await ingestFixture({ store: stores.signals, clock }, {
        tenant: TENANT,
        name: "hillstrom",
        file: "hillstrom/hillstrom.csv",
        rows: 6000,
      });
      const spec = await readFixture("hillstrom/training.json") as object;
      const scope = scopeOf(stores, clock);
      const first = await trainModel(scope, jobOf(spec));
      const { auc = 0, logloss = 1, baseline_logloss: base = 0 } =
        first.metrics;
      assert.ok(auc > 0.58 && logloss < base, JSON.stringify(first.metrics));
      assert.ok((first.metrics.parity_max ?? 1) < 1e-5);
      assert.equal(
        first.lineage.rows + (first.metrics.holdout_rows ?? 0) < 6000,
        true,
      );

      const again = await trainModel(scope, jobOf(spec));
      assert.equal(again.lineage.datasetHash, first.lineage.datasetHash);
      assert.equal(again.artifactHash, first.artifactHash);
      const replayed = await trainModel(
        scope,
        jobOf(JSON.parse(first.lineage.spec)),
      );
      assert.equal(replayed.artifactHash, first.artifactHash);

      const scores = createScores({ models: stores.models, clock });
      try {
        await assert.rejects(
          async () => await scores.champion(TENANT, "email_visit"),
          { code: "model_unavailable" },
        );
        await assert.rejects(
          stores.models.review(TENANT, first, {
            by: "ann",
            at: NOW,
            approve: true,
          }),
          { code: "approval_invalid" },
        );
        const approved = await stores.models.review(TENANT, first, {
          by: "bob",
          at: NOW,
          approve: true,
        });
        assert.equal(
          approved.use.kind === "action" && approved.use.valueMicros,
          1_000_000n,
        );
        await scores.renew(TENANT);
        await serve(stores, scores);
      } finally {
        await scores.close();
      }
    }),
});

async function serve(
  stores: Stores,
  scores: ReturnType<typeof createScores>,
): Promise<void> {
  const features = createFeatures({ ...stores, clock: { now: () => NOW } });
  await features.materialize(TENANT, { at: NOW, report: () => {} });
  const { champion } = await scores.champion(TENANT, "email_visit");
  const ids = champion.record.schema.inputs.map(({ name }) => name);
  const readings = await features.read(TENANT, {
    ids,
    entities: { subject: "hillstrom-1" },
    at: NOW,
  });
  assert.deepEqual(
    ids.map((id) => readings[id]?.value),
    [10, 142.44, 1, 0, 0, "Surburban", "Phone"],
  );
  const values = ids.map((id) => readings[id]?.value ?? null);
  const said = await champion.score(
    champion.record.schema.actions.map((action) => ({ values, action })),
  );
  assert.equal(said.length, 3);
  assert.ok(said.every((chance) => chance > 0.02 && chance < 0.5), `${said}`);
  assert.equal(
    (await scores.named(TENANT, { kind: "action", name: null })).name,
    "email_visit",
  );
}

Deno.test({
  name: `Robyn: five channels' curves train on revenue, and serve${note}`,
  ignore: !present,
  fn: () =>
    withStores(NOW, async (stores, clock) => {
      await ingestFixture({ store: stores.signals, clock }, {
        tenant: TENANT,
        name: "robyn",
        file: "robyn/dt_simulated_weekly.csv",
        rows: 10_000,
      });
      const spec = await readFixture("robyn/training.json");
      const scope = scopeOf(stores, clock);
      const first = await trainModel(scope, jobOf(spec));
      const again = await trainModel(scope, jobOf(spec));
      assert.equal(again.lineage.datasetHash, first.lineage.datasetHash);
      assert.equal(again.artifactHash, first.artifactHash);
      assert.equal(first.lineage.rows, 208);
      assert.equal(first.metrics.entities, 5);
      const { mape = 1, r2 = -1, baseline_r2: base = 1 } = first.metrics;
      assert.ok(mape < 0.2 && r2 > base, JSON.stringify(first.metrics));
      await stores.models.review(TENANT, first, {
        by: "bob",
        at: NOW,
        approve: true,
      });
      const scores = createScores({ models: stores.models, clock });
      try {
        const { record, curves } = await scores.curves(TENANT, null);
        assert.equal(record.name, "channel_response");
        assert.deepEqual(
          curves.curves.map(({ entity }) => entity).sort(),
          ["facebook", "ooh", "print", "search", "tv"].map((id) =>
            `channel:${id}`
          ),
        );
        assert.equal(curves.outcome, "conversion_value_micros");
      } finally {
        await scores.close();
      }
    }),
});
