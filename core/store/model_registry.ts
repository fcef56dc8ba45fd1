/**
 * The model registry. Versions count up without gaps; a version is judged once, by
 * someone other than whoever trained it.
 *
 * @module
 */
import { and, desc, eq } from "drizzle-orm";
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import type { ModelRegistry, NewModel, Review } from "../ports/models.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { model, modelArtifact } from "./tables/models.ts";

/** Keeps models in a database. */
export function createModelRegistry(sql: Sql): ModelRegistry {
  const db = orm(sql);
  async function find(tenant: string, ref: ModelRef) {
    const [row] = await db.select().from(model).where(sameVersion(tenant, ref));
    return row ? toRecord(row) : null;
  }
  return {
    find,
    register: (tenant, record, artifact) =>
      register(sql, { tenant, record, artifact }),
    list: async (tenant) => {
      const rows = await db.select().from(model).where(eq(model.tenant, tenant))
        .orderBy(model.name, desc(model.version));
      return rows.map(toRecord);
    },
    champion: async (tenant, name) => {
      const [champion, previous] = await db.select().from(model).where(and(
        eq(model.tenant, tenant),
        eq(model.name, name),
        eq(model.status, "approved"),
      )).orderBy(desc(model.reviewedAt), desc(model.version)).limit(2);
      return champion === undefined ? null : {
        champion: toRecord(champion),
        previous: previous === undefined ? null : toRecord(previous),
      };
    },
    review: async (tenant, ref, review) => {
      refuseSelfApproval(await find(tenant, ref), ref, review);
      const [row] = await db.update(model).set({
        status: review.approve ? "approved" : "rejected",
        reviewedBy: review.by,
        reviewedAt: review.at,
      }).where(and(sameVersion(tenant, ref), eq(model.status, "pending")))
        .returning();
      if (row) return toRecord(row);
      throw refused(ref, "it has been reviewed already");
    },
    artifact: (tenant, ref) => readArtifact(sql, tenant, ref),
  };
}

async function register(
  sql: Sql,
  { tenant, record, artifact }: {
    tenant: string;
    record: NewModel;
    artifact: Uint8Array;
  },
): Promise<ModelRecord> {
  const { name, createdBy } = record;
  checked(artifact, record.artifactHash, name);
  return await sql.transaction(async (tx) => {
    await tx.query(LOCK_NAME, [tenant, name]);
    const db = orm(tx);
    const [latest] = await db.select({ version: model.version }).from(model)
      .where(and(eq(model.tenant, tenant), eq(model.name, name)))
      .orderBy(desc(model.version)).limit(1);
    const version = (latest?.version ?? 0) + 1;
    const key = { tenant, name, version };
    const [row] = await db.insert(model).values({
      ...key,
      record,
      status: "pending",
      createdBy,
    }).returning();
    await db.insert(modelArtifact).values({ ...key, artifact });
    return toRecord(row ?? fail());
  });
}

async function readArtifact(
  sql: Sql,
  tenant: string,
  ref: ModelRef,
): Promise<Uint8Array> {
  const [row] = await orm(sql).select({
    artifact: modelArtifact.artifact,
    record: model.record,
  }).from(modelArtifact).innerJoin(
    model,
    and(
      eq(model.tenant, modelArtifact.tenant),
      eq(model.name, modelArtifact.name),
      eq(model.version, modelArtifact.version),
    ),
  ).where(sameVersion(tenant, ref));
  if (row === undefined) throw notFound(ref);
  const { artifactHash } = row.record as ModelRecord;
  return checked(row.artifact, artifactHash, printModelRef(ref));
}

const LOCK_NAME =
  "select pg_advisory_xact_lock(hashtextextended(json_build_array($1::text, $2::text)::text, 1))";

function fail(): never {
  throw new Error("An insert returned no row");
}

function sameVersion(tenant: string, { name, version }: ModelRef) {
  return and(
    eq(model.tenant, tenant),
    eq(model.name, name),
    eq(model.version, version),
  );
}

function toRecord(row: typeof model.$inferSelect): ModelRecord {
  const { version, status, reviewedBy, reviewedAt } = row;
  return {
    ...row.record as NewModel,
    version,
    status,
    reviewedBy,
    reviewedAt,
  };
}

function checked(artifact: Uint8Array, hash: string, name: string): Uint8Array {
  if (sha256(artifact) === hash) return artifact;
  throw new EngineError(
    "artifact_corrupt",
    `Cannot use artifact of model "${name}": its bytes do not have the recorded hash; train it again`,
  );
}

function refuseSelfApproval(
  record: ModelRecord | null,
  ref: ModelRef,
  { by }: Review,
): void {
  if (record === null) throw notFound(ref);
  if (record.createdBy === by) {
    throw refused(ref, "whoever trained it may not review it");
  }
}

function refused(ref: ModelRef, reason: string): EngineError {
  return new EngineError(
    "approval_invalid",
    `Cannot review model "${printModelRef(ref)}": ${reason}`,
  );
}

function notFound(ref: ModelRef): EngineError {
  return new EngineError(
    "not_found",
    `Cannot find model "${printModelRef(ref)}": no such version`,
  );
}
