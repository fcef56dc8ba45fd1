/**
 * Policies as plain English, from the same expressions that are judged.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import type {
  DecisionKind,
  PolicyDocument,
  PolicyList,
} from "../../domain/verdict.ts";
import {
  type CheckedRule,
  checkRules,
  type Lists,
  NO_LISTS,
} from "../document/document.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { isAlwaysGiven } from "../document/vet.ts";
import { onMissingOf } from "../judge/stage.ts";
import { children, type Expression } from "../language/expression.ts";
import { findUnguarded, givenWhere } from "../language/guards.ts";
import {
  sayEffect,
  sayGroup,
  sayKinds,
  sayPlural,
  saySchedule,
} from "./effect_words.ts";
import { conjunctsOf, sayAll, sayCondition, sayItems } from "./phrase.ts";
import { joinWords, sayValue } from "./spoken.ts";

/** A rule in words, part by part. */
export interface SpokenRule {
  readonly id: string;
  /** `policy@version/rule`. */
  readonly rule: string;
  /** All of it as one sentence, and a second one where it can be in doubt. */
  readonly sentence: string;
  /** When it speaks, such as `between 21:00 and 08:00`; empty if at any time. */
  readonly schedule: string;
  /** What must hold, each part in words; empty if nothing is asked. */
  readonly conditions: readonly string[];
  /** What follows, such as `an action is refused`. */
  readonly effect: string;
  /** What happens where a fact is unknown; null if that cannot be. */
  readonly doubt: string | null;
  readonly reason: string;
  /** The rule as it is written, in canonical JSON. */
  readonly text: string;
}

/** A policy in words. */
export interface SpokenPolicy {
  readonly document: PolicyDocument;
  /** Of what it speaks, and where. */
  readonly scope: string;
  readonly rules: readonly SpokenRule[];
  /** Shared lists that it names. */
  readonly lists: readonly SpokenList[];
}

/** A shared list in words. */
export interface SpokenList {
  readonly list: string;
  readonly about: string;
  readonly count: number;
  /** Its first items, and how many more there are. */
  readonly items: string;
}

/** Says the policies of a set that concern a tenant, by name. */
export function saySet(
  { documents, lists }: Pick<PolicySet, "documents" | "lists">,
  tenant: string,
): readonly SpokenPolicy[] {
  const byName = new Map(lists.map((one) => [one.list, one]));
  return documents.filter(({ appliesTo }) =>
    appliesTo?.tenants?.includes(tenant) ?? true
  ).map((document) => sayPolicy(document, byName));
}

/**
 * Says a policy.
 *
 * @param document A checked policy.
 * @param lists Shared lists that it may name.
 */
export function sayPolicy(
  document: PolicyDocument,
  lists: Lists = NO_LISTS,
): SpokenPolicy {
  const checked = checkRules(`${document.policy}.json`, document, lists);
  return {
    document,
    scope: sayScope(document),
    rules: checked.map((rule) => sayRule(document, rule)),
    lists: listsOf(checked).flatMap((name) => {
      const list = lists.get(name);
      return list ? [sayList(list)] : [];
    }),
  };
}

function sayScope({ on, appliesTo }: PolicyDocument): string {
  const { tenants, channels } = appliesTo ?? {};
  const where = [
    ...tenants ? [`of ${countWord("tenant", tenants)}`] : [],
    ...channels
      ? [`on ${countWord("channel", channels)}, or on one that is not known`]
      : [],
  ];
  return [`Speaks of ${sayPlural(on)}`, ...where].join(" ") + ".";
}

function countWord(word: string, names: readonly string[]): string {
  const said = names.map((name) => sayValue(name, null));
  return `the ${word}${said.length === 1 ? "" : "s"} ${joinWords(said, "and")}`;
}

function sayList({ list, about, items }: PolicyList): SpokenList {
  return {
    list,
    about,
    count: items.length,
    items: joinWords(sayItems(items, null), "and"),
  };
}

/** Says one rule of a policy. */
export function sayRule(
  document: PolicyDocument,
  checked: CheckedRule,
): SpokenRule {
  const { rule } = checked;
  const asked = askedOf(checked);
  const { subject, rest } = splitSubject(document.on, asked);
  const schedule = rule.during ? saySchedule(rule.during) : "";
  const deed = sayEffect(checked, document.on);
  const whole = rule.over ? sayGroup(rule.over) : null;
  const doubt = sayDoubt(document, checked);
  const lead = [
    ...schedule === "" ? [] : [schedule],
    ...rest.length === 0 ? [] : [`if ${sayAll(rest)}`],
  ].join(", ");
  const clause = `${lead === "" ? "" : `${lead}, `}${whole ?? subject} ${deed}`;
  const sentence = `${capitalize(clause)}: ${rule.reason.replace(/\.$/, "")}.`;
  return {
    id: rule.id,
    rule: `${document.policy}@${document.version}/${rule.id}`,
    sentence: doubt === null ? sentence : `${sentence} ${capitalize(doubt)}.`,
    schedule,
    conditions: asked.map(sayCondition),
    effect: `${whole ?? sayKinds(document.on)} ${deed}`,
    doubt,
    reason: rule.reason,
    text: canonicalJson(rule),
  };
}

/** What a rule asks beside its schedule, which has words of its own. */
function askedOf({ rule, when }: CheckedRule): readonly Expression[] {
  const alone = rule.during === undefined
    ? when
    : rule.when === undefined || when.op !== "and"
    ? null
    : when.of[0] ?? null;
  if (alone === null) return [];
  return conjunctsOf(alone)
    .filter((part) => part.op !== "literal" || part.value !== true);
}

/** Takes the channel and `not doing nothing` into the subject of the sentence. */
function splitSubject(
  on: readonly DecisionKind[],
  asked: readonly Expression[],
): { subject: string; rest: readonly Expression[] } {
  const kinds = sayKinds(on);
  const [only] = on;
  if (only !== "action" || on.length > 1) {
    return { subject: kinds, rest: asked };
  }
  const acting = asked.filter(excludesControl);
  const channels = asked.map(channelsOf).filter((found) => found !== null);
  const [named] = channels;
  const by = named && channels.length === 1 ? ` by ${named}` : "";
  const rest = asked.filter((part) =>
    !acting.includes(part) && (by === "" || channelsOf(part) === null)
  );
  const other = acting.length > 0 ? " that does something" : "";
  return { subject: `${kinds}${by}${other}`, rest };
}

/** `{"!": {"var": ["context.isControl", false]}}`. */
function excludesControl(part: Expression): boolean {
  return part.op === "not" && part.of.op === "fact" &&
    part.of.fact.path === "context.isControl" && part.of.fallback === false;
}

/** Channels that a part asks for by name; null where it asks something else. */
function channelsOf(part: Expression): string | null {
  const [item, items] = part.op === "equal" && part.right.op === "literal"
    ? [part.left, [String(part.right.value)]]
    : part.op === "in" && part.list.op === "list" && !part.list.name
    ? [part.item, part.list.items]
    : [null, []];
  if (item?.op !== "fact" || item.fact.path !== "context.channel") return null;
  return item.fallback === null
    ? joinWords(items.map((one) => sayValue(one, null)), "or")
    : null;
}

const DOUBTS = {
  deny: "is refused",
  apply: "is treated as if the rule applied",
  skip: "is left as if there were no such rule",
} as const;

function sayDoubt(document: PolicyDocument, checked: CheckedRule) {
  const { rule } = checked;
  const doubtful = rule.effect === "limit" || mayBeUnknown(document, checked) ||
    document.appliesTo?.channels !== undefined;
  if (!doubtful) return null;
  const what = rule.over ? "a plan" : sayKinds(document.on);
  return `in doubt ${what} ${DOUBTS[onMissingOf(document, rule)]}`;
}

/** Whether a fact may be missing that no condition guards, or a division have no result. */
function mayBeUnknown(
  { on }: PolicyDocument,
  { when, to }: CheckedRule,
): boolean {
  const given = givenWhere(when);
  const isGiven = (path: string) => isAlwaysGiven(path, on);
  return findUnguarded(when, isGiven).length > 0 || divides(when) ||
    to !== null && (divides(to) ||
        findUnguarded(to, (path) => isGiven(path) || given.has(path)).length >
          0);
}

/** By something else than a number that is written out. */
function divides(expression: Expression): boolean {
  const { op } = expression;
  const divisor = op === "arithmetic" && ["/", "%"].includes(expression.how)
    ? expression.of[1]
    : undefined;
  return (divisor !== undefined && divisor.op !== "literal") ||
    children(expression).some(divides);
}

function listsOf(rules: readonly CheckedRule[]): readonly string[] {
  const names = rules.flatMap(({ rule, when, to }) => [
    ...namesIn(when),
    ...to === null ? [] : namesIn(to),
    ...rule.over?.campaigns ? [rule.over.campaigns.list] : [],
  ]);
  return [...new Set(names)].sort();
}

function namesIn(expression: Expression): readonly string[] {
  if (expression.op !== "list") return children(expression).flatMap(namesIn);
  return expression.name === undefined ? [] : [expression.name];
}

/** Begins a sentence. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
