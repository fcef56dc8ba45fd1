/**
 * Keys and a log in memory, for tests: what a database keeps, and what an attacker who
 * writes to it may touch.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import type { LoggedRecord } from "../domain/decision.ts";
import type { Instant } from "../domain/day.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  IdempotentAnswer,
  LogEntry,
} from "../ports/decisions.ts";
import { SealingKeyDestroyed } from "../ports/decisions.ts";
import type {
  DataKeyRecord,
  DataKeyStore,
  SubjectKeyRecord,
} from "../ports/encryption.ts";
import { parseMasterKeys } from "./master_key.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Keys whose records a test may touch. */
export interface MemoryKeys extends DataKeyStore {
  readonly records: Mutable<DataKeyRecord>[];
  /** Until when subjects are erased, by the hash that they are remembered under. */
  readonly erased: Map<string, Instant>;
  /** Statements so far. */
  asked: number;
  /** Thrown by every statement, if set. */
  failure: Error | null;
  /** What an erasure does to the key of a subject. */
  destroySubject(tenant: string, blind: string, at: Instant): void;
}

/** A clock that a test moves. */
export function createTestClock(start = "2026-01-31T09:00:00.000Z") {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms).toISOString(),
    advance: (byMs: number) => void (ms += byMs),
  };
}

/** A master key of one byte. */
export function masterOf(...bytes: readonly number[]) {
  const lines = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  return parseMasterKeys(lines.map((pair) => pair.repeat(32)).join("\n"), "");
}

/** Opens an empty store of keys. */
export function createMemoryKeys(): MemoryKeys {
  const wipe = (record: Mutable<DataKeyRecord>, at: Instant) => {
    record.wrapped = null;
    record.subject = null;
    record.destroyedAt = at;
  };
  const of = (tenant: string) =>
    keys.records.filter((one) => one.tenant === tenant);
  const living = (one: DataKeyRecord) => one.destroyedAt === null;
  function ask<T>(answer: () => T): Promise<T> {
    keys.asked++;
    if (keys.failure !== null) return Promise.reject(keys.failure);
    return Promise.resolve(structuredClone(answer()));
  }
  const keys: MemoryKeys = {
    records: [],
    erased: new Map(),
    asked: 0,
    failure: null,
    ofTenant: (tenant) =>
      ask(() => of(tenant).filter(({ version }) => version > 0)),
    add: (key) =>
      ask(() => {
        const { tenant, version } = key;
        const taken = of(tenant).some((one) => one.version === version);
        if (!taken) keys.records.push({ ...key });
      }),
    ofSubjects: (offered, at) =>
      ask(() => offered.map((key) => keepSubject(keys, key, at))),
    find: (tenant, ids) =>
      ask(() => of(tenant).filter(({ id }) => ids.includes(id))),
    living: () =>
      ask(() => keys.records.filter((one) => one.version > 0 && living(one))),
    rewrap: ({ tenant, id, wrapper }, again) =>
      ask(() => {
        const record = of(tenant).find((one) => one.id === id && living(one));
        if (record?.wrapper !== wrapper) return false;
        Object.assign(record, again);
        return true;
      }),
    destroy: (tenant, { at }) =>
      ask(() => {
        const gone = of(tenant).filter(living);
        for (const record of gone) wipe(record, at);
        return gone.length;
      }),
    list: () => ask(() => []),
    destroySubject(tenant, blind, at) {
      for (const one of of(tenant)) if (one.subject === blind) wipe(one, at);
    },
  };
  return keys;
}

function keepSubject(
  { records, erased }: MemoryKeys,
  { erasedHash, ...key }: Parameters<DataKeyStore["ofSubjects"]>[0][number],
  createdAt: Instant,
): SubjectKeyRecord | null {
  const { tenant, subject } = key;
  const known = records.find((one) =>
    one.tenant === tenant && one.subject === subject
  );
  const erasedAt = erased.get(erasedHash) ?? null;
  if (known?.wrapped) {
    const { id, wrapper, wrapped } = known;
    return { tenant, id, wrapper, wrapped, subject, erasedAt };
  }
  const wrapper = records.find((one) =>
    one.tenant === tenant && one.id === key.wrapper
  );
  if (!wrapper?.wrapped) return null;
  records.push({ ...key, version: 0, createdAt, destroyedAt: null });
  return { ...key, erasedAt };
}

/** Opens an empty log of all tenants, which takes nothing sealed under a key that is gone. */
export function createMemoryLog(keys: Pick<MemoryKeys, "records">) {
  const rows: (Mutable<LoggedRecord> & { readonly entry: LogEntry })[] = [];
  const answers = new Map<string, IdempotentAnswer>();
  const named = (tenant: string, { route, key }: IdempotentAnswer) =>
    JSON.stringify([tenant, route, key]);
  const of = (tenant: string) =>
    rows.filter(({ entry }) => entry.tenant === tenant);
  const isGone = ({ tenant, sealedBy }: LogEntry) =>
    keys.records.some((one) =>
      one.tenant === tenant && one.id === sealedBy && one.wrapped === null
    );
  const log: DecisionLog = {
    append: (entries) =>
      entries.some(isGone)
        ? Promise.reject(new SealingKeyDestroyed())
        : Promise.resolve(entries.map((entry) => {
          const { tenant, id, at, kind = "decision", record, idempotent } =
            entry;
          if (idempotent !== null) {
            const first = answers.get(named(tenant, idempotent));
            if (first) return { kind: "duplicate", first };
            answers.set(named(tenant, idempotent), idempotent);
          }
          const prev = of(tenant).at(-1)?.hash ?? "0".repeat(64);
          const seq = of(tenant).length + 1;
          const hash = sha256(`${prev}\n${seq}\n${record}`);
          rows.push({ seq, id, at, kind, prev, hash, record, entry });
          return { kind: "appended", seq, hash };
        })),
    find: (tenant, id) =>
      Promise.resolve(of(tenant).find((row) => row.id === id) ?? null),
    read: (tenant, after, limit) =>
      Promise.resolve(
        of(tenant).filter(({ seq }) => seq > after).slice(0, limit),
      ),
    search: (tenant, { entities }) =>
      Promise.resolve(
        of(tenant).filter(({ entry }) =>
          entry.entities?.some((entity) => entities.includes(entity))
        ),
      ),
    head: () => Promise.resolve(null),
    anchor: () => Promise.resolve(null),
    tenants: () => Promise.resolve([]),
  };
  const idempotency: IdempotencyStore = {
    find: (tenant, route, key) =>
      Promise.resolve(
        answers.get(JSON.stringify([tenant, route, key])) ?? null,
      ),
  };
  return { log, idempotency, rows, answers };
}
