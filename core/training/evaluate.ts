/**
 * Measures a fitted row model on held-out rows, by the very bytes that will serve.
 *
 * @module
 */
import type { Report, RowFamily } from "../../plugins/contract.ts";
import type { RowDataset } from "../domain/dataset.ts";
import { EngineError } from "../domain/error.ts";
import type { ModelEvidence } from "../domain/evidence.ts";
import { finiteOnly } from "../domain/measures.ts";
import { type Checked, idsAt, valuesAt } from "./checks/checked.ts";
import type { Fitter, RowsFit } from "./fit.ts";
import {
  actionMeasures,
  checkRandomised,
  scoreActions,
} from "./measures/actions.ts";
import { entitiesOf, intervalsOf, replicate } from "./measures/bootstrap.ts";
import { importanceOf } from "./measures/importance.ts";
import { referenceOf } from "./measures/reference.ts";
import { reliabilityOf } from "./measures/reliability.ts";
import { measureSlices } from "./measures/slices.ts";
import { underAction } from "./measures/what_if.ts";
import {
  amountMeasures,
  chanceMeasures,
  type Measure,
} from "./measures/weighted.ts";

/** ONNX and the trainer may differ by this, relative to the larger of 1 and the score. */
const PARITY = 1e-5;

/** A fitted model, and what it is measured on. */
export interface Fitted {
  readonly family: RowFamily;
  readonly fitted: RowsFit;
  /** Rows it has not seen; the fit predicts them first. */
  readonly holdout: RowDataset;
  /** Mean label of the training rows. */
  readonly base: number;
}

/** Metrics, and the parts of the evidence that come from measuring. */
export interface Evaluation extends
  Pick<
    ModelEvidence,
    | "intervals"
    | "reliability"
    | "slices"
    | "importance"
    | "reference"
    | "findings"
  > {
  readonly metrics: Readonly<Record<string, number>>;
}

/** What measuring is lent. */
export interface EvaluationScope {
  readonly fitter: Fitter;
  readonly report: Report;
}

/**
 * Measures.
 *
 * @returns Metrics by name, those of the base rate as `baseline_…`, with what speaks
 * for them.
 * @throws {EngineError} `plugin_invalid` if ONNX and trainer disagree, or a score is out of range.
 */
export async function evaluateRows(
  made: Fitted,
  checked: Checked,
  scope: EvaluationScope,
): Promise<Evaluation> {
  const { family, fitted: { onnx, predicted }, holdout } = made;
  const { spec, schema, split } = checked;
  const { seed } = spec;
  const score = await scoreOnce(onnx, holdout, scope);
  refuseOutOfRange(family, score);
  const parity = disparity(score, predicted[0] ?? new Float64Array());
  refuseDisparity(family, parity);
  const ids = idsAt(checked, split.holdout);
  const acting = await measureActions(made, checked, scope);
  const measures = [
    ...[measureOf(made, checked, score)],
    ...acting.measures,
  ];
  const measured = await replicate(
    (counts) =>
      Object.assign({}, ...measures.map((measure) => measure(counts))),
    entitiesOf(ids),
    seed,
  );
  const { slices, findings } = await measureSlices({
    scored: { label: holdout.label, score },
    measure: spec.label.measure,
    ids,
    seed,
    by: slicesOf(checked),
  });
  return {
    metrics: finiteOnly({
      ...measured.values,
      parity_max: parity,
      holdout_rows: holdout.rows,
    }),
    intervals: intervalsOf(measured),
    reliability: spec.label.measure === "occurs"
      ? reliabilityOf({ label: holdout.label, score })
      : [],
    slices,
    importance: await importanceOf({ onnx, schema, holdout, seed }, scope),
    reference: referenceOf(checked, await watchedScore(made, checked, scope)),
    findings: [...acting.findings, ...findings],
  };
}

function measureOf(
  { holdout: { label }, base }: Fitted,
  { spec }: Checked,
  score: Float64Array,
): Measure {
  return spec.label.measure === "occurs"
    ? chanceMeasures({ label, score }, base)
    : amountMeasures({ label, score }, base);
}

/** Nothing for models that weigh no actions, or whose actions were not drawn by chance. */
async function measureActions(
  { fitted: { onnx }, holdout }: Fitted,
  checked: Checked,
  scope: EvaluationScope,
): Promise<Pick<Evaluation, "findings"> & { measures: Measure[] }> {
  const { spec: { use }, schema } = checked;
  const { actions, label } = holdout;
  if (use.kind !== "action" || actions === undefined) {
    return { findings: [], measures: [] };
  }
  const findings = await checkRandomised(checked);
  if (findings.length > 0) return { findings, measures: [] };
  const scores = await scoreActions(onnx, { schema, holdout }, scope);
  return {
    findings,
    measures: [actionMeasures(use, { label, actions, scores })],
  };
}

/**
 * The score whose spread is watched while the model serves: had nothing been done, as
 * that does not depend on what is chosen.
 */
async function watchedScore(
  { fitted: { onnx }, holdout }: Fitted,
  { spec: { use }, schema }: Checked,
  scope: EvaluationScope,
): Promise<Float64Array> {
  const columns = use.kind === "action"
    ? underAction(schema, holdout, schema.actions.indexOf(use.control))
    : holdout.columns;
  return await scoreOnce(onnx, { columns }, scope);
}

function slicesOf({ spec, rows, split: { holdout } }: Checked) {
  return spec.slices.map((name, slice) => ({
    name,
    values: valuesAt(rows.slices[slice], holdout),
  }));
}

async function scoreOnce(
  onnx: Uint8Array,
  { columns }: Pick<RowDataset, "columns">,
  { fitter, report }: EvaluationScope,
): Promise<Float64Array> {
  const [score = new Float64Array()] = await fitter.run(
    { kind: "score", onnx, sets: [columns] },
    report,
  );
  return score;
}

function disparity(served: Float64Array, predicted: Float64Array): number {
  return served.reduce((most, score, row) => {
    const own = predicted[row] ?? NaN;
    const gap = Math.abs(score - own) / Math.max(1, Math.abs(own));
    return gap <= most ? most : gap;
  }, 0);
}

function refuseDisparity(family: RowFamily, parity: number): void {
  if (parity <= PARITY) return;
  throw invalid(
    family,
    `its ONNX and its own prediction differ by ${parity.toExponential(1)}`,
  );
}

function refuseOutOfRange(family: RowFamily, scores: Float64Array): void {
  const { min, max } = family.output;
  if (scores.every((score) => score >= min && score <= max)) return;
  throw invalid(family, `a score is outside ${min} to ${max}`);
}

function invalid({ name, version }: RowFamily, reason: string): EngineError {
  return new EngineError(
    "plugin_invalid",
    `Cannot register model of family "${name}@${version}": ${reason}`,
  );
}
