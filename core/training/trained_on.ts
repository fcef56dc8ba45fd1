/**
 * Which events a registered model learnt from, as its specification says. The training
 * set itself is made anew for each training and never kept.
 *
 * @module
 */
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { LabelledModel } from "../ports/erasure.ts";
import { labelQuery } from "./dataset.ts";
import { readSpec } from "./spec.ts";

/**
 * Reads what the labels of models asked for.
 *
 * @param tenant Whose.
 * @param records Registered versions.
 * @returns Those that learnt from rows; models of series learnt from totals.
 */
export function trainedOn(
  tenant: string,
  records: readonly ModelRecord[],
): LabelledModel[] {
  return records.flatMap((record): LabelledModel[] => {
    const { spec: text, asOf } = record.lineage;
    const model = printModelRef(record);
    const spec = readSpec(text);
    if (spec === null) return [{ model, query: null }];
    return spec.grain === "rows"
      ? [{ model, query: labelQuery(spec, { tenant, asOf }) }]
      : [];
  });
}
