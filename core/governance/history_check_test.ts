/**
 * A naive reader of histories: it takes the events alone, and what is true of people and
 * contents, and tells which of the promises A1 to A12 were broken. It shares no code with
 * the workflow.
 *
 * - A1 an approval holds for the content, base, evidence and round that it signed
 * - A2 one function puts anything into force
 * - A3 no author and no service approves; a quorum never shrinks
 * - A4 what is put into force was compared with what was in force
 * - A5 nothing is reviewed without sound evidence of exactly it
 * - A6 who has to agree follows from what the change does
 * - A7 a switch that one person turns on only tightens, and does not turn off by itself
 * - A8 a rollback is of what was in force, is checked, and is looked at afterwards
 * - A9 every move is on record
 * - A10 refusals have reasons and are final
 * - A11 lists are content like everything else
 * - A12 a canary that is measured goes on when it was found better
 *
 * @module
 */
import { findAuditDamage } from "../domain/audit_log.ts";
import { sha256 } from "../domain/canonical.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import type { History } from "./history_walk_test.ts";
import { measureViolations } from "./measured_check_test.ts";
import {
  ACTORS,
  differsByList,
  isUnderstood,
  trueClass,
  trueGroups,
} from "./history_world_test.ts";

const VOIDING = ["propose", "edit", "rebase", "check", "submit", "recall"];
const REASONED = [
  ...["reject", "return", "adopt", "restore", "engage", "breach", "judge"],
];
const FINAL = ["rejected", "withdrawn", "expired"];
const INTO_FORCE = ["activate", "adopt", "restore", "engage"];

/** A broken promise: its name first. */
export type Violation = string;

/** Tells what was broken. */
export function findViolations(history: History): Violation[] {
  const events = history.store.events();
  return [
    ...recordViolations(history, events),
    ...pointerViolations(history, events),
    ...events.flatMap((event, place) => {
      const before = events.slice(0, place);
      const own = before.filter(({ change }) => change === event.change);
      return [
        ...ownViolations(event, own),
        ...evidenceViolations(history, event, own),
        ...consentViolations(history, event, own),
        ...switchViolations(history, event),
        ...rollbackViolations(history, event, before),
      ];
    }),
    ...lapseViolations(history, events),
    ...measureViolations(history, events),
  ];
}

/** What stands is what the log tells. */
function recordViolations(
  { store }: History,
  events: readonly ChangeEvent[],
): Violation[] {
  const found = findAuditDamage(store.log).map(({ kind }) => `A9 log ${kind}`);
  for (const change of store.changes.values()) {
    const own = events.filter((event) => event.change === change.id);
    const last = own.at(-1);
    if (own.length !== change.version || last?.to !== change.state) {
      found.push(`A9 ${change.id} moved without a record`);
    }
  }
  const moved = events.flatMap(({ subject, moved }) =>
    moved ? [`${subject} ${moved.seq} ${moved.after} ${moved.trial}`] : []
  );
  const kept = store.pointerLog.map(({ subject, seq, content, trial }) =>
    `${subject} ${seq} ${content} ${trial?.content ?? null}`
  );
  if (`${moved}` !== `${kept}`) found.push("A9 a pointer moved unrecorded");
  return found;
}

/** What is in force follows from what was, and is what was written. */
function pointerViolations(
  { store, written }: History,
  events: readonly ChangeEvent[],
): Violation[] {
  const found: Violation[] = [];
  const active = new Map<string, string | null>();
  for (const { act, to, from, subject, moved, content, base } of events) {
    const entered = to === "active" && from !== "active";
    if (entered && moved?.after !== content) {
      found.push(`A2 ${act} is active without the pointer`);
    }
    if (moved === null) continue;
    const before = active.get(subject) ?? null;
    if (moved.before !== before) found.push("A4 not what was in force");
    if (moved.after !== before && !INTO_FORCE.includes(act)) {
      found.push(`A2 ${act} put something into force`);
    }
    const compared = act === "activate" || act === "engage";
    if (compared && base !== before) found.push("A4 compared with another");
    if (act === "adopt" && before !== null) found.push("A2 adopted over");
    active.set(subject, moved.after);
    for (const hash of [moved.after, moved.trial]) {
      if (hash === null) continue;
      const text = store.texts.get(hash);
      if (text !== written.get(hash) || sha256(text ?? "") !== hash) {
        found.push("A11 what runs is not what was agreed");
      }
    }
  }
  return found;
}

/** Each event follows from the one before. */
function ownViolations(
  event: ChangeEvent,
  own: readonly ChangeEvent[],
): Violation[] {
  const found: Violation[] = [];
  const last = own.at(-1);
  const engaged = own.find(({ act }) => act === "engage");
  if (event.act === "confirm" && event.by === engaged?.by) {
    found.push("A7 confirmed by who turned it on");
  }
  if (event.version !== own.length + 1 || event.from !== (last?.to ?? null)) {
    found.push(`A9 ${event.act} does not follow`);
  }
  if (last !== undefined && event.at < last.at) found.push("A9 back in time");
  if (last !== undefined && FINAL.includes(last.to)) {
    found.push(`A10 ${event.act} after ${last.to}`);
  }
  if (REASONED.includes(event.act) && event.reason.trim() === "") {
    found.push(`A10 ${event.act} without a reason`);
  }
  const wanted = last?.quorum;
  const grown = !wanted || (event.quorum !== null &&
    event.quorum.approvals >= wanted.approvals &&
    wanted.groups.every((group) => event.quorum?.groups.includes(group)));
  return grown ? found : [...found, "A3 the quorum shrank"];
}

function evidenceViolations(
  { world }: History,
  event: ChangeEvent,
  own: readonly ChangeEvent[],
): Violation[] {
  const enters = ["activate", "adopt", "engage"].includes(event.act) &&
    event.moved !== null;
  if (event.act !== "submit" && !enters) return [];
  const gathered = world.gathered.get(event.evidence ?? "");
  const sound = gathered?.sound === true &&
    gathered.content === event.content && gathered.base === event.base;
  const checked = own.some(({ act, evidence }) =>
    act === "check" && evidence === event.evidence
  );
  return sound && checked ? [] : [`A5 ${event.act} without evidence`];
}

/** Everybody who has to agree with what is put on trial or into force did. */
function consentViolations(
  history: History,
  event: ChangeEvent,
  own: readonly ChangeEvent[],
): Violation[] {
  if (event.act === "approve") return approvalViolations(event, own);
  if (event.act !== "activate" || event.moved === null) return [];
  const { written } = history;
  const text = written.get(event.content) ?? "";
  const base = event.base === null ? null : written.get(event.base) ?? "";
  const since = own.findLastIndex(({ act }) => VOIDING.includes(act));
  const signed = own.slice(since + 1).filter(({ act }) => act === "approve");
  const ever = own.filter(({ act }) => act === "approve");
  const tag = differsByList(base, text) ? "A11" : "A6";
  const relaxed = ["relaxing", "mixed"].includes(trueClass(base, text));
  const wanted = {
    people: relaxed ? 2 : 1,
    groups: trueGroups(base, text),
  };
  if (agree(signed, wanted)) return [];
  return agree(ever, wanted)
    ? ["A1 approvals of something else"]
    : [`${tag} too few agreed`];
}

function agree(
  approvals: readonly ChangeEvent[],
  { people, groups }: {
    readonly people: number;
    readonly groups: readonly string[];
  },
): boolean {
  const names = new Set(approvals.map(({ by }) => by));
  const spoken = ACTORS.filter(({ name }) => names.has(name))
    .flatMap((actor) => actor.groups);
  return names.size >= people &&
    groups.every((group) => spoken.includes(group));
}

function approvalViolations(
  event: ChangeEvent,
  own: readonly ChangeEvent[],
): Violation[] {
  const found: Violation[] = [];
  if (!isPerson(event.by)) found.push("A3 a service approved");
  const wrote = own.some(({ act, by }) =>
    ["propose", "edit", "rebase"].includes(act) && by === event.by
  );
  if (wrote) found.push("A3 an author approved");
  const last = own.at(-1);
  const signs = event.findings as Record<string, unknown>;
  const same = signs.content === last?.content && signs.base === last?.base &&
    signs.evidence === last?.evidence && signs.cycle === last?.cycle;
  return same ? found : [...found, "A1 signed something else"];
}

function switchViolations(
  { written }: History,
  { act, kind, moved, by }: ChangeEvent,
): Violation[] {
  if (kind !== "switch" || moved === null) return [];
  if (act === "activate" || moved.after === null) {
    return moved.after === null && moved.before !== null ? ["A7 vanished"] : [];
  }
  if (act === "breach") return [];
  if (act !== "engage") return [`A7 ${act} moved a switch`];
  const before = written.get(moved.before ?? "") ?? null;
  const change = trueClass(before, written.get(moved.after) ?? "null");
  return [
    ...isPerson(by) ? [] : ["A7 a service turned a switch on"],
    ...change === "tightening" ? [] : [`A7 a switch was ${change}`],
  ];
}

function rollbackViolations(
  { world, written }: History,
  { act, kind, subject, content, moved, by, at, change }: ChangeEvent,
  before: readonly ChangeEvent[],
): Violation[] {
  const moves = before.filter((event) => event.subject === subject);
  const restored = moves.filter((event) => event.act === "restore");
  const open = restored.filter((event) =>
    !moves.some((later) =>
      later.act === "acknowledge" && later.change === event.change
    )
  );
  if (act === "activate" && moved !== null && open.length > 0) {
    return ["A8 went on before the rollback was looked at"];
  }
  const understood = isUnderstood(world, written.get(content) ?? "", at);
  if (act === "activate" && kind === "policies" && moved !== null) {
    return understood ? [] : ["A8 it is not understood today"];
  }
  if (act === "acknowledge") {
    const opened = restored.find((event) => event.change === change);
    return opened === undefined || opened.by === by || !isPerson(by)
      ? ["A8 looked at by the wrong one"]
      : [];
  }
  if (act !== "restore") return [];
  const was = moves.some((event) => event.moved?.after === content);
  return [
    ...isPerson(by) ? [] : ["A8 a service rolled back"],
    ...was ? [] : ["A8 it was never in force"],
    ...understood ? [] : ["A8 it is not understood today"],
  ];
}

/** A switch that one person turned on is confirmed or asked about after a day. */
function lapseViolations(
  { store }: History,
  events: readonly ChangeEvent[],
): Violation[] {
  const turned = events.filter(({ act }) => act === "engage");
  return turned.filter(({ change }) =>
    store.changes.get(change)?.state === "active" &&
    !events.some((event) =>
      event.change === change && ["confirm", "lapse"].includes(event.act)
    )
  ).map(() => "A7 nobody was asked to confirm");
}

function isPerson(name: string): boolean {
  return ACTORS.some((actor) => actor.name === name && actor.human);
}
