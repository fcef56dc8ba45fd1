/**
 * People's acts compared with their chain, with what is kept beside it, and with
 * checkpoints.
 *
 * @module
 */
import { GENESIS } from "../../decisions/log/checkpoints/checkpoint.ts";
import {
  compareMarks,
  coveredBy,
  type MarkFault,
  type Marks,
} from "../../decisions/log/checkpoints/marks.ts";
import type { AuditDamage, AuditHead } from "../../domain/audit_log.ts";
import type { Changes } from "../../governance/changes.ts";
import { DEPLOYMENT, type LogOwner } from "../../ports/log.ts";

/** What verifying acts found. */
export interface ActsVerification {
  /** True if nothing is wrong, and no checkpoint speaks against it. */
  readonly sound: boolean;
  /** The last record. */
  readonly head: AuditHead;
  readonly damages: readonly AuditDamage[];
  /** What is wrong with checkpoints, or by them. */
  readonly faults: readonly MarkFault[];
  /** Records up to the last checkpoint that can be trusted; 0 without one. */
  readonly covered: number;
}

/** Damages and faults that are printed. */
const MOST = 100;

/**
 * Verifies the acts of an owner.
 *
 * @param marks What checkpoints say of them.
 */
export async function verifyActs(
  changes: Pick<Changes, "verify">,
  owner: LogOwner,
  marks: Marks,
): Promise<ActsVerification> {
  const found = new Map<number, string>();
  let head: AuditHead = GENESIS;
  const scope = owner === DEPLOYMENT ? null : owner;
  const damages = await changes.verify(scope, ({ seq, hash }) => {
    head = { seq, hash };
    if (marks.hashes.has(seq)) found.set(seq, hash);
  });
  const ends = { anchor: GENESIS, last: head };
  const faults = [...marks.faults, ...compareMarks(marks, found, ends)];
  const sound = damages.length === 0 && faults.length === 0;
  return { sound, head, damages, faults, covered: coveredBy(marks) };
}

/** Prints what is wrong, a line each. */
export function printActsFaults(
  { damages, faults }: Pick<ActsVerification, "damages" | "faults">,
): string[] {
  return [
    ...damages.slice(0, MOST).map(({ seq, kind, about }) =>
      `${about === null ? "record" : `${about},`} ${seq} was ${kind}`
    ),
    ...printMarkFaults(faults),
  ];
}

/** Prints what speaks against a log by its checkpoints, a line each. */
export function printMarkFaults(faults: readonly MarkFault[]): string[] {
  return faults.slice(0, MOST)
    .map(({ kind, detail }) => `checkpoint  ${kind}  ${detail}`);
}
