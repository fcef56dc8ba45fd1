/**
 * Changes kept in memory, for tests: the store's promises in the fewest lines. It can let
 * another node come between the reading and the keeping of a step.
 *
 * @module
 */
import {
  AUDIT_START,
  type AuditRecord,
  chainEvents,
  readAuditAnchor,
} from "../domain/audit_log.ts";
import { sha256 } from "../domain/canonical.ts";
import type { ActivePointer, Change } from "../domain/change.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import type {
  ChangeFilter,
  ChangeStep,
  GovernanceStore,
} from "../ports/governance.ts";

/** A store with what a test wants to see or do. */
export interface MemoryStore extends GovernanceStore {
  readonly changes: Map<string, Change>;
  readonly texts: Map<string, string>;
  readonly log: AuditRecord[];
  readonly pointerLog: ActivePointer[];
  /** Every event, oldest first. */
  events(): ChangeEvent[];
  /** Done once, before the next step is kept. */
  between(work: () => Promise<unknown>): void;
}

/** Makes an empty store of one scope. */
export function createMemoryStore(): MemoryStore {
  const changes = new Map<string, Change>();
  const texts = new Map<string, string>();
  const log: AuditRecord[] = [];
  const pointerLog: ActivePointer[] = [];
  let coming: (() => Promise<unknown>) | null = null;
  const moves = (subject: string) =>
    pointerLog.filter((pointer) => pointer.subject === subject);
  const active = (subject: string): ActivePointer =>
    moves(subject).at(-1) ??
      { subject, seq: 0, content: null, change: null, trial: null };
  function keepStep({ changes: saved, pointer, events }: ChangeStep): boolean {
    const stale = saved.some(({ change, expected }) =>
      (changes.get(change.id)?.version ?? null) !== expected
    );
    if (stale) return false;
    if (pointer !== null && active(pointer.subject).seq + 1 !== pointer.seq) {
      return false;
    }
    for (const { change } of saved) changes.set(change.id, change);
    if (pointer !== null) pointerLog.push(pointer);
    log.push(...chainEvents(log.at(-1) ?? AUDIT_START, events));
    return true;
  }
  return {
    ...{ changes, texts, log, pointerLog },
    events: () => log.map(({ record }) => JSON.parse(record)),
    between: (work) => {
      coming = work;
    },
    find: (_, id) => Promise.resolve(changes.get(id) ?? null),
    list: (_, filter) =>
      Promise.resolve(
        [...changes.values()].filter((change) => isAsked(change, filter))
          .reverse().slice(0, filter.limit),
      ),
    scopes: () => Promise.resolve(changes.size === 0 ? [] : [null]),
    commit: async (_, step) => {
      const work = coming;
      coming = null;
      await work?.();
      return keepStep(step);
    },
    record: (_, acts) => {
      log.push(...chainEvents(log.at(-1) ?? AUDIT_START, acts));
      return Promise.resolve();
    },
    keep: (hash, text) => {
      if (!texts.has(hash) || sha256(text) === hash) texts.set(hash, text);
      return Promise.resolve();
    },
    load: (hash) => Promise.resolve(texts.get(hash) ?? null),
    findAltered: (hashes) =>
      Promise.resolve(
        hashes.filter((hash) => sha256(texts.get(hash) ?? "") !== hash)
          .toSorted(),
      ),
    active: (_, subject) => Promise.resolve(active(subject)),
    pointers: () =>
      Promise.resolve(
        [...new Set(pointerLog.map(({ subject }) => subject))].sort()
          .map(active),
      ),
    everyPointer: () =>
      Promise.resolve(
        [...new Set(pointerLog.map(({ subject }) => subject))].sort()
          .map((subject) => ({ scope: null, pointer: active(subject) })),
      ),
    moves: (_, subject) => Promise.resolve(moves(subject)),
    records: (_, { after, limit, change }) =>
      Promise.resolve(
        log.filter(({ seq, record }) =>
          seq > after &&
          (change === undefined || JSON.parse(record).change === change)
        ).slice(0, limit),
      ),
    head: () => Promise.resolve(log.at(-1) ?? AUDIT_START),
    anchor: () => Promise.resolve(readAuditAnchor(log)),
  };
}

function isAsked(
  { id, state, kind, subject, afterReview }: Change,
  filter: ChangeFilter,
): boolean {
  return (filter.states?.includes(state) ?? true) &&
    (filter.kind ?? kind) === kind &&
    (filter.subject ?? subject) === subject &&
    (filter.before === undefined || id < filter.before) &&
    (filter.reviewOpen === undefined || afterReview?.closedBy === null);
}
