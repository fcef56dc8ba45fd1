/**
 * Rows of models: found by version, read as records.
 *
 * @module
 */
import { and, eq } from "drizzle-orm";
import { EngineError } from "../domain/error.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import type { NewModel } from "../ports/models.ts";
import { model } from "./tables/models.ts";

/** Condition that a row is of one version. */
export function sameVersion(tenant: string, { name, version }: ModelRef) {
  return and(
    eq(model.tenant, tenant),
    eq(model.name, name),
    eq(model.version, version),
  );
}

/** Reads a row. */
export function toRecord(row: typeof model.$inferSelect): ModelRecord {
  const { version, status, reviewedBy, reviewedAt } = row;
  return {
    ...row.record as NewModel,
    version,
    status,
    reviewedBy,
    reviewedAt,
  };
}

/** There is no such version. */
export function versionNotFound(ref: ModelRef): EngineError {
  return new EngineError(
    "not_found",
    `Cannot find model "${printModelRef(ref)}": no such version`,
  );
}
