/**
 * Makes a registered version again from its record, and compares it byte for byte.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import type { Report } from "../../plugins/contract.ts";
import { readSpec, type TrainingSpec } from "./spec.ts";
import { makeModel, type TrainScope } from "./train.ts";

/** Which version to make again. */
export interface ReproduceJob {
  readonly tenant: string;
  readonly ref: ModelRef;
  readonly report: Report;
}

/** What a version is made of, as hashes. */
export interface ModelPrint {
  readonly code: string;
  readonly rows: number;
  readonly datasetHash: string;
  readonly artifactHash: string;
}

/** The version on record and the one made again. */
export interface Reproduction {
  readonly ref: ModelRef;
  readonly recorded: ModelPrint;
  readonly made: ModelPrint;
  /** Why they differ, for a person; empty if the bytes are the same. */
  readonly differences: readonly string[];
}

/**
 * Makes a version again, from the versions of views that it was made from.
 *
 * @throws {EngineError} `not_found`; `request_invalid` if it was not trained here; what
 * training throws if that refuses today.
 */
export async function reproduceModel(
  scope: TrainScope,
  { tenant, ref, report }: ReproduceJob,
): Promise<Reproduction> {
  const record = await findRecord(scope, tenant, ref);
  specOf(record);
  const spec = JSON.parse(record.lineage.spec);
  const pins = record.lineage.views;
  const again = await makeModel(scope, { tenant, spec, pins, report });
  const made = {
    code: `${scope.code} ${again.family}`,
    rows: again.rows,
    datasetHash: again.datasetHash,
    artifactHash: sha256(again.artifact),
  };
  const { code, rows, datasetHash } = record.lineage;
  const recorded = {
    ...{ code, rows, datasetHash },
    artifactHash: record.artifactHash,
  };
  const differences = made.artifactHash === record.artifactHash
    ? []
    : await explain(scope, { tenant, record, made });
  return { ref, recorded, made, differences };
}

/** A version that there must be. */
export async function findRecord(
  { stores: { models } }: Pick<TrainScope, "stores">,
  tenant: string,
  ref: ModelRef,
): Promise<ModelRecord> {
  const record = await models.find(tenant, ref);
  if (record !== null) return record;
  throw new EngineError(
    "not_found",
    `Cannot find model "${printModelRef(ref)}": there is no such version`,
  );
}

/** The specification that a version was trained from. */
export function specOf(record: ModelRecord): TrainingSpec {
  const spec = readSpec(record.lineage.spec);
  if (spec !== null) return spec;
  throw new EngineError(
    "request_invalid",
    `Cannot read how model "${
      printModelRef(record)
    }" was trained: it was imported, or an older engine wrote it`,
  );
}

async function explain(
  { stores }: TrainScope,
  { tenant, record, made }: {
    readonly tenant: string;
    readonly record: ModelRecord;
    readonly made: ModelPrint;
  },
): Promise<string[]> {
  const { lineage } = record;
  const found: string[] = [];
  if (made.code !== lineage.code) {
    found.push(
      `code: it was made by ${lineage.code}, and this is ${made.code}`,
    );
  }
  if (made.datasetHash === lineage.datasetHash) {
    found.push("artifact: the same data give other bytes");
    return found;
  }
  found.push(
    made.rows === lineage.rows
      ? `data: other values in the same ${made.rows} rows`
      : `data: ${made.rows} rows, and ${lineage.rows} then`,
  );
  const erased = await stores.erasures.erasedSince(record.createdAt);
  found.push(
    erased.some((one) => one.tenant === tenant)
      ? "erasure: people were erased since, and their rows with them"
      : "history: days were brought in again, or signals deleted, since",
  );
  return found;
}
