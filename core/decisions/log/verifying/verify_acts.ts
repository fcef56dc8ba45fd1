/**
 * People's acts compared with their chain, with what is kept beside it, and with
 * checkpoints.
 *
 * @module
 */
import type {
  AuditAnchor,
  AuditDamage,
  AuditHead,
  AuditRecord,
} from "../../../domain/audit_log.ts";
import type { Scope } from "../../../ports/governance.ts";
import type { LogOwner } from "../../../ports/log.ts";
import { GENESIS } from "../checkpoints/checkpoint.ts";
import {
  compareMarks,
  coveredBy,
  type MarkFault,
  type Marks,
} from "../checkpoints/marks.ts";
import { scopeOf } from "../records/acts_chain.ts";

/** What is asked of whoever keeps acts. */
export interface KeptActs {
  /** Where they, and what is kept beside them, are not as written. */
  verify(
    scope: Scope,
    visit: (record: AuditRecord) => void,
  ): Promise<readonly AuditDamage[]>;
  /** From where they go on. */
  anchor(scope: Scope): Promise<AuditAnchor>;
}

/** What verifying acts found. */
export interface ActsVerification {
  /** True if nothing is wrong, and no checkpoint speaks against it. */
  readonly sound: boolean;
  /** The last that was retired; the log goes on from it. */
  readonly anchor: AuditHead;
  /** The last record. */
  readonly head: AuditHead;
  readonly damages: readonly AuditDamage[];
  /** What is wrong with checkpoints, or by them. */
  readonly faults: readonly MarkFault[];
  /** Records up to the last checkpoint that can be trusted; 0 without one. */
  readonly covered: number;
}

/**
 * Verifies the acts of an owner.
 *
 * @param marks What checkpoints say of them.
 */
export async function verifyActs(
  kept: KeptActs,
  owner: LogOwner,
  marks: Marks,
): Promise<ActsVerification> {
  const found = new Map<number, string>();
  let head: AuditHead = GENESIS;
  const scope = scopeOf(owner);
  const damages = await kept.verify(scope, ({ seq, hash }) => {
    head = { seq, hash };
    if (marks.hashes.has(seq)) found.set(seq, hash);
  });
  const { seq, hash } = await kept.anchor(scope);
  const anchor = { seq, hash };
  const ends = { anchor, last: head };
  const faults = [...marks.faults, ...compareMarks(marks, found, ends)];
  const sound = damages.length === 0 && faults.length === 0;
  return { sound, anchor, head, damages, faults, covered: coveredBy(marks) };
}
