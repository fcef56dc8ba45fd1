/**
 * Trains on labelled rows: read, split, check, encode, fit, measure.
 *
 * @module
 */
import type { RowDataset } from "../domain/dataset.ts";
import type { FeatureView } from "../domain/feature.ts";
import { mean } from "../domain/measures.ts";
import { seededRandom } from "../domain/random.ts";
import type { ModelUse } from "../domain/score.ts";
import type { LabelRow } from "../ports/training_sets.ts";
import type { RowFamily } from "../../plugins/contract.ts";
import {
  encodeRows,
  hashRows,
  readLabelledRows,
  type ReadScope,
} from "./dataset.ts";
import { evaluateRows } from "./evaluate.ts";
import { learnSchema } from "./schema.ts";
import type { RowsSpec } from "./spec.ts";
import { type Split, splitRows } from "./split.ts";
import type { Trained } from "./trained.ts";
import { validateRows } from "./validate.ts";

/** Trains a row model. */
export async function trainRows(
  family: RowFamily,
  spec: RowsSpec,
  scope: ReadScope,
): Promise<Trained> {
  const { report } = scope;
  const rows = await readLabelledRows(spec, scope);
  const split = splitLabels(spec, rows.labels);
  const schema = learnSchema(rows, split.train, {
    missing: family.missing,
    crossed: family.crossed,
    actions: spec.use.kind === "action" ? spec.use.actions : [],
  });
  validateRows(spec, rows, { split, schema });
  const encode = (part: keyof Split) => encodeRows(schema, rows, split[part]);
  const parts = {
    train: encode("train"),
    validation: encode("validation"),
    holdout: encode("holdout"),
  };
  const fitted = family.fit({
    dataset: parts.train,
    validation: orNull(parts.validation),
    params: family.params.parse(spec.params),
    random: seededRandom(spec.seed),
    report,
  });
  report("evaluation", null);
  const metrics = await evaluateRows(family, fitted, {
    holdout: parts.holdout,
    measure: spec.label.measure,
    base: mean(parts.train.label),
  });
  return {
    schema,
    metrics,
    unit: family.output.unit,
    use: spec.use as ModelUse,
    rows: parts.train.rows,
    datasetHash: hashRows(parts),
    views: rows.views.map(viewRef),
    artifactKind: "onnx",
    artifact: fitted.onnx,
  };
}

function splitLabels(
  { label: { matchOn, withinDays }, split, seed }: RowsSpec,
  labels: readonly LabelRow[],
): Split {
  const rows = labels.map(({ entities, at }) => ({
    id: entities[matchOn] ?? "",
    at,
  }));
  return splitRows(rows, { ...split, seed, withinDays });
}

function orNull(dataset: RowDataset): RowDataset | null {
  return dataset.rows === 0 ? null : dataset;
}

function viewRef({ name, version }: FeatureView): string {
  return `${name}@${version}`;
}
