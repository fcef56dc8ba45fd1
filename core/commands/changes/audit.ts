/**
 * `moe audit`: the log of all changes, and whether it is as it was written.
 *
 * @module
 */
import type { AuditDamage, AuditRecord } from "../../domain/audit_log.ts";
import type { ChangeEvent } from "../../domain/change_event.ts";
import type { Command } from "../command.ts";
import { withEngine } from "../open.ts";
import { wholeNumberOption } from "../option.ts";
import { printTable } from "../terminal.ts";
import { shortHash } from "./print_change.ts";
import { SCOPE, scopeOption } from "./scope_option.ts";

const AFTER = { otherwise: 0, least: 0, most: 999_999_999 };
const LIMIT = { otherwise: 100, least: 1, most: 10_000 };

/** Reads the audit log. */
export const audit: Command = {
  name: "audit",
  about: "what happened to all changes, from the audit log",
  operands: [],
  options: {
    ...SCOPE,
    "verify!": "check that the log, and what is kept beside it, are as written",
    after: "number of the record after which to begin; 0 unless given",
    limit: "records at most; 100 unless given",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine: { changes }, stores }) => {
      const whose = scopeOption(options);
      const { line, warn } = scope.terminal;
      if (options.verify === true) {
        const { seq, hash } = await stores.governance.head(whose);
        const damages = await changes.verify(whose);
        damages.map(printDamage).forEach(warn);
        line(`${seq} records, the last with hash ${hash}`);
        line(damages.length === 0 ? "all as written" : "not as written");
        return damages.length === 0 ? 0 : 1;
      }
      const records = await stores.governance.records(whose, {
        after: wholeNumberOption(options, "after", AFTER),
        limit: wholeNumberOption(options, "limit", LIMIT),
      });
      printTable(
        [
          { heading: "seq", numeric: true },
          ...["at", "change", "subject", "what", "to", "by", "active", "reason"]
            .map((heading) => ({ heading })),
        ],
        records.map(printRecord),
      ).forEach(line);
      return 0;
    }),
};

function printRecord({ seq, record }: AuditRecord): string[] {
  const event: ChangeEvent = JSON.parse(record);
  const { at, change, subject, act, to, by, moved, reason } = event;
  return [
    ...[String(seq), at, change, subject, act, to, by],
    moved === null ? "" : shortHash(moved.after),
    reason,
  ];
}

function printDamage({ seq, kind, about }: AuditDamage): string {
  const what = about === null ? "record" : `${about},`;
  return `${what} ${seq} was ${kind}`;
}
