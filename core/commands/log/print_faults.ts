/**
 * What speaks against a log, printed.
 *
 * @module
 */
import type { MarkFault } from "../../decisions/log/checkpoints/marks.ts";
import type { ActsVerification } from "../../decisions/log/verifying/verify_acts.ts";

/** Damages and faults that are printed. */
const MOST = 100;

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
