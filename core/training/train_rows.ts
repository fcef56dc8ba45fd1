/**
 * Trains on labelled rows: read, split, check, encode, tune, fit, measure.
 *
 * @module
 */
import type { RowDataset } from "../domain/dataset.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { ModelUse } from "../domain/score.ts";
import type { LabelRow } from "../ports/training_sets.ts";
import type { RowFamily } from "../../plugins/contract.ts";
import { type Checked, idsAt } from "./checks/checked.ts";
import { checkKnownLater } from "./checks/time_travel.ts";
import {
  encodeRows,
  hashRows,
  type LabelledRows,
  readLabelledRows,
  type ReadScope,
} from "./dataset.ts";
import { evaluateRows } from "./evaluate.ts";
import { refuseUnfit } from "./family_fit.ts";
import { judgeGates } from "./gates.ts";
import {
  type MaturedSplit,
  meanLabel,
  splitLabels,
  withDelays,
} from "./maturity.ts";
import { learnSchema } from "./schema.ts";
import type { RowsSpec } from "./spec.ts";
import { halveRows, type Split } from "./split.ts";
import { takeRows } from "./take_rows.ts";
import type { MakeScope, Trained } from "./trained.ts";
import { type Tuned, tuneParams } from "./tuning/study.ts";
import { validateRows } from "./validate.ts";

/** Encoded parts of a dataset. */
type Parts = Readonly<Record<keyof Split, RowDataset>>;

/** A dataset that may be learnt from. */
interface Prepared extends Checked {
  readonly parts: Parts;
  readonly datasetHash: string;
}

/** Trains a row model. */
export async function trainRows(
  family: RowFamily,
  spec: RowsSpec,
  scope: MakeScope,
): Promise<Trained> {
  const { report, fitter } = scope;
  refuseUnfit(family, spec);
  const prepared = await prepareRows(family, spec, scope);
  const { rows, parts, schema, datasetHash } = prepared;
  report("validation", null);
  const found = [
    ...await validateRows(prepared),
    ...await checkKnownLater(prepared, scope),
  ];
  const { params, trials } = await tune(family, spec, { prepared, scope });
  const fitted = await fitter.run({
    kind: "rows",
    family: family.name,
    ...{ params, seed: spec.seed },
    dataset: parts.train,
    validation: orNull(parts.validation),
    predict: [parts.holdout.columns],
  }, report);
  report("evaluation", null);
  const base = meanLabel(parts.train);
  const { metrics, findings, ...evidence } = await evaluateRows(
    { family, fitted, holdout: parts.holdout, base },
    prepared,
    scope,
  );
  return {
    ...{ schema, metrics, params, datasetHash },
    unit: family.output.unit,
    use: spec.use as ModelUse,
    rows: parts.train.rows,
    views: rows.views.map(viewRef),
    artifactKind: "onnx",
    artifact: fitted.onnx,
    evidence: {
      ...evidence,
      findings: [...found, ...findings],
      gates: judgeGates(spec.gates, metrics),
      trials,
      mix: null,
    },
  };
}

/** Reads, splits and encodes; the same specification gives the same. */
export async function prepareRows(
  family: RowFamily,
  spec: RowsSpec,
  scope: ReadScope,
): Promise<Prepared> {
  const rows = await readLabelledRows(spec, scope);
  const split = await splitLabels(spec, rows.labels, scope.asOf);
  const schema = await learnSchema(rows, split.train, {
    missing: family.missing,
    crossed: family.crossed,
    coded: family.categories === "codes",
    actions: spec.use.kind === "action" ? spec.use.actions : [],
  });
  const encode = (part: keyof Split) => encodeRows(schema, rows, split[part]);
  const parts = {
    train: asSeen(spec, rows, { split, dataset: await encode("train") }),
    validation: await encode("validation"),
    holdout: await encode("holdout"),
  };
  return { spec, rows, split, schema, parts, datasetHash: hashRows(parts) };
}

async function tune(
  family: RowFamily,
  spec: RowsSpec,
  { prepared, scope }: {
    readonly prepared: Prepared;
    readonly scope: MakeScope;
  },
): Promise<Tuned> {
  if (spec.tune === null) return { params: spec.params, trials: [] };
  const { parts: { train, validation }, split, datasetHash } = prepared;
  const { stop, judge } = halveRows(
    idsAt(prepared, split.validation),
    spec.seed,
  );
  return await tuneParams(family, { ...spec, tune: spec.tune }, {
    parts: {
      ...{ train, datasetHash },
      validation: takeRows(validation, stop),
      judged: takeRows(validation, judge),
    },
    scope,
  });
}

/** Rows that teach before their time is over come with their delays. */
function asSeen(
  { label: { maturity, withinDays } }: RowsSpec,
  { labels }: LabelledRows,
  { split: { train, seenAt }, dataset }: {
    readonly split: MaturedSplit;
    readonly dataset: RowDataset;
  },
): RowDataset {
  if (maturity === "wait") return dataset;
  const taught = Array.from(train, (place) => labels[place] as LabelRow);
  return withDelays(dataset, taught, { seenAt, withinDays });
}

function orNull(dataset: RowDataset): RowDataset | null {
  return dataset.rows === 0 ? null : dataset;
}

function viewRef({ name, version }: FeatureView): string {
  return `${name}@${version}`;
}
