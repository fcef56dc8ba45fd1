/**
 * `moe audit`: what people and services did, and whether the log of it is as it was
 * written.
 *
 * @module
 */
import { isActEvent, isActsRetired } from "../../domain/act.ts";
import type { AuditEvent, AuditRecord } from "../../domain/audit_log.ts";
import { isDay } from "../../domain/day.ts";
import type { GovernanceStore, Scope } from "../../ports/governance.ts";
import { DEPLOYMENT } from "../../ports/log.ts";
import { marksOf } from "../../decisions/log/checkpoints/marks.ts";
import {
  type ActsVerification,
  verifyActs,
} from "../../decisions/log/verifying/verify_acts.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { CHECKPOINTS, gatherCheckpoints } from "../log/gather_checkpoints.ts";
import { printActsFaults } from "../log/print_faults.ts";
import { withEngine } from "../open.ts";
import { instantOption, wholeNumberOption } from "../option.ts";
import { printTable, type Terminal } from "../terminal.ts";
import { shortHash } from "./print_change.ts";
import { SCOPE, scopeOption } from "./scope_option.ts";

const AFTER = { otherwise: 0, least: 0, most: 999_999_999 };
const LIMIT = { otherwise: 100, least: 1, most: 10_000 };
/** Records that are read at once. */
const PAGE = 1000;

/** Reads the audit log. */
export const audit: Command = {
  name: "audit",
  about: "what people and services did, from the audit log",
  operands: [],
  options: {
    ...SCOPE,
    "verify!":
      "check that the log, and what is kept beside it, are as written and as checkpoints signed it",
    ...CHECKPOINTS,
    "json!": "one JSON line for each record, as it is hashed",
    by: "only what somebody of that name did",
    act: "only acts with this in their name, such as keys",
    about: "only what was done to this",
    since: "only what was done from this day or moment on, such as 2026-03-01",
    after: "number of the record after which to begin; 0 unless given",
    limit: "records at most; 100 unless given",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const whose = scopeOption(options);
      const { line } = scope.terminal;
      if (options.verify === true) {
        const gathered = await gatherCheckpoints(scope, opened, options);
        const owner = whose ?? DEPLOYMENT;
        const marks = marksOf(await gathered.of(owner), "acts");
        const found = await verifyActs(opened.engine.changes, owner, marks);
        return printVerdict(scope.terminal, found);
      }
      const { governance } = opened.stores;
      const records = await findRecords(governance, whose, options);
      if (options.json === true) {
        for (const { seq, prev, hash, record } of records) {
          line(JSON.stringify({ seq, prev, hash, record }));
        }
        return 0;
      }
      printTable(
        [
          { heading: "seq", numeric: true },
          ...["at", "about", "what", "to", "by", "active", "reason"]
            .map((heading) => ({ heading })),
        ],
        records.map(printRecord),
      ).forEach(line);
      return 0;
    }),
};

/** @returns 0 if all is as it was written, else 1. */
function printVerdict(
  { line, warn }: Terminal,
  found: ActsVerification,
): number {
  const { sound, covered, anchor, head: { seq, hash } } = found;
  printActsFaults(found).forEach(warn);
  line(`${seq} records, the last with hash ${hash}`);
  if (anchor.seq > 0) line(`acts up to ${anchor.seq} were retired`);
  line(
    covered === 0
      ? "no checkpoint signed any of it: it is proven in itself alone"
      : `signed up to ${covered}`,
  );
  line(sound ? "all as written" : "not as written");
  return sound ? 0 : 1;
}

/** Records that are asked for, the first of them first. */
async function findRecords(
  store: Pick<GovernanceStore, "records">,
  scope: Scope,
  options: Options,
): Promise<readonly AuditRecord[]> {
  const limit = wholeNumberOption(options, "limit", LIMIT);
  const asked = { ...options, since: sinceOption(options) };
  const found: AuditRecord[] = [];
  let after = wholeNumberOption(options, "after", AFTER);
  while (found.length < limit) {
    const page = await store.records(scope, { after, limit: PAGE });
    found.push(...page.filter(({ record }) => isAsked(record, asked)));
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  return found.slice(0, limit);
}

/** A day begins at midnight, UTC. */
function sinceOption(options: Options): string {
  const text = textOption(options, "since", "");
  if (text === "" || isDay(text)) return text;
  return instantOption(options, "since", "");
}

function isAsked(record: string, options: Options): boolean {
  const event: AuditEvent = JSON.parse(record);
  if (isActsRetired(event)) {
    return ["by", "about", "act"].every((name) => options[name] === undefined);
  }
  const about = isActEvent(event)
    ? [event.about]
    : [event.change, event.subject];
  const asked = (name: string) => textOption(options, name, "");
  return (asked("by") === "" || event.by === asked("by")) &&
    (asked("about") === "" || about.includes(asked("about"))) &&
    event.act.includes(asked("act")) && event.at >= asked("since");
}

function printRecord({ seq, record }: AuditRecord): string[] {
  const event: AuditEvent = JSON.parse(record);
  if (isActsRetired(event)) {
    const { at, upTo, count, detail = "" } = event;
    const left = `${count} acts up to ${upTo} left`;
    return [String(seq), at, left, "retention", "", "", "", detail];
  }
  const { at, by, act, reason } = event;
  if (isActEvent(event)) {
    const { about, end } = event;
    return [String(seq), at, about, act, end ?? "begins", by, "", reason];
  }
  const { change, subject, to, moved } = event;
  return [
    ...[String(seq), at, `${change} ${subject}`, act, to, by],
    moved === null ? "" : shortHash(moved.after),
    reason,
  ];
}
