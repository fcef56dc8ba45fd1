/**
 * `moe replay`, `moe explain`, `moe verify-log`: the decision log, read back.
 *
 * @module
 */
import type { LogVerification } from "../decisions/verify.ts";
import { EngineError } from "../domain/error.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { type Opened, TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

/** Takes a logged decision again and compares. */
export const replay: Command = {
  name: "replay",
  about: "take a logged decision again and compare, bit for bit",
  operands: [],
  options: { ...TENANT, "decision*": "its id" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const id = textOption(options, "decision", "");
      const tenant = tenantOption(options);
      const { same, replayed, differences } = await engine.decisions.replay(
        tenant,
        id,
      );
      scope.terminal.line(JSON.stringify(replayed.recommendation));
      scope.terminal.line(
        same
          ? `${id}: the same answer, bit for bit`
          : `${id}: the answer differs in ${differences.join(", ")}`,
      );
      return same ? 0 : 1;
    }),
};

/** Says why a decision was taken. */
export const explain: Command = {
  name: "explain",
  about: "say why a logged decision was taken",
  operands: [],
  options: { ...TENANT, "decision*": "its id" },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const explanation = await engine.decisions.explain(
        tenantOption(options),
        textOption(options, "decision", ""),
      );
      scope.terminal.line(JSON.stringify(explanation, null, 2));
      return 0;
    }),
};

/** Walks the hash chain. */
export const verifyLog: Command = {
  name: "verify-log",
  about: "walk the decision log and find any changed, removed or reordered row",
  operands: [],
  options: {
    tenant: "only this tenant; all unless given",
    expect:
      "SEQ:HASH that an earlier run printed and that was kept elsewhere; wants --tenant",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, stores }) => {
      const tenants = typeof options.tenant === "string"
        ? [tenantOption(options)]
        : await stores.log.tenants();
      if (tenants.length === 0) {
        scope.terminal.line("the log is empty: no tenant has decisions");
      }
      let sound = true;
      for (const tenant of tenants) {
        const found = await engine.decisions.verify(tenant);
        sound &&= found.sound;
        printVerification(tenant, found).forEach(scope.terminal.line);
      }
      const expected = expectedOption(options);
      if (expected === null) return sound ? 0 : 1;
      const kept = await holdsRecord(stores, expected);
      scope.terminal.line(
        kept
          ? `${expected.tenant}: record ${expected.seq} is the one expected`
          : `${expected.tenant}: record ${expected.seq} is NOT the one expected: the chain was rewritten or cut`,
      );
      return sound && kept ? 0 : 1;
    }),
};

function printVerification(
  tenant: string,
  { sound, rows, damaged, damages, head }: LogVerification,
): string[] {
  const end = head === null ? "" : `, ends at ${head.seq}:${head.hash}`;
  return [
    sound
      ? `${tenant}: ${rows} records, the chain holds${end}`
      : `${tenant}: ${rows} records, ${damaged} places are damaged`,
    ...damages.map(({ seq, kind, detail }) => `  ${seq}  ${kind}  ${detail}`),
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
