/**
 * Acts in memory, for tests: they really chain, leave as they do in a database, and a
 * test may touch them.
 *
 * @module
 */
import { actEvent } from "../../../domain/act.ts";
import {
  AUDIT_START,
  type AuditEvent,
  type AuditRecord,
  chainEvents,
  readAuditAnchor,
  readChangeEvent,
} from "../../../domain/audit_log.ts";
import type { ChangeEvent } from "../../../domain/change_event.ts";
import type { GovernanceStore } from "../../../ports/governance.ts";
import type { LogRetention } from "../../../ports/log.ts";

/** Acts of one owner that a test may touch. */
export interface MemoryActs
  extends Pick<GovernanceStore, "record" | "records" | "head" | "anchor"> {
  readonly rows: AuditRecord[];
  /** Appends. */
  add(events: readonly AuditEvent[]): void;
  readonly retireActs: LogRetention["retireActs"];
}

/** Makes an empty log. */
export function createMemoryActs(): MemoryActs {
  const rows: AuditRecord[] = [];
  const add = (events: readonly AuditEvent[]) =>
    void rows.push(...chainEvents(rows.at(-1) ?? AUDIT_START, events));
  return {
    ...{ rows, add },
    record: (_scope, acts) => Promise.resolve(add(acts)),
    records: (_scope, { after, limit }) =>
      Promise.resolve(rows.filter(({ seq }) => seq > after).slice(0, limit)),
    head: () => Promise.resolve(rows.at(-1) ?? AUDIT_START),
    anchor: () => Promise.resolve(readAuditAnchor(rows)),
    retireActs: (_owner, upTo, limit) => {
      const gone = rows.filter((row) =>
        row.seq <= upTo && readChangeEvent(row) === null
      ).slice(0, limit);
      for (const row of gone) rows.splice(rows.indexOf(row), 1);
      return Promise.resolve(gone.length);
    },
  };
}

/** An act by its number. */
export function actOf(number: number, at: string): AuditEvent {
  const named = { by: "ann", human: true, key: null, reason: "" };
  const request = `req_${number}`;
  return actEvent({ act: "moe keys", about: "", ...named, request }, at, null);
}

/** What happened to a change, as far as the log looks at it. */
export function changeOf(number: number, at: string): AuditEvent {
  const change = `chg_${number}`;
  return { change, subject: "policies", at, act: "edit" } as ChangeEvent;
}
