/**
 * The stability index and its critical values, against what others computed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { criticalIndex, stabilityIndex } from "../../core/domain/stability.ts";
import {
  estimateChoices,
  estimatePerformance,
} from "../../core/scores/watch/estimate.ts";

const FOLDER = new URL("../../../shared/vectors/features/", import.meta.url);

interface CountCase {
  readonly "reference_counts": readonly number[];
  readonly "current_counts": readonly number[];
  readonly "zero_fill": number;
  readonly expected: number;
}

interface ThresholdCase {
  readonly "n_ref": number;
  readonly "n_cur": number;
  readonly bins: number;
  readonly alpha: number;
  readonly "psi_critical": number;
}

/** A test of each case of a file; skipped where the file is absent. */
function replay<T>(name: string, file: string, check: (one: T) => void): void {
  const url = new URL(`${file}.json`, FOLDER);
  const present = isPresent(url);
  Deno.test({
    name: `${name}${present ? "" : " (skipped: ../shared/vectors is absent)"}`,
    ignore: !present,
    fn: () => {
      const { cases } = JSON.parse(Deno.readTextFileSync(url)) as {
        cases: readonly T[];
      };
      assert.ok(cases.length > 0);
      cases.forEach(check);
    },
  });
}

function isPresent(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}

function assertClose(actual: number, expected: number): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= 1e-12 + 1e-9 * expected, `${actual} is not ${expected}`);
}

replay<CountCase>(
  "stabilityIndex() of counts in the same bins",
  "drift_psi_counts",
  (one) =>
    assertClose(
      stabilityIndex(one.reference_counts, one.current_counts, one.zero_fill),
      one.expected,
    ),
);

replay<ThresholdCase>(
  "criticalIndex() that chance exceeds once in a hundred runs",
  "psi_calibrated_thresholds",
  (one) =>
    assertClose(
      criticalIndex({
        n: one.n_ref,
        m: one.n_cur,
        bins: one.bins,
        chance: one.alpha,
      }),
      one.psi_critical,
    ),
);

interface EstimateCase {
  readonly "calibrated_probabilities": readonly number[];
  readonly threshold: number;
  readonly "expected_confusion": Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
}

replay<EstimateCase>(
  "estimatePerformance() and estimateChoices() without labels",
  "cbpe",
  (one) => {
    const chances = Float64Array.from(one.calibrated_probabilities);
    const performance = estimatePerformance(chances);
    const choices = estimateChoices(chances, one.threshold);
    const { tp, fp, tn, fn } = one.expected_confusion;
    const wanted = { ...one.expected, tp, fp, tn, fn };
    const estimated: Record<string, number> = {
      "roc_auc": performance.rocAuc,
      ap: performance.averagePrecision,
      f1: choices.f1,
      precision: choices.precision,
      recall: choices.recall,
      specificity: choices.specificity,
      accuracy: choices.accuracy,
      tp: choices.truePositives,
      fp: choices.falsePositives,
      tn: choices.trueNegatives,
      fn: choices.falseNegatives,
    };
    for (const [name, value] of Object.entries(wanted)) {
      assertClose(estimated[name] ?? NaN, value ?? NaN);
    }
  },
);
