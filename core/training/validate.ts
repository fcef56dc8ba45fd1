/**
 * What must hold of a dataset before anything is learnt from it, and what a reviewer
 * should know of it.
 *
 * @module
 */
import type { Finding } from "../domain/evidence.ts";
import { checkColumns, printProblem } from "../features/expectations.ts";
import { createBreath } from "./breathe.ts";
import { type Checked, labelsAt } from "./checks/checked.ts";
import { checkInputs } from "./checks/columns.ts";
import { checkLabels } from "./checks/labels.ts";
import { checkLeaks } from "./checks/leakage.ts";
import { checkSplitDrift, checkSplitTold } from "./checks/split_drift.ts";
import { checkClocks, checkOutcomeEvents } from "./checks/time_travel.ts";
import { unfit } from "./refusal.ts";
import type { RowsSpec } from "./spec.ts";
import type { Split } from "./split.ts";

const MIN_TRAIN_ROWS = 100;
const MIN_HOLDOUT_ROWS = 30;

/**
 * Refuses datasets that would teach nothing, or too much.
 *
 * @returns What does not forbid training, but should be known.
 * @throws {EngineError} `dataset_invalid`, naming the fix.
 */
export async function validateRows(
  checked: Checked,
): Promise<readonly Finding[]> {
  refuseFew(checked.spec, checked.split);
  refuseConstant(checked);
  refuseActionsUnseen(checked);
  await refuseUnexpected(checked);
  refuseMissing(checked);
  const breathe = createBreath();
  const found: Finding[] = [];
  for (
    const check of [
      checkLabels,
      checkLeaks,
      checkClocks,
      checkInputs,
      checkSplitDrift,
      checkSplitTold,
    ]
  ) {
    found.push(...await check(checked));
    await breathe();
  }
  const { spec: { features } } = checked;
  return [...found, ...checkOutcomeEvents(checked, features)];
}

function refuseFew({ model, split: { by } }: RowsSpec, split: Split): void {
  const { train, holdout } = split;
  const hint = by === "hash" ? "" : ", or split by hash";
  if (train.length < MIN_TRAIN_ROWS) {
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

function refuseConstant({ spec: { model }, rows, split }: Checked): void {
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
  { spec: { model, use }, rows: { labels }, split: { train } }: Checked,
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

async function refuseUnexpected(
  { spec: { model }, rows: { views, ids, columns } }: Checked,
): Promise<void> {
  const breathe = createBreath();
  for (const [place, id] of ids.entries()) {
    const [problem] = checkColumns(views, [id], [columns[place] ?? []]);
    await breathe();
    if (problem === undefined) continue;
    throw unfit(
      model,
      `feature ${
        printProblem(problem)
      }; mend the source, or declare what is to be expected`,
    );
  }
}

function refuseMissing({ spec: { model }, rows, split, schema }: Checked) {
  const missing = schema.inputs.find((_, index) =>
    split.train.every((place) =>
      (rows.columns[index]?.[place] ?? null) === null
    )
  );
  if (missing === undefined) return;
  throw unfit(
    model,
    `feature "${missing.name}" is missing in every training row; materialise or ingest what it needs, or leave it out`,
  );
}
