/**
 * The decision log, sealed: what a record says lies under the key of its subject, or of
 * its tenant, and what it is found by becomes blind. The chain is over the sealed text,
 * so it is verified without a key, and holds when a key is destroyed.
 *
 * Records from before they were sealed stay as they are, and are read as they are. Gaps
 * stay in the clear: they are about nobody, and whoever verifies has to read them.
 *
 * @module
 */
import type { KeyObject } from "node:crypto";
import type { LoggedRecord } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import { parseSealed, printSealed } from "../domain/sealed_record.ts";
import {
  type Appended,
  type DecisionLog,
  type LogEntry,
  SealingKeyDestroyed,
} from "../ports/decisions.ts";
import type { DataKeys, SealingKey } from "./data_keys.ts";
import type { Place } from "./envelope.ts";
import { openAnswer, sealAnswer } from "./seal_answers.ts";
import { openText, sealData } from "./sealed_text.ts";

/** Seals a log. That records are missing is told in the clear: it is about nobody. */
export function sealLog(log: DecisionLog, keys: DataKeys): DecisionLog {
  return {
    ...log,
    append: async (entries) => {
      const outcomes = await appendSealed(log, keys, entries);
      if (outcomes.every(({ kind }) => kind !== "duplicate")) return outcomes;
      return await Promise.all(
        outcomes.map((outcome, place) =>
          openOutcome(keys, outcome, entries[place]?.tenant ?? "")
        ),
      );
    },
    find: async (tenant, id) => {
      const logged = await log.find(tenant, id);
      if (logged === null) return null;
      const [opened] = await openRecords(keys, tenant, [logged], demandWhole);
      return opened ?? null;
    },
    read: async (tenant, after, limit) =>
      await openRecords(keys, tenant, await log.read(tenant, after, limit)),
    search: async (tenant, asked) => {
      const blind = await keys.blind(tenant, asked.entities);
      const entities = [...asked.entities, ...blind];
      const found = await log.search(tenant, { ...asked, entities });
      return await openRecords(keys, tenant, found);
    },
  };
}

/** What another node's destruction of a key overtook is sealed anew. */
async function appendSealed(
  log: Pick<DecisionLog, "append">,
  keys: DataKeys,
  entries: readonly LogEntry[],
): Promise<readonly Appended[]> {
  try {
    return await log.append(await sealEntries(keys, entries));
  } catch (error) {
    if (!(error instanceof SealingKeyDestroyed)) throw error;
    for (const { tenant } of entries) keys.forget(tenant);
    return await log.append(await sealEntries(keys, entries));
  }
}

const SUBJECT = "subject:";

async function sealEntries(
  keys: DataKeys,
  entries: readonly LogEntry[],
): Promise<readonly LogEntry[]> {
  const sealing = await keys.forSealing(
    entries.map(({ tenant, at, entities = [] }) => ({
      ...{ tenant, at },
      subject: entities.find((entity) => entity.startsWith(SUBJECT))
        ?.slice(SUBJECT.length) ?? null,
    })),
  );
  return entries.map((entry, place) => {
    if (entry.kind === "gap") return entry;
    const key = sealing[place];
    if (key === undefined) throw new Error("An entry has no key");
    const { tenant, entities = [], idempotent } = entry;
    return {
      ...entry,
      record: sealRecord(key, entry),
      sealedBy: key.id,
      entities: entities.map(key.blind),
      idempotent: idempotent && sealAnswer(key, tenant, idempotent),
    };
  });
}

function sealRecord(
  key: SealingKey,
  { tenant, id, at, kind = "decision", record }: LogEntry,
): string {
  const data = sealData(key, placeOf({ tenant, id, at, kind }), record);
  return printSealed({ tenant, id, at, of: kind, key: key.id, data });
}

/** Of the row, whatever the text in it says. */
function placeOf(
  { tenant, id, at, kind }:
    & Pick<LoggedRecord, "id" | "at" | "kind">
    & { readonly tenant: string },
): Place {
  return [tenant, "decision_log", kind, id, at];
}

async function openOutcome(
  keys: DataKeys,
  outcome: Appended,
  tenant: string,
): Promise<Appended> {
  if (outcome.kind !== "duplicate") return outcome;
  return { ...outcome, first: await openAnswer(keys, tenant, outcome.first) };
}

/** What cannot be opened stays sealed. */
async function openRecords(
  keys: DataKeys,
  tenant: string,
  ...[rows, unread = (row) => row]: [
    rows: readonly LoggedRecord[],
    unread?: (
      row: LoggedRecord,
      key: KeyObject | null | undefined,
    ) => LoggedRecord,
  ]
): Promise<readonly LoggedRecord[]> {
  const sealed = rows.map(({ record }) => parseSealed(record));
  const ids = new Set(sealed.flatMap((one) => one?.key ?? []));
  if (ids.size === 0) return rows;
  const opening = await keys.forOpening(tenant, [...ids]);
  return rows.map((row, number) => {
    const one = sealed[number];
    if (!one) return row;
    const key = opening.get(one.key);
    const opened = key ? openText(key, placeOf({ ...row, tenant }), one) : null;
    return opened === null ? unread(row, key) : { ...row, opened };
  });
}

/** A record whose key is gone was erased; any other that does not open was changed. */
function demandWhole(
  row: LoggedRecord,
  key: KeyObject | null | undefined,
): LoggedRecord {
  if (key === null) return row;
  throw new EngineError(
    "log_tampered",
    `Cannot open record "${row.id}": ${
      key === undefined
        ? "its key is not on record"
        : "it is not what was sealed"
    }; run verify-log`,
    { facts: { decision: row.id } },
  );
}
