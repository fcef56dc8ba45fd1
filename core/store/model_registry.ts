/**
 * The model registry. Versions count up without gaps; a version is judged once, by
 * someone other than whoever trained it; all that happens is in the log of its name.
 *
 * @module
 */
import { and, desc, eq } from "drizzle-orm";
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import { type ModelEvidence, NO_EVIDENCE } from "../domain/evidence.ts";
import { rolesAt } from "../domain/model_log.ts";
import {
  type ModelRecord,
  type ModelRef,
  printModelRef,
} from "../domain/score.ts";
import { isSealedArtifact } from "../domain/sealed_artifact.ts";
import type { ModelRegistry, NewModel, Review } from "../ports/models.ts";
import {
  addEvents,
  type LockedModel,
  readEvents,
  withModel,
} from "./model_events.ts";
import {
  assign,
  findChampion,
  propose,
  rollBack,
  settle,
} from "./model_roles.ts";
import { sameVersion, toRecord, versionNotFound } from "./model_rows.ts";
import { orm } from "./orm.ts";
import type { Session, Sql } from "./sql.ts";
import { model, modelArtifact } from "./tables/models.ts";

/** Keeps models in a database. */
export function createModelRegistry(sql: Sql): ModelRegistry {
  const events = (tenant: string, name: string) =>
    readEvents(sql, { tenant, name });
  return {
    events,
    find: (tenant, ref) => find(sql, tenant, ref),
    register: async (tenant, record, ...[artifact, evidence]) => {
      checked(artifact, record.artifactHash, record.name);
      return await withModel(
        sql,
        { tenant, name: record.name },
        (locked) => register(locked, { record, artifact, evidence }),
      );
    },
    list: async (tenant) => {
      const rows = await orm(sql).select().from(model)
        .where(eq(model.tenant, tenant))
        .orderBy(model.name, desc(model.version));
      return rows.map(toRecord);
    },
    champion: (tenant, name) => findChampion(sql, { tenant, name }),
    review: (tenant, { name, version }, judgement) =>
      withModel(
        sql,
        { tenant, name },
        (locked) => review(locked, version, judgement),
      ),
    roles: async (tenant, name, at) => rolesAt(await events(tenant, name), at),
    propose: (tenant, { name, ...change }) =>
      withModel(sql, { tenant, name }, (locked) => propose(locked, change)),
    settle: (tenant, { name, seq }, judgement) =>
      withModel(
        sql,
        { tenant, name },
        (locked) => settle(locked, seq, judgement),
      ),
    rollBack: (tenant, { name, ...change }) =>
      withModel(sql, { tenant, name }, (locked) => rollBack(locked, change)),
    evidence: (tenant, ref) => readEvidence(sql, tenant, ref),
    artifact: (tenant, ref) => readArtifact(sql, tenant, ref),
  };
}

async function find(
  session: Session,
  tenant: string,
  ref: ModelRef,
): Promise<ModelRecord | null> {
  const [row] = await orm(session).select().from(model)
    .where(sameVersion(tenant, ref));
  return row ? toRecord(row) : null;
}

async function register(
  locked: LockedModel,
  { record, artifact, evidence }: {
    readonly record: NewModel;
    readonly artifact: Uint8Array;
    readonly evidence: ModelEvidence | undefined;
  },
): Promise<ModelRecord> {
  const { tx, tenant, name } = locked;
  const { createdBy, createdAt } = record;
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
  await db.insert(modelArtifact).values({ ...key, artifact, evidence });
  await addEvents(locked, [
    { kind: "registered", version, by: createdBy, at: createdAt },
  ]);
  return toRecord(row ?? fail());
}

async function review(
  locked: LockedModel,
  version: number,
  { by, at, approve, alias = "champion", reason = "" }: Review,
): Promise<ModelRecord> {
  const { tx, tenant, name } = locked;
  const ref = { name, version };
  refuseSelfApproval(await find(tx, tenant, ref), ref, by);
  const status = approve ? "approved" as const : "rejected" as const;
  const [row] = await orm(tx).update(model)
    .set({ status, reviewedBy: by, reviewedAt: at })
    .where(and(sameVersion(tenant, ref), eq(model.status, "pending")))
    .returning();
  if (row === undefined) throw refused(ref, "it has been reviewed already");
  const said = { version, by, at, reason };
  await addEvents(locked, [{ ...said, kind: status }]);
  if (approve && alias !== null) {
    if (alias === "champion") await refuseOlder(locked, ref, reason);
    await assign(locked, [], { ...said, alias });
  }
  return toRecord(row);
}

async function readEvidence(
  session: Session,
  tenant: string,
  ref: ModelRef,
): Promise<ModelEvidence> {
  const [row] = await orm(session).select({ evidence: modelArtifact.evidence })
    .from(modelArtifact).innerJoin(model, sameModel())
    .where(sameVersion(tenant, ref));
  if (row === undefined) throw versionNotFound(ref);
  return { ...NO_EVIDENCE, ...row.evidence as Partial<ModelEvidence> | null };
}

async function readArtifact(
  session: Session,
  tenant: string,
  ref: ModelRef,
): Promise<Uint8Array> {
  const [row] = await orm(session).select({
    artifact: modelArtifact.artifact,
    record: model.record,
  }).from(modelArtifact).innerJoin(model, sameModel())
    .where(sameVersion(tenant, ref));
  if (row === undefined) throw versionNotFound(ref);
  const { artifactHash } = row.record as ModelRecord;
  return checked(row.artifact, artifactHash, printModelRef(ref));
}

function sameModel() {
  return and(
    eq(model.tenant, modelArtifact.tenant),
    eq(model.name, modelArtifact.name),
    eq(model.version, modelArtifact.version),
  );
}

function fail(): never {
  throw new Error("An insert returned no row");
}

/** A sealed one is checked by whoever opens it. */
function checked(artifact: Uint8Array, hash: string, name: string): Uint8Array {
  if (isSealedArtifact(artifact) || sha256(artifact) === hash) return artifact;
  throw new EngineError(
    "artifact_corrupt",
    `Cannot use artifact of model "${name}": its bytes do not have the recorded hash; train it again`,
  );
}

function refuseSelfApproval(
  record: ModelRecord | null,
  ref: ModelRef,
  by: string,
): void {
  if (record === null) throw versionNotFound(ref);
  if (record.createdBy === by) {
    throw refused(ref, "whoever trained it may not review it");
  }
}

/** A version that waited is not to take the place of a newer one unawares. */
async function refuseOlder(
  locked: LockedModel,
  ref: ModelRef,
  reason: string,
): Promise<void> {
  const { champion } = rolesAt(await readEvents(locked.tx, locked));
  if (champion === null || champion < ref.version || reason.trim() !== "") {
    return;
  }
  const newer = printModelRef({ name: ref.name, version: champion });
  throw refused(
    ref,
    `${newer} is newer and decides; approve it with a reason, or for another role`,
  );
}

function refused(ref: ModelRef, reason: string): EngineError {
  return new EngineError(
    "approval_invalid",
    `Cannot review model "${printModelRef(ref)}": ${reason}`,
  );
}
