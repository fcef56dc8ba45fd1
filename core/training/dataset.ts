/**
 * Labelled rows with their features as known then, encoded as they will be when
 * the model serves: through the same code, at the same precision.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RowDataset } from "../domain/dataset.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../domain/encoding.ts";
import type { EntityIds } from "../domain/entity.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { DeclaredView, FeatureHistory } from "../ports/features.ts";
import type { LabelQuery, LabelRow } from "../ports/training_sets.ts";
import type { Report } from "../../plugins/contract.ts";
import { trainingRows } from "../features/point_in_time.ts";
import { unfit } from "./refusal.ts";
import type { RawFeatures } from "./schema.ts";
import type { RowsSpec } from "./spec.ts";
import type { Split } from "./split.ts";

/** Labels and raw features. */
export interface LabelledRows extends RawFeatures {
  readonly labels: readonly LabelRow[];
  /** Views read. */
  readonly views: readonly FeatureView[];
}

/** Where and as of when to read. */
export interface ReadScope {
  readonly history: FeatureHistory;
  readonly tenant: string;
  /** All versions of the tenant. */
  readonly views: readonly DeclaredView[];
  readonly asOf: Instant;
  readonly report: Report;
}

/**
 * Reads labels whose time is over by `asOf`, and joins their features.
 *
 * @throws {EngineError} `dataset_invalid` if the specification asks for the future.
 */
export async function readLabelledRows(
  spec: RowsSpec,
  scope: ReadScope,
): Promise<LabelledRows> {
  const { history, tenant, views, asOf, report } = scope;
  report("labels", null);
  const all = await history.labels(labelQuery(spec, { tenant, asOf }));
  const labels = ofKnownAction(spec, all);
  if (labels.length < all.length) {
    report(
      `${
        all.length - labels.length
      } rows left out: their action is none of use.actions`,
      null,
    );
  }
  const joined = await trainingRows(history, {
    tenant,
    labels: labels.map(({ entities, at, properties }) => ({
      entities: entities as EntityIds,
      at,
      properties,
    })),
    ids: spec.features,
    views,
    knownAt: spec.known === "decision" ? "point" : asOf,
    progress: (share) => report("features", share),
  });
  return {
    labels,
    ids: spec.features,
    columns: joined.columns,
    views: joined.views,
  };
}

/** Which starting events are rows: those whose time is over by `asOf`. */
export function labelQuery(
  spec: RowsSpec,
  { tenant, asOf }: Pick<ReadScope, "tenant" | "asOf">,
): LabelQuery {
  return {
    tenant,
    ...spec.label,
    until: matureUntil(spec, asOf),
    knownAt: asOf,
  };
}

function matureUntil({ model, label }: RowsSpec, asOf: Instant): Instant {
  if (label.until !== null && label.until > asOf) {
    throw unfit(
      model,
      "label.until lies after asOf: the model would learn what was not known; move one of them",
    );
  }
  const mature = new Date(Date.parse(asOf) - label.withinDays * DAY_MS)
    .toISOString();
  return label.until !== null && label.until < mature ? label.until : mature;
}

function ofKnownAction(
  { use, label }: RowsSpec,
  labels: readonly LabelRow[],
): readonly LabelRow[] {
  if (use.kind !== "action" || label.actionProperty === null) return labels;
  return labels.filter(({ action }) =>
    action !== null && use.actions.includes(action)
  );
}

/** Encodes the rows at the given places. */
export function encodeRows(
  schema: InputSchema,
  rows: LabelledRows,
  places: Uint32Array,
): RowDataset {
  const names = columnNames(schema);
  const columns = names.map(() => new Float64Array(places.length));
  const label = new Float64Array(places.length);
  const encoded = new Float32Array(names.length);
  places.forEach((place, row) => {
    encode(schema, encodingRow(rows, place), encoded);
    columns.forEach((column, index) => column[row] = encoded[index] ?? NaN);
    label[row] = rows.labels[place]?.label ?? NaN;
  });
  return { rows: places.length, names, columns, label };
}

function encodingRow(
  { columns, labels }: LabelledRows,
  place: number,
): EncodingRow {
  return {
    values: columns.map((column) => column[place] ?? null),
    action: labels[place]?.action ?? null,
  };
}

/** One hash for what was learnt from, stopped on and measured on. */
export function hashRows(
  parts: Readonly<Record<keyof Split, RowDataset>>,
): string {
  const hash = createHash("sha256");
  for (const part of ["train", "validation", "holdout"] as const) {
    const { rows, names, columns, label } = parts[part];
    hash.update(JSON.stringify([part, rows, names]));
    for (const column of [...columns, label]) hash.update(column);
  }
  return hash.digest("hex");
}
