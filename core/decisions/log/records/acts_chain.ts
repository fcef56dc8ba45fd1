/**
 * People's acts as a log like that of decisions, so that what is made for one serves both.
 *
 * @module
 */
import {
  type AuditRecord,
  readAuditHeader,
} from "../../../domain/audit_log.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import { readLogHeader } from "../../../domain/log_record.ts";
import type { RecordChain } from "../../../ports/decisions.ts";
import type { GovernanceStore, Scope } from "../../../ports/governance.ts";
import { DEPLOYMENT, type LogOwner } from "../../../ports/log.ts";

/** Where acts are kept, as far as their chain is read. */
export type ActsStore = Pick<GovernanceStore, "records" | "head" | "anchor">;

/** Reads acts as a log, by whose they are. */
export function chainOfActs(store: ActsStore): RecordChain {
  return {
    read: async (owner, after, limit) => {
      const asked = { after, limit };
      return (await store.records(scopeOf(owner), asked)).map(rowOf);
    },
    head: async (owner) => {
      const { seq, hash } = await store.head(scopeOf(owner));
      return seq === 0 ? null : { seq, hash };
    },
    anchor: async (owner) => {
      const { seq, hash } = await store.anchor(scopeOf(owner));
      return seq === 0 ? null : { seq, hash };
    },
  };
}

/** Whose acts they are, as governance names it. */
export function scopeOf(owner: LogOwner): Scope {
  return owner === DEPLOYMENT ? null : owner;
}

/** What says nothing of itself is no record any more; its hash tells. */
function rowOf({ seq, prev, hash, record }: AuditRecord): ChainRecord {
  const { id, at, kind } = readAuditHeader({ record }) ??
    readLogHeader(record) ?? { id: "", at: "", kind: "act" as const };
  return { seq, id, at, kind, prev, hash, record };
}
