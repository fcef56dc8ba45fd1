/**
 * A change as reviewers look at it: what was found out, what differs, decisions that
 * show it, and who has to agree.
 *
 * @module
 */
import type {
  Change,
  ChangeEvidence,
  EvidenceItem,
  Rollout,
} from "../../domain/change.ts";
import type { ChangeEvent } from "../../domain/change_event.ts";
import type { TrialMeasure } from "../../domain/model_trial.ts";
import { missingApproval, validApprovals } from "../../governance/approval.ts";
import { printTable } from "../terminal.ts";
import { signCode } from "./scope_option.ts";

/** Lines of a kind that are shown. */
const MOST_LINES = 10;
const HASH_DIGITS = 12;

/** Prints a change with all that was found out. */
export function printChange(change: Change): string[] {
  const { evidence } = change;
  return [
    ...printHead(change),
    ...evidence === null ? [] : printEvidence(evidence),
    ...printConsent(change),
  ];
}

/** Prints changes, one in a row. */
export function printChanges(changes: readonly Change[]): string[] {
  return printTable(
    ["change", "subject", "state", "since", "class", "by", "title"]
      .map((heading) => ({ heading })),
    changes.map((change) => [
      ...[change.id, change.subject, printState(change), change.since],
      ...[printClass(change.evidence), change.createdBy, change.title],
    ]),
  );
}

/** Prints what happened, one event in a row. */
export function printEvents(events: readonly ChangeEvent[]): string[] {
  return printTable(
    ["at", "what", "from", "to", "by", "groups", "content", "reason"]
      .map((heading) => ({ heading })),
    events.map((event) => [
      ...[event.at, event.act, event.from ?? "", event.to],
      event.human ? event.by : `${event.by} (service)`,
      ...[event.groups.join(","), shortHash(event.content), event.reason],
    ]),
  );
}

/** Short form of a hash, enough to tell contents apart. */
export function shortHash(hash: string | null): string {
  return hash?.slice(0, HASH_DIGITS) ?? "nothing";
}

function printHead(change: Change): string[] {
  const facts: readonly (readonly [string, string])[] = [
    ["change", change.id],
    ["subject", `${change.subject} of ${change.tenant ?? "the deployment"}`],
    ["title", change.title],
    ["reason", change.reason],
    ["state", `${printState(change)} since ${change.since}`],
    ["written by", change.contributors.join(", ")],
    ["content", `${change.content}, in place of ${shortHash(change.base)}`],
    ["class", printClass(change.evidence)],
    ["rollout", printRollout(change.rollout)],
  ];
  return facts.map(([name, told]) => `${name.padEnd(12)} ${told}`.trimEnd());
}

function printState({ state }: Change): string {
  return state.replaceAll("_", " ");
}

function printClass(evidence: ChangeEvidence | null): string {
  if (evidence === null) return "";
  return evidence.proven
    ? evidence.class
    : `${evidence.class}, not proven: reviewed as mixed`;
}

function printRollout(rollout: Rollout): string {
  const { startAt, shadowHours, canaryPermille, canaryHours, expiresAt } =
    rollout;
  const { measure } = rollout;
  const parts = [
    ...startAt === null ? [] : [`from ${startAt}`],
    ...shadowHours > 0 ? [`${shadowHours} h in shadow`] : [],
    ...canaryHours > 0
      ? [`${canaryHours} h for ${canaryPermille} in a thousand`]
      : [],
    ...measure === undefined ? [] : [printMeasure(measure)],
    ...expiresAt === null ? [] : [`not after ${expiresAt}`],
  ];
  return parts.length === 0 ? "at once" : parts.join(", ");
}

function printMeasure(
  { outcome, windowHours, promote }: TrialMeasure,
): string {
  const then = promote ? "goes on" : "waits for somebody";
  return `and ${then} if it brings more ${outcome} within ${windowHours} h`;
}

function printEvidence({ items, problems }: ChangeEvidence): string[] {
  const rows = items.map(({ name, passed, summary }) =>
    `${passed ? "passed" : "failed"}  ${name.padEnd(8)}  ${summary}`
  );
  return [
    ...problems.length === 0 ? [] : ["", ...problems.map((one) => `! ${one}`)],
    ...items.length === 0 ? [] : ["", ...rows],
    ...printDetails(items),
  ];
}

/** What the checks of policies keep; other kinds keep less. */
interface Reports {
  readonly meaning: {
    readonly sentences: readonly string[];
    readonly counterexamples: readonly {
      readonly direction: string;
      readonly sentence: string;
    }[];
  };
  readonly mutation: { readonly survivors: readonly string[] };
}

function printDetails(items: readonly EvidenceItem[]): string[] {
  function reportOf<Name extends keyof Reports>(
    name: Name,
  ): Partial<Reports[Name]> {
    const found = items.find((item) => item.name === name);
    return (found?.report ?? {}) as Partial<Reports[Name]>;
  }
  const { sentences = [], counterexamples = [] } = reportOf("meaning");
  const { survivors = [] } = reportOf("mutation");
  return [
    ...printSome("what changes", sentences),
    ...printSome(
      "for example",
      counterexamples.map((one) => `${one.direction}: ${one.sentence}`),
    ),
    ...printSome("mistakes that no case notices", survivors),
  ];
}

function printSome(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - MOST_LINES;
  return [
    "",
    `${heading}:`,
    ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`),
    ...more > 0 ? [`  and ${more} more`] : [],
  ];
}

function printConsent(change: Change): string[] {
  const { quorum } = change;
  if (quorum === null) return [];
  const { approvals, groups } = quorum;
  const people = approvals === 1 ? "1 person" : `${approvals} people`;
  const agreed = validApprovals(change).map(({ by, groups }) =>
    groups.length === 0 ? by : `${by} (${groups.join(", ")})`
  );
  const code = signCode(change);
  return [
    "",
    `${people} must agree${
      groups.length === 0 ? "" : `, among them ${groups.join(" and ")}`
    }; ${agreed.length === 0 ? "nobody has" : `${agreed.join(", ")} did`}`,
    ...change.state === "in_review"
      ? [missingApproval(change) ?? "", `an approval signs ${code}`]
      : [],
  ];
}
