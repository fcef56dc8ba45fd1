/**
 * Measures a registered version again: on rows whose labels came about after it was
 * trained, which neither taught nor measured it, beside the base rate and the champion.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { Interval } from "../domain/evidence.ts";
import { finiteOnly } from "../domain/measures.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import { pinIds, withBuiltin } from "../features/versions.ts";
import type { Report } from "../../plugins/contract.ts";
import { encodeRows, type LabelledRows, readLabelledRows } from "./dataset.ts";
import { createFitter, type Fitter } from "./fit.ts";
import { entitiesOf, intervalsOf, replicate } from "./measures/bootstrap.ts";
import {
  amountMeasures,
  chanceMeasures,
  type Measure,
} from "./measures/weighted.ts";
import { findRecord, specOf } from "./reproduce.ts";
import { readSpec, type RowsSpec } from "./spec.ts";
import type { TrainScope } from "./train.ts";

const LEAST_ROWS = 30;

/** Which version to measure. */
export interface EvaluateJob {
  readonly tenant: string;
  readonly ref: ModelRef;
  /** Labels known by then; by now if null. */
  readonly asOf: Instant | null;
  /**
   * Only so many days before the latest, of the version alone; all since it was trained,
   * and the champion as well, if absent.
   */
  readonly days?: number;
  readonly report: Report;
}

/** Labels and scores of the same rows. */
export interface Scored {
  readonly label: Float64Array;
  readonly score: Float64Array;
}

/** What was measured of one version. */
export interface Measured {
  readonly ref: ModelRef;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** A version measured again. */
export interface Remeasured extends Measured {
  /** What happened, and what the version said of it; shape [rows]. */
  readonly scored: Scored;
  /** Starting events in [from, until) were measured. */
  readonly from: Instant;
  readonly until: Instant;
  readonly rows: number;
  /** What was measured when it was trained. */
  readonly then: Readonly<Record<string, number>>;
  /** The champion on the same rows; null if it is this version, or there is none. */
  readonly champion: Measured | null;
  /** Loss of this version less that of the champion: below 0 is better. */
  readonly lossDifference: {
    readonly value: number;
    readonly interval: Interval | null;
  } | null;
}

/**
 * Measures again.
 *
 * @throws {EngineError} `not_found`; `request_invalid` for curves and imported models;
 * `dataset_invalid` if too few labels came about since.
 */
export async function remeasureModel(
  scope: TrainScope,
  job: EvaluateJob,
): Promise<Remeasured> {
  const record = await findRecord(scope, job.tenant, job.ref);
  const spec = rowsSpecOf(record);
  const rival = job.days === undefined
    ? await championBeside(scope, job.tenant, { record, spec })
    : null;
  const records = rival === null ? [record] : [record, rival];
  const trained = records.map(taughtUntil).sort().at(-1) ?? "";
  const asOf = job.asOf ?? scope.clock.now();
  const until = new Date(Date.parse(asOf) - spec.label.withinDays * DAY_MS)
    .toISOString();
  const lately = new Date(Date.parse(until) - (job.days ?? 0) * DAY_MS)
    .toISOString();
  const from = job.days !== undefined && lately > trained ? lately : trained;
  const rows = await readNew(scope, job, { spec, records, from, asOf });
  const fitter = scope.openFitter?.() ?? createFitter(scope.families);
  try {
    const at = { spec, rows, fitter };
    const own = await measureOf(scope, job, { record, at });
    const other = rival && await measureOf(scope, job, { record: rival, at });
    return {
      ...{ from, until, rows: rows.labels.length, then: record.metrics },
      scored: own.scored,
      ...await compare(record, {
        own: own.measure,
        rival,
        other: other?.measure ?? null,
        at,
      }),
    };
  } finally {
    fitter.close();
  }
}

function rowsSpecOf(record: ModelRecord): RowsSpec {
  const spec = specOf(record);
  if (spec.grain === "rows") return spec;
  throw new EngineError(
    "request_invalid",
    `Cannot evaluate model "${
      printModelRef(record)
    }": it is curves, which forecast no outcome by themselves; train it again, and read its metrics`,
  );
}

/** Rows that start later taught a version nothing. */
function taughtUntil({ lineage: { asOf, spec } }: ModelRecord): Instant {
  const read = readSpec(spec);
  const waited = read?.grain === "rows" && read.label.maturity === "wait"
    ? read.label.withinDays
    : 0;
  return new Date(Date.parse(asOf) - waited * DAY_MS).toISOString();
}

/**
 * The champion, if it is another version that says the same of the same outcome; of an
 * imported one the unit must do.
 */
async function championBeside(
  { stores: { models } }: TrainScope,
  tenant: string,
  { record, spec }: { readonly record: ModelRecord; readonly spec: RowsSpec },
): Promise<ModelRecord | null> {
  const found = await models.champion(tenant, record.name);
  const champion = found?.champion;
  if (
    champion === undefined || champion.version === record.version ||
    champion.artifactKind !== "onnx" || champion.unit !== record.unit
  ) return null;
  const other = readSpec(champion.lineage.spec);
  if (other === null) return champion;
  return other.grain === "rows" && outcomeOf(other) === outcomeOf(spec)
    ? champion
    : null;
}

/** What a label says, however rows are chosen. */
function outcomeOf({ label }: RowsSpec): string {
  const { from: _from, until: _until, maturity: _maturity, ...said } = label;
  return canonicalJson(said);
}

/** Rows that came about since, with the inputs of all versions. */
async function readNew(
  { stores: { history, views } }: TrainScope,
  { tenant, report }: EvaluateJob,
  { spec, records, from, asOf }: {
    readonly spec: RowsSpec;
    readonly records: readonly ModelRecord[];
    readonly from: Instant;
    readonly asOf: Instant;
  },
): Promise<LabelledRows> {
  const features = [...new Set(records.flatMap(pinnedInputs))];
  const rows = await readLabelledRows({
    ...spec,
    ...{ features, slices: [] },
    label: { ...spec.label, from, until: null, maturity: "wait" },
  }, {
    ...{ history, tenant, asOf, report },
    views: withBuiltin(await views.list(tenant)),
  });
  if (rows.labels.length >= LEAST_ROWS) return rows;
  throw new EngineError(
    "dataset_invalid",
    `Cannot evaluate model "${spec.model}": ${rows.labels.length} labels came about since it${
      records.length > 1 ? " and the champion were" : " was"
    } trained, and it needs ${LEAST_ROWS}; wait until ${spec.label.withinDays} days have passed after enough "${spec.label.start}" events`,
  );
}

/** Feature ids of a version's inputs, as it was taught and is served. */
function pinnedInputs(
  { schema: { inputs }, lineage: { views } }: ModelRecord,
): readonly string[] {
  return pinIds(inputs.map(({ name }) => name), views);
}

/** What measuring reads. */
interface At {
  readonly spec: RowsSpec;
  readonly rows: LabelledRows;
  readonly fitter: Fitter;
}

async function measureOf(
  { stores: { models } }: TrainScope,
  { tenant, report }: EvaluateJob,
  { record, at: { spec, rows, fitter } }: {
    readonly record: ModelRecord;
    readonly at: At;
  },
): Promise<{ readonly measure: Measure; readonly scored: Scored }> {
  const { schema, metrics } = record;
  const columns = pinnedInputs(record).map((id) =>
    rows.columns[rows.ids.indexOf(id)] ?? []
  );
  const places = Uint32Array.from(rows.labels.keys());
  const dataset = await encodeRows(schema, { ...rows, columns }, places);
  const [score = new Float64Array()] = await fitter.run({
    kind: "score",
    onnx: await models.artifact(tenant, record),
    sets: [dataset.columns],
  }, report);
  const scored = { label: dataset.label, score };
  const measure = spec.label.measure === "occurs"
    ? chanceMeasures(scored, metrics.base_rate ?? 0.5)
    : amountMeasures(scored, metrics.mean_label ?? 0);
  return { measure, scored };
}

async function compare(
  record: ModelRecord,
  { own, rival, other, at: { spec, rows } }: {
    readonly own: Measure;
    readonly rival: ModelRecord | null;
    readonly other: Measure | null;
    readonly at: At;
  },
): Promise<Measured & Pick<Remeasured, "champion" | "lossDifference">> {
  const { label: { measure, matchOn }, seed } = spec;
  const entities = entitiesOf(
    rows.labels.map(({ entities }) => entities[matchOn] ?? ""),
  );
  const print = async (ref: ModelRef, measure: Measure): Promise<Measured> => {
    const replicated = await replicate(measure, entities, seed);
    return {
      ref: { name: ref.name, version: ref.version },
      metrics: finiteOnly(replicated.values),
      intervals: intervalsOf(replicated),
    };
  };
  const measured = await print(record, own);
  if (rival === null || other === null) {
    return { ...measured, champion: null, lossDifference: null };
  }
  const loss = measure === "occurs" ? "logloss" : "rmse";
  const difference = await replicate(
    (counts) => ({
      loss: (own(counts)[loss] ?? 0) - (other(counts)[loss] ?? 0),
    }),
    entities,
    seed,
  );
  return {
    ...measured,
    champion: await print(rival, other),
    lossDifference: {
      value: difference.values.loss ?? NaN,
      interval: intervalsOf(difference).loss ?? null,
    },
  };
}
