/**
 * What stayed before the beginning of an export of acts: changes, which retention leaves
 * where they are. They follow from nothing any more; the record of retention, which is
 * part of the chain, covers them by a hash.
 *
 * @module
 */
import {
  type AuditAnchor,
  coverStayed,
  readAuditAnchor,
  UNRETIRED,
} from "../../../domain/audit_log.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import type { ChainHead } from "../../../ports/decisions.ts";
import { hashRecord, isOwnRow } from "../records/record.ts";
import type { Damage } from "../verifying/walk.ts";

/** A walk along what stayed. */
export interface StayedWalk {
  /** Takes a record: true if it stands before the beginning, and is one that stayed. */
  step(row: ChainRecord): boolean;
  /** How many there are. */
  readonly count: number;
  /** What is wrong with them, once all records were taken. */
  end(): readonly Damage[];
}

/**
 * Starts a walk.
 *
 * @param owner Whose acts.
 * @param about Whose acts, the record before the first of the export, and whether what
 * stayed should be there.
 */
export function startStayed(
  { owner, begins, isWanted }: {
    readonly owner: string;
    readonly begins: ChainHead;
    readonly isWanted: boolean;
  },
): StayedWalk {
  let told: AuditAnchor = UNRETIRED;
  let { stayed } = UNRETIRED;
  let [count, isBehind] = [0, false];
  const damages: Damage[] = [];
  const note = (kind: Damage["kind"], seq: number, detail: string) =>
    void damages.push({ kind, seq, count: 1, detail });
  return {
    step(row) {
      if (isBehind || row.seq > begins.seq || row.kind !== "change") {
        isBehind = true;
        const more = row.kind === "gap" ? readAuditAnchor([row]) : UNRETIRED;
        if (more.seq > told.seq) told = more;
        return false;
      }
      if (hashRecord(row) !== row.hash || !isOwnRow(row, owner)) {
        note("changed", row.seq, "the row is not what was logged");
      }
      stayed = coverStayed(stayed, row);
      count += 1;
      return true;
    },
    get count() {
      return count;
    },
    end() {
      const isTold = told.seq === begins.seq;
      if (isTold && told.hash !== begins.hash) {
        const detail = "retention tells of another record there";
        note("changed", begins.seq, detail);
      }
      const wants = isTold ? told.stayed : UNRETIRED.stayed;
      if (stayed !== wants && (isWanted || count > 0)) {
        const detail = "the changes before it are not those that stayed";
        note(count === 0 ? "removed" : "changed", begins.seq, detail);
      }
      return damages;
    },
  };
}
