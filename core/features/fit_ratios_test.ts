/**
 * From a view to the priors of its ratios.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureDefinition, FeatureView } from "../domain/feature.ts";
import { fitPrior } from "./fit_prior.ts";
import { fitRatios } from "./fit_ratios.ts";

const AT = "2026-01-01T00:00:00.000Z";
const POINTS = ["a", "b", "c"].map((id) => ({ id, at: AT }));
const FEATURE = { about: "", unit: "share", window: "7d" } as const;

const VIEW: FeatureView = {
  name: "mails",
  version: 1,
  entity: "subject",
  owner: "tests",
  purposes: ["tests"],
  about: "Under test",
  ttlSeconds: 60,
  source: { grain: "event" },
  tiles: "hour",
  features: [
    { ...FEATURE, name: "sent", aggregation: { how: "count" } },
    {
      ...FEATURE,
      name: "open_share_7d",
      where: { types: ["Opened", "Sent"] },
      aggregation: {
        how: "ratio",
        of: "count",
        over: "count",
        ofWhere: { types: ["Opened", "Clicked"] },
      },
    },
    {
      ...FEATURE,
      name: "value_each_7d",
      aggregation: {
        how: "ratio",
        of: "value_micros",
        over: "count",
        overWhere: { types: ["Sent"] },
        prior: 1,
        strength: 2,
      },
    },
  ],
};

Deno.test("fitRatios() fits each ratio to the sums of all entities", async () => {
  const asked: FeatureView[] = [];
  const rows = [[1, 10, 5e6, 1], [6, 10, 9e6, 2], [null, null, 1e6, 9]];
  const fitted = await fitRatios(
    {
      aggregate: (_, view, { points }) => {
        asked.push(view);
        assert.deepEqual(points, POINTS);
        return Promise.resolve(rows);
      },
    },
    "t",
    { view: VIEW, points: POINTS },
  );
  assert.deepEqual(fitted, [
    {
      feature: "open_share_7d",
      law: "share",
      fitted: fitPrior({ of: [1, 6], over: [10, 10] }, "share"),
    },
    {
      feature: "value_each_7d",
      law: "amount",
      fitted: fitPrior({ of: [5e6, 9e6, 1e6], over: [1, 2, 9] }, "amount"),
    },
  ]);
  assert.ok(fitted.every((one) => one.fitted !== null));
  const [view] = asked;
  assert.equal(view?.tiles, undefined);
  const part = { ...FEATURE, aggregation: { how: "count" } };
  const want = [
    { ...part, name: "open_share_7d_of", where: { types: ["Opened"] } },
    {
      ...part,
      name: "open_share_7d_over",
      where: { types: ["Opened", "Sent"] },
    },
    {
      ...part,
      name: "value_each_7d_of",
      aggregation: { how: "sum", of: "value_micros" },
    },
    { ...part, name: "value_each_7d_over", where: { types: ["Sent"] } },
  ];
  assert.deepEqual(view?.features, want as FeatureDefinition[]);
});

Deno.test("more numerators than denominators are counts, and no shares", async () => {
  const view = { ...VIEW, features: VIEW.features.slice(1, 2) };
  const rows = [[1, 10], [12, 10], [3, 9]];
  const [fitted] = await fitRatios(
    { aggregate: () => Promise.resolve(rows) },
    "t",
    { view, points: POINTS },
  );
  assert.equal(fitted?.law, "count");
});

Deno.test("fitRatios() refuses a view without ratios, or without entities", async () => {
  const history = { aggregate: () => Promise.resolve([]) };
  const bare = { ...VIEW, features: VIEW.features.slice(0, 1) };
  await assert.rejects(
    fitRatios(history, "t", { view: bare, points: POINTS }),
    {
      code: "dataset_invalid",
      message: /no ratio/,
    },
  );
  await assert.rejects(fitRatios(history, "t", { view: VIEW, points: [] }), {
    code: "dataset_invalid",
    message: /materialize/,
  });
});
