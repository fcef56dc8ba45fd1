/**
 * What is found of a version that serves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ModelEvidence, NO_EVIDENCE } from "../../domain/evidence.ts";
import { seededRandom } from "../../domain/random.ts";
import { learnNumbers } from "../../domain/reference_spread.ts";
import type { ModelRecord } from "../../domain/score.ts";
import type { ScoredWindow } from "./scored.ts";
import { type LabelledScores, printWatchFinding, watchModel } from "./watch.ts";

const ROWS = 2000;

function draws(seed: number, factor = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: ROWS }, () => factor * random.next());
}

const evidence: ModelEvidence = {
  ...NO_EVIDENCE,
  intervals: { auc: [0.7, 0.74] },
  importance: [{ name: "audience.age", share: 0.25 }],
  reference: {
    inputs: [learnNumbers("audience.age", draws(1))],
    score: learnNumbers("score", draws(2)),
  },
};

const record = {
  name: "visit",
  version: 3,
  unit: "probability",
  metrics: { auc: 0.72 },
  schema: {
    inputs: [{ name: "audience.age", kind: "number", fill: 0, typical: 0 }],
    actions: [],
    crossed: false,
  },
} as unknown as ModelRecord;

function windowOf(ages: number[], scores: number[]): ScoredWindow {
  return {
    from: "2026-01-01T00:00:00.000Z",
    until: "2026-01-08T00:00:00.000Z",
    answers: ROWS,
    moneyMicrosPerDay: 100_000_000,
    rows: ages.map((age, row) => ({
      at: "2026-01-02T00:00:00.000Z",
      values: [age],
      score: scores[row] ?? 0,
      moneyMicros: 1,
    })),
  };
}

function labelled(
  happens: (chance: number) => number,
  auc: number,
): LabelledScores {
  const random = seededRandom(9);
  const score = Float64Array.from(draws(8));
  return {
    score,
    label: score.map((chance) => random.next() < happens(chance) ? 1 : 0),
    metrics: { auc },
    intervals: { auc: [auc - 0.02, auc + 0.02] },
  };
}

Deno.test("watchModel() finds nothing where nothing changed", () => {
  const report = watchModel({
    record,
    evidence,
    window: windowOf(draws(3), draws(4)),
    labelled: labelled((chance) => chance, 0.71),
  });
  assert.deepEqual(report.findings, []);
  assert.ok((report.estimated?.rocAuc ?? 0) > 0.8);
  assert.equal(report.labelled, ROWS);
});

Deno.test("watchModel() names the input, its size, and the money that stands on it", () => {
  const { findings } = watchModel({
    record,
    evidence,
    window: windowOf(draws(3, 2), draws(4)),
    labelled: null,
  });
  const [found, ...others] = findings;
  assert.deepEqual(others, []);
  assert.equal(found?.name, "audience.age");
  const moved = (found?.atRiskMicrosPerDay ?? 0) / 100_000_000 / 0.25;
  assert.ok(moved > 0.35 && moved < 0.55, `half lies beyond: ${moved}`);
  assert.match(printWatchFinding(found as never), /audience\.age.* a day/);
});

Deno.test("watchModel() tells a moved score, chances that fail and a lower AUC", () => {
  const { findings } = watchModel({
    record,
    evidence,
    window: windowOf(draws(3), draws(4, 0.6)),
    labelled: labelled((chance) => 0.7 * chance, 0.6),
  });
  assert.deepEqual(
    findings.map(({ what }) => what).sort(),
    ["calibration", "performance", "score"],
  );
});

Deno.test("watchModel() does not judge a version without evidence by its inputs", () => {
  const { findings } = watchModel({
    record,
    evidence: NO_EVIDENCE,
    window: windowOf(draws(3, 9), draws(4)),
    labelled: null,
  });
  assert.deepEqual(findings, []);
});
