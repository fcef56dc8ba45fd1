/**
 * `moe verify-log`: the logs compared with their chains and with checkpoints, in the
 * database, or in an export without one.
 *
 * @module
 */
import {
  marksOf,
  type OpenedCheckpoints,
} from "../../decisions/log/checkpoints/marks.ts";
import type { LogVerification } from "../../decisions/log/verifying/verify.ts";
import {
  type ActsVerification,
  verifyActs,
} from "../../decisions/log/verifying/verify_acts.ts";
import { EngineError } from "../../domain/error.ts";
import type { ChainHead } from "../../ports/decisions.ts";
import { DEPLOYMENT, type LogOwner } from "../../ports/log.ts";
import type { Command, CommandScope, Options } from "../command.ts";
import { type Opened, withEngine } from "../open.ts";
import { tenantOption } from "../option.ts";
import { CHECKPOINTS, gatherCheckpoints } from "./gather_checkpoints.ts";
import { printGaps } from "./print_gaps.ts";
import { printActsFaults, printMarkFaults } from "./print_faults.ts";
import { verifyFile } from "./verify_file.ts";

/** Walks the hash chains. */
export const verifyLog: Command = {
  name: "verify-log",
  about:
    "find any changed, removed, reordered or rewritten record of decisions and of people's acts",
  operands: [],
  options: {
    tenant: "only this tenant; all unless given",
    expect:
      "SEQ:HASH that an earlier run printed and that was kept elsewhere; wants --tenant",
    file:
      "export (JSON lines) to verify in place of the database; by itself alone unless --checkpoints and --public-key are given",
    ...CHECKPOINTS,
  },
  run: (scope, _operands, options) =>
    typeof options.file === "string"
      ? verifyFile(scope, options.file, options)
      : withEngine(scope, (opened) => verifyDatabase(scope, opened, options)),
};

async function verifyDatabase(
  scope: CommandScope,
  opened: Opened,
  options: Options,
): Promise<number> {
  const { terminal } = scope;
  const expected = expectedOption(options);
  const checkpoints = await gatherCheckpoints(scope, opened, options);
  const owners = typeof options.tenant === "string"
    ? [tenantOption(options)]
    : await checkpoints.owners();
  if (owners.length === 0) terminal.line("the logs are empty");
  let sound = true;
  for (const owner of owners) {
    const found = await verifyOwner(scope, opened, {
      ...{ owner, checkpoints: await checkpoints.of(owner) },
    });
    sound &&= found;
  }
  if (expected === null) return sound ? 0 : 1;
  const kept = await holdsRecord(opened.stores, expected);
  terminal.line(
    kept
      ? `${expected.tenant}: record ${expected.seq} is the one expected`
      : `${expected.tenant}: record ${expected.seq} is NOT the one expected: the chain was rewritten or cut`,
  );
  return sound && kept ? 0 : 1;
}

/** Both logs of an owner; the deployment has acts alone. */
async function verifyOwner(
  { terminal }: CommandScope,
  { engine }: Opened,
  { owner, checkpoints }: {
    readonly owner: LogOwner;
    readonly checkpoints: OpenedCheckpoints;
  },
): Promise<boolean> {
  let sound = true;
  if (owner !== DEPLOYMENT) {
    const found = await engine.decisions.verify(owner, {
      marks: marksOf(checkpoints, "decisions"),
      report: terminal.progress,
    });
    sound = found.sound;
    printVerification(owner, found).forEach(terminal.line);
  }
  const { trusted } = checkpoints;
  const faults = owner === DEPLOYMENT ? checkpoints.faults : [];
  const marks = marksOf({ trusted, faults }, "acts");
  const acts = await verifyActs(engine.changes, owner, marks);
  printActs(owner, acts).forEach(terminal.line);
  return sound && acts.sound;
}

function printActs(owner: LogOwner, found: ActsVerification): string[] {
  const { sound, anchor, head, damages, faults, covered } = found;
  if (!sound) {
    return [
      `${owner}: ${head.seq} acts, ${damages.length} places are damaged, ${faults.length} checkpoints speak against it`,
      ...printActsFaults(found).map((line) => `  ${line}`),
    ];
  }
  return [
    `${owner}: ${head.seq} acts, the chain holds${printRetired(anchor)}${
      printCovered(covered)
    }, ends at ${head.seq}:${head.hash}`,
  ];
}

function printRetired(anchor: ChainHead | null): string {
  return anchor === null || anchor.seq === 0
    ? ""
    : `, records up to ${anchor.seq} were retired`;
}

function printCovered(covered: number): string {
  return covered === 0 ? ", no checkpoint" : `, signed up to ${covered}`;
}

function printVerification(
  tenant: string,
  { head, anchor, ...found }: LogVerification,
): string[] {
  const { sound, rows, damaged, damages, faults, covered } = found;
  const end = head === null ? "" : `, ends at ${head.seq}:${head.hash}`;
  const start = printRetired(anchor);
  const signed = printCovered(covered);
  return [
    sound
      ? `${tenant}: ${rows} records, the chain holds${start}${signed}${end}`
      : `${tenant}: ${rows} records, ${damaged} places are damaged, ${faults.length} checkpoints speak against it`,
    ...damages.map(({ seq, kind, detail }) => `  ${seq}  ${kind}  ${detail}`),
    ...printMarkFaults(faults).map((line) => `  ${line}`),
    ...printGaps(found.told),
  ];
}

interface Expected {
  readonly tenant: string;
  readonly seq: number;
  readonly hash: string;
}

/** A chain rewritten together with its head is sound; only a place kept elsewhere shows it. */
function expectedOption(options: Options): Expected | null {
  if (typeof options.expect !== "string") return null;
  const [, seq, hash] =
    /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(options.expect) ??
      [];
  if (seq === undefined || hash === undefined || options.tenant === undefined) {
    throw new EngineError(
      "request_invalid",
      "Cannot use --expect: give SEQ:HASH as verify-log prints it, and --tenant",
    );
  }
  return { tenant: tenantOption(options), seq: Number(seq), hash };
}

async function holdsRecord(
  { log }: Opened["stores"],
  { tenant, seq, hash }: Expected,
): Promise<boolean> {
  const [record] = await log.read(tenant, seq - 1, 1);
  return record?.seq === seq && record.hash === hash;
}
