/**
 * What must hold of a dataset before anything is learnt from it.
 *
 * @module
 */
import type { InputSchema } from "../domain/encoding.ts";
import type { FeatureValue } from "../domain/feature.ts";
import type { LabelledRows } from "./dataset.ts";
import { auc, mean, rSquared } from "../domain/measures.ts";
import { checkColumns, printProblem } from "../features/expectations.ts";
import { unfit } from "./refusal.ts";
import type { RowsSpec } from "./spec.ts";
import type { Split } from "./split.ts";

const MIN_TRAIN_ROWS = 100;
const MIN_HOLDOUT_ROWS = 30;
const TOO_GOOD_AUC = 0.995;
const TOO_GOOD_R2 = 0.99;

/**
 * Refuses datasets that would teach nothing, or too much.
 *
 * @throws {EngineError} `dataset_invalid`, naming the fix.
 */
export function validateRows(
  spec: RowsSpec,
  rows: LabelledRows,
  { split, schema }: { split: Split; schema: InputSchema },
): void {
  refuseFew(spec, split);
  refuseConstant(spec, rows, split);
  refuseActionsUnseen(spec, rows, split);
  refuseUnexpected(spec, rows);
  for (const [index, input] of schema.inputs.entries()) {
    const column = rows.columns[index] ?? [];
    const values = Array.from(split.train, (place) => column[place] ?? null);
    if (values.every((value) => value === null)) {
      throw unfit(
        spec.model,
        `feature "${input.name}" is missing in every training row; materialise or ingest what it needs, or leave it out`,
      );
    }
    const label = labelsAt(rows, split.train);
    for (const column of plainColumns(values, input.vocabulary ?? null)) {
      refuseTooGood(spec, input.name, { column, label });
    }
  }
}

function refuseFew({ model, split: { by } }: RowsSpec, split: Split): void {
  const { train, holdout } = split;
  if (train.length < MIN_TRAIN_ROWS) {
    const hint = by === "time" ? ", or split by hash" : "";
    throw unfit(
      model,
      `it has ${train.length} rows to learn from and needs ${MIN_TRAIN_ROWS}; ingest more labels, or widen label.from and label.until${hint}`,
    );
  }
  if (holdout.length < MIN_HOLDOUT_ROWS) {
    throw unfit(
      model,
      `it has ${holdout.length} rows to be measured on and needs ${MIN_HOLDOUT_ROWS}; raise split.holdoutShare or ingest more labels`,
    );
  }
}

function refuseConstant(
  { model }: RowsSpec,
  rows: LabelledRows,
  split: Split,
): void {
  for (const part of ["train", "holdout"] as const) {
    const label = labelsAt(rows, split[part]);
    if (label.some((value) => value !== label[0])) continue;
    throw unfit(
      model,
      `every label of its ${part} rows is ${
        label[0]
      }; check label.outcome, label.matchOn and label.withinDays`,
    );
  }
}

function refuseActionsUnseen(
  { model, use }: RowsSpec,
  { labels }: LabelledRows,
  { train }: Split,
): void {
  if (use.kind !== "action") return;
  const seen = new Set(Array.from(train, (place) => labels[place]?.action));
  const unseen = use.actions.find((action) => !seen.has(action));
  if (unseen === undefined) return;
  throw unfit(
    model,
    `no training row took action "${unseen}"; correct use.actions or label.actionProperty`,
  );
}

function refuseUnexpected(
  { model }: RowsSpec,
  { views, ids, columns }: LabelledRows,
): void {
  const [problem] = checkColumns(views, ids, columns);
  if (problem === undefined) return;
  throw unfit(
    model,
    `feature ${
      printProblem(problem)
    }; mend the source, or declare what is to be expected`,
  );
}

/** A feature as numbers: itself, or one indicator for each word. */
function plainColumns(
  values: readonly FeatureValue[],
  vocabulary: readonly string[] | null,
): Float64Array[] {
  if (vocabulary === null) {
    return [
      Float64Array.from(
        values,
        (value) => typeof value === "number" ? value : -Infinity,
      ),
    ];
  }
  return vocabulary.map((word) =>
    Float64Array.from(values, (value) => String(value) === word ? 1 : 0)
  );
}

function refuseTooGood(
  { model, label: { measure } }: RowsSpec,
  name: string,
  { column, label }: { column: Float64Array; label: Float64Array },
): void {
  const reach = measure === "occurs"
    ? Math.abs(auc(label, column) - 0.5) + 0.5
    : linearR2(column, label);
  const limit = measure === "occurs" ? TOO_GOOD_AUC : TOO_GOOD_R2;
  if (!(reach > limit)) return;
  throw unfit(
    model,
    `feature "${name}" alone tells the label (${
      reach.toFixed(4)
    }): it leaks the outcome; leave it out`,
  );
}

/** Share of the label that a line through one column explains. */
function linearR2(column: Float64Array, label: Float64Array): number {
  const known = column.map((value) => Number.isFinite(value) ? value : 0);
  const [centre, level] = [mean(known), mean(label)];
  const spread = mean(known.map((value) => (value - centre) ** 2));
  if (spread === 0) return 0;
  const slope =
    mean(known.map((value, row) => (value - centre) * (label[row] ?? NaN))) /
    spread;
  return rSquared(
    label,
    known.map((value) => level + slope * (value - centre)),
  );
}

function labelsAt({ labels }: LabelledRows, places: Uint32Array): Float64Array {
  return Float64Array.from(places, (place) => labels[place]?.label ?? NaN);
}
