/**
 * Labelled rows with their features as known then, encoded as they will be when
 * the model serves: through the same code, at the same precision.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ActionsTaken, RowDataset } from "../domain/dataset.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import {
  columnNames,
  encode,
  type EncodingRow,
  type InputSchema,
} from "../domain/encoding.ts";
import type { EntityIds } from "../domain/entity.ts";
import type { FeatureValue, FeatureView } from "../domain/feature.ts";
import type { DeclaredView, FeatureHistory } from "../ports/features.ts";
import type { LabelQuery, LabelRow } from "../ports/training_sets.ts";
import type { Report } from "../../plugins/contract.ts";
import { type LabelPoint, trainingRows } from "../features/point_in_time.ts";
import { pinIds } from "../features/versions.ts";
import { createBreath } from "./breathe.ts";
import { leastWatchedDays } from "./maturity.ts";
import { unfit } from "./refusal.ts";
import type { RawFeatures } from "./schema.ts";
import type { RowsSpec } from "./spec.ts";
import type { Split } from "./split.ts";

/** Labels and raw features. */
export interface LabelledRows extends RawFeatures {
  readonly labels: readonly LabelRow[];
  /** Values by which measures are told apart, shape [slices][rows]. */
  readonly slices: readonly (readonly FeatureValue[])[];
  /** The action that does nothing; null if the model weighs none. */
  readonly control: string | null;
  /** Views read. */
  readonly views: readonly FeatureView[];
}

/** Where and as of when to read. */
export interface ReadScope {
  readonly history: FeatureHistory;
  readonly tenant: string;
  /** All versions of the tenant. */
  readonly views: readonly DeclaredView[];
  /** Versions that ids without one mean, `view@version`; those that serve if absent. */
  readonly pins?: readonly string[];
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
  const { history, tenant, views, pins = [], asOf, report } = scope;
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
  const ids = [...new Set([...spec.features, ...spec.slices])];
  const joined = await trainingRows(history, {
    tenant,
    labels: labels.map(toPoint),
    ids: pinIds(ids, pins),
    views,
    knownAt: spec.known === "decision" ? "point" : asOf,
    progress: (share) => report("features", share),
  });
  return {
    labels,
    ids: spec.features,
    columns: joined.columns.slice(0, spec.features.length),
    slices: spec.slices.map((id) => joined.columns[ids.indexOf(id)] ?? []),
    control: spec.use.kind === "action" ? spec.use.control : null,
    views: joined.views,
  };
}

/** Where the features of a row are to be joined. */
export function toPoint({ entities, at, properties }: LabelRow): LabelPoint {
  return { entities: entities as EntityIds, at, properties };
}

/** Which starting events are rows: those that were watched for long enough by `asOf`. */
export function labelQuery(
  spec: RowsSpec,
  { tenant, asOf }: Pick<ReadScope, "tenant" | "asOf">,
): LabelQuery {
  const { maturity: _, ...label } = spec.label;
  return {
    tenant,
    ...label,
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
  const mature = new Date(Date.parse(asOf) - leastWatchedDays(label) * DAY_MS)
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
export async function encodeRows(
  schema: InputSchema,
  rows: LabelledRows,
  places: Uint32Array,
): Promise<RowDataset> {
  const names = columnNames(schema);
  const columns = names.map(() => new Float64Array(places.length));
  const label = new Float64Array(places.length);
  const valueMicros = new Float64Array(places.length);
  const encoded = new Float32Array(names.length);
  const breathe = createBreath();
  for (const [row, place] of places.entries()) {
    encode(schema, encodingRow(rows, place), encoded);
    columns.forEach((column, index) => column[row] = encoded[index] ?? NaN);
    label[row] = rows.labels[place]?.label ?? NaN;
    valueMicros[row] = rows.labels[place]?.valueMicros ?? 0;
    await breathe();
  }
  const coded = codedColumns(schema);
  const actions = actionsTaken(schema, rows, places);
  return {
    rows: places.length,
    names,
    columns,
    label,
    ...(valueMicros.some((value) => value !== 0) && { valueMicros }),
    ...(coded.length > 0 && { coded }),
    ...(actions !== null && { actions }),
  };
}

/** Places of the columns that hold codes: plain columns come first, one an input. */
function codedColumns({ coded, inputs }: InputSchema): number[] {
  if (!coded) return [];
  return [...inputs.keys()].filter((at) => inputs[at]?.kind === "category");
}

function actionsTaken(
  schema: InputSchema,
  { labels, control }: LabelledRows,
  places: Uint32Array,
): ActionsTaken | null {
  const { actions: names } = schema;
  if (names.length === 0 || control === null) return null;
  const placeOf = new Map(names.map((name, place) => [name, place]));
  return {
    names,
    firstColumn: columnNames({ ...schema, actions: [] }).length,
    control: names.indexOf(control),
    taken: Uint8Array.from(
      places,
      (place) => placeOf.get(labels[place]?.action ?? "") ?? 0,
    ),
  };
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
    const { rows, names, columns, label, ...more } = parts[part];
    const { coded, actions, weight, valueMicros, delays } = more;
    const { taken, ...weighed } = actions ?? {};
    const told = { coded, ...weighed };
    hash.update(JSON.stringify([part, rows, names, told]));
    const amounts = [...columns, label, weight, valueMicros];
    const moments = [delays?.delay, delays?.watched];
    for (const values of [...amounts, ...moments, taken]) {
      if (values !== undefined) hash.update(values);
    }
  }
  return hash.digest("hex");
}
