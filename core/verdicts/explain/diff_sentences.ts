/**
 * What changes from one set of policies to another, in sentences: before → after.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import type {
  PolicyDocument,
  PolicyList,
  Switch,
  SwitchScope,
} from "../../domain/verdict.ts";
import type { Lists } from "../document/document.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { sayItems } from "./phrase.ts";
import { sayPolicy, type SpokenPolicy, type SpokenRule } from "./sentence.ts";
import { joinWords, sayValue } from "./spoken.ts";

/** What stands together: a policy set, or what is to become one. */
export type Policies = Pick<PolicySet, "documents" | "lists" | "switches">;

/**
 * Says what changes, policy by policy, then lists and kill switches.
 *
 * @param before Policies as they are.
 * @param after Policies as they would be.
 * @returns Nothing where the two say the same, whatever the order of the files.
 */
export function sayDifference(before: Policies, after: Policies): string[] {
  const policies = paired(before.documents, after.documents, (d) => d.policy);
  const lists = paired(before.lists, after.lists, (one) => one.list);
  const switches = paired(before.switches, after.switches, (one) => one.id);
  const [listsBefore, listsAfter] = [byName(before.lists), byName(after.lists)];
  return [
    ...policies.flatMap(([name, old, now]) => {
      if (!now) return [`policy ${name} is removed`];
      const said = sayPolicy(now, listsAfter);
      if (!old) return sayAdded(name, said);
      return sayPolicyChange(sayPolicy(old, listsBefore), said);
    }),
    ...lists.flatMap(([name, old, now]) => sayListChange(name, old, now)),
    ...switches.flatMap(([id, old, now]) => saySwitchChange(id, old, now)),
  ];
}

function byName(lists: readonly PolicyList[]): Lists {
  return new Map(lists.map((one) => [one.list, one]));
}

type Pair<T> = readonly [name: string, old: T | undefined, now: T | undefined];

function paired<T>(
  before: readonly T[],
  after: readonly T[],
  name: (one: T) => string,
): readonly Pair<T>[] {
  const [old, now] = [before, after].map((all) =>
    new Map(all.map((one) => [name(one), one]))
  );
  const names = [...new Set([...before, ...after].map(name))];
  return names.map((one) => [one, old?.get(one), now?.get(one)]);
}

function sayAdded(name: string, { scope, rules }: SpokenPolicy): string[] {
  return [
    `policy ${name} is added. ${scope}`,
    ...rules.map(({ id, sentence }) => `${name}/${id} is added: ${sentence}`),
  ];
}

/** Says what changes of one policy. */
function sayPolicyChange(old: SpokenPolicy, now: SpokenPolicy): string[] {
  const name = now.document.policy;
  const rules = paired(old.rules, now.rules, ({ id }) => id);
  return [
    ...sayHeadChange(old, now).map((change) => `${name}: ${change}`),
    ...rules.flatMap(([id, before, after]) => {
      const rule = `${name}/${id}`;
      if (!before) return [`${rule} is added: ${after?.sentence}`];
      if (!after) return [`${rule} is removed: ${before.sentence}`];
      return sayRuleChange(before, after).map((one) => `${rule}: ${one}`);
    }),
    ...sayOrderChange(old, now).map((change) => `${name}: ${change}`),
    ...sayCasesChange(old.document, now.document)
      .map((change) => `${name}: ${change}`),
  ];
}

function sayHeadChange(old: SpokenPolicy, now: SpokenPolicy): string[] {
  const [before, after] = [old.document, now.document];
  return [
    ...becomes("version", String(before.version), String(after.version)),
    ...becomes("owner", before.owner, after.owner),
    ...becomes("about", quote(before.about), quote(after.about)),
    ...becomes("", quote(old.scope), quote(now.scope)),
  ];
}

function becomes(what: string, before: string, after: string): string[] {
  const label = what === "" ? "" : `${what} `;
  return before === after ? [] : [`${label}${before} becomes ${after}`];
}

function quote(text: string): string {
  return `“${text}”`;
}

function sayRuleChange(old: SpokenRule, now: SpokenRule): string[] {
  const told = [
    ...sayPart("schedule", old.schedule, now.schedule),
    ...sayConditionsChange(old.conditions, now.conditions),
    ...becomes("", quote(old.effect), quote(now.effect)),
    ...sayPart("doubt", old.doubt ?? "", now.doubt ?? ""),
    ...becomes("reason", quote(old.reason), quote(now.reason)),
  ];
  const untold = told.length === 0 && old.text !== now.text;
  return untold ? ["is written otherwise, and reads the same"] : told;
}

function sayPart(what: string, before: string, after: string): string[] {
  if (before === after) return [];
  if (before === "") return [`${what} ${quote(after)} is added`];
  if (after === "") return [`${what} ${quote(before)} is removed`];
  return becomes(what, quote(before), quote(after));
}

/** Conditions that changed, in pairs where as many went as came. */
function sayConditionsChange(
  before: readonly string[],
  after: readonly string[],
): string[] {
  const gone = before.filter((one) => !after.includes(one));
  const come = after.filter((one) => !before.includes(one));
  if (gone.length === come.length) {
    return gone.flatMap((one, place) =>
      becomes("", quote(one), quote(come[place] ?? ""))
    );
  }
  return [
    ...gone.map((one) => `no longer asks that ${quote(one)}`),
    ...come.map((one) => `now asks that ${quote(one)}`),
  ];
}

/** Rules of one effect apply in the order of the file. */
function sayOrderChange(old: SpokenPolicy, now: SpokenPolicy): string[] {
  const [before, after] = [old, now].map(({ rules }) =>
    rules.map(({ id }) => id)
  );
  const kept = before?.filter((id) => after?.includes(id)) ?? [];
  const still = after?.filter((id) => kept.includes(id)) ?? [];
  return kept.join() === still.join()
    ? []
    : [`rules stand in the order ${still.join(", ")}`];
}

function sayCasesChange(
  { cases: before }: PolicyDocument,
  { cases: after }: PolicyDocument,
): string[] {
  const [old, now] = [before, after].map((cases) =>
    cases.map((one) => canonicalJson(one))
  );
  const gone = old?.filter((one) => !now?.includes(one)).length ?? 0;
  const come = now?.filter((one) => !old?.includes(one)).length ?? 0;
  return gone + come === 0
    ? []
    : [`cases: ${come} are new or changed, ${gone} are gone or changed`];
}

function sayListChange(
  name: string,
  old: PolicyList | undefined,
  now: PolicyList | undefined,
): string[] {
  const gone = old?.items.filter((item) => !now?.items.includes(item)) ?? [];
  const come = now?.items.filter((item) => !old?.items.includes(item)) ?? [];
  const [lost, gained] = [gone, come].map((items) =>
    joinWords(sayItems(items, null), "and")
  );
  if (!old) return [`list ${name} is added with ${gained}`];
  if (!now) return [`list ${name} is removed`];
  return [
    ...becomes("version", String(old.version), String(now.version)),
    ...becomes("owner", old.owner, now.owner),
    ...becomes("about", quote(old.about), quote(now.about)),
    ...come.length === 0 ? [] : [`gains ${gained}`],
    ...gone.length === 0 ? [] : [`loses ${lost}`],
  ].map((change) => `list ${name}: ${change}`);
}

function saySwitchChange(
  id: string,
  old: Switch | undefined,
  now: Switch | undefined,
): string[] {
  if (!old) return now ? [`switch ${id} is on: ${saySwitch(now)}`] : [];
  if (!now) return [`switch ${id} is off: it stopped ${sayStops(old.stops)}`];
  const changes = becomes("", quote(saySwitch(old)), quote(saySwitch(now)));
  return changes.map((change) => `switch ${id}: ${change}`);
}

function saySwitch({ stops, reason }: Switch): string {
  return `it stops ${sayStops(stops)}: ${reason}`;
}

function sayStops(stops: SwitchScope): string {
  const members = Object.entries(stops).map(([member, name]) =>
    `${member} ${sayValue(name, null)}`
  );
  return members.length === 0 ? "everything" : joinWords(members, "and");
}
