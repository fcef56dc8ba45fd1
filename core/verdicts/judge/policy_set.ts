/**
 * All policies in force, as one judge.
 *
 * Order: adjust, floor, cap, limits of micros; prioritise, review, limits of decisions,
 * deny; then the kill switches. Within an effect by policy name, then as the file has
 * it. The first four see the amount proposed, the others the amount that results. A
 * bound is rounded to its stricter side: caps down, floors up.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../../domain/canonical.ts";
import { EngineError } from "../../domain/error.ts";
import type {
  DecisionKind,
  Facts,
  PolicyContent,
  PolicyDocument,
  PolicyList,
  Switch,
  Verdict,
} from "../../domain/verdict.ts";
import { parseDocument } from "../document/document.ts";
import { ListFile, parseForm, SwitchForm } from "../document/form.ts";
import { isNestedTooDeep } from "../document/nesting.ts";
import { judgeAmount, type JudgeOptions } from "./judge.ts";
import { boundAmount, type Bounds } from "./bounds.ts";
import { boundGroups, type GroupBound, type GroupScope } from "./groups.ts";
import type { Limit } from "./limits.ts";
import { refusePolicy } from "../language/refusal.ts";
import { compileStages } from "./stage.ts";

/** Policies that speak together. */
export interface PolicySet {
  /** SHA-256 of the text. */
  readonly hash: string;
  /** By name. */
  readonly documents: readonly PolicyDocument[];
  /** Shared lists, by name. */
  readonly lists: readonly PolicyList[];
  /** Kill switches that are on, by id. */
  readonly switches: readonly Switch[];
  /** Canonical JSON of all of them; {@link parsePolicySet} reads it back. */
  readonly text: string;
  /**
   * Judges one proposal.
   *
   * @param kind What is decided.
   * @param facts All facts but the group `amount`, which follows from the options.
   * @param options Whose, where, and the amounts: whole micros, or null for none.
   * @throws {RangeError} If an amount is negative or not whole.
   */
  judge(kind: DecisionKind, facts: Facts, options: JudgeOptions): Verdict;
  /**
   * Says between which bounds an amount must lie, before one is proposed: from
   * caps, floors and denials that do not depend on the amount itself.
   */
  bounds(
    kind: DecisionKind,
    facts: Facts,
    options: Omit<JudgeOptions, "amountMicros">,
  ): Bounds;
  /**
   * Bounds of the sum of budgets of a plan, from the rules with `over`; neither judge()
   * nor bounds() knows of them.
   *
   * @param facts What holds for the whole plan.
   */
  groups(facts: Facts, scope: GroupScope): readonly GroupBound[];
  /** What the set limits, and so what is to be counted; none if it limits nothing. */
  limits(kind: DecisionKind): readonly Limit[];
  /** Whether what the set says may be otherwise at another moment, all else being the same. */
  readsTime(kind: DecisionKind): boolean;
}

/**
 * Compiles policies.
 *
 * @param documents In any order; each is checked again.
 * @param beside Shared lists and kill switches; none unless given.
 * @throws {EngineError} policy_invalid, if one is unsound or two share a name.
 */
export function compilePolicySet(
  documents: readonly PolicyDocument[],
  beside: Partial<Omit<PolicyContent, "policies">> = {},
): PolicySet {
  const lists = sortBy((beside.lists ?? []).map(parseList), (one) => one.list);
  const switches = sortBy(
    (beside.switches ?? []).map(parseSwitch),
    ({ id }) => id,
  );
  const shared = new Map(lists.map((one) => [one.list, one]));
  const sorted = sortBy(
    documents.map((document) =>
      parseDocument(`${document.policy}.json`, document, shared)
    ),
    ({ policy }) => policy,
  );
  refuseNamesakes(sorted.map(({ policy }) => policy));
  refuseNamesakes(lists.map(({ list }) => list));
  const text = printContent({ policies: sorted, lists, switches });
  const hash = sha256(text);
  const stages = compileStages(sorted, {
    ...{ policySet: hash, lists: shared, switches },
  });
  return {
    hash,
    documents: sorted,
    lists,
    switches,
    text,
    judge: (kind, facts, options) => judgeAmount(stages[kind], facts, options),
    bounds: (kind, facts, options) => boundAmount(stages[kind], facts, options),
    groups: (facts, scope) =>
      boundGroups(
        { stage: stages.budget.groups, lists: shared },
        facts,
        scope,
      ),
    limits: (kind) => stages[kind].limits,
    readsTime: (kind) => stages[kind].readsTime,
  };
}

function parseList(list: PolicyList): PolicyList {
  return parseForm(`${list.list}.json`, ListFile, list) as PolicyList;
}

function parseSwitch(one: Switch): Switch {
  return parseForm(`switch ${one.id}`, SwitchForm, one) as Switch;
}

/** Policies alone are their list, as they were before anything could stand beside them. */
function printContent({ policies, lists, switches }: PolicyContent): string {
  const alone = lists.length === 0 && switches.length === 0;
  return canonicalJson(alone ? policies : { policies, lists, switches });
}

/**
 * Reads a policy set back; the inverse of its text.
 *
 * @param text Canonical JSON.
 * @throws {EngineError} policy_invalid, if the text is no policy set.
 */
export function parsePolicySet(text: string): PolicySet {
  const { policies, ...beside } = parsePolicyContent(text);
  return compilePolicySet(policies, beside);
}

/**
 * Reads a policy set's text without checking what it says.
 *
 * @throws {EngineError} policy_invalid, if the text is no policy set.
 */
export function parsePolicyContent(text: string): PolicyContent {
  try {
    const content = JSON.parse(text);
    const { policies, lists = [], switches = [] } = Array.isArray(content)
      ? { policies: content }
      : content;
    const parts = [policies, lists, switches];
    if (parts.every(isListOfObjects) && !isNestedTooDeep(content)) {
      return { policies, lists, switches };
    }
    throw new SyntaxError("no list of policies");
  } catch (cause) {
    throw new EngineError(
      "policy_invalid",
      "Cannot read policy set: the text is no list of policies",
      { cause },
    );
  }
}

function isListOfObjects(part: unknown): boolean {
  return Array.isArray(part) &&
    part.every((one) => typeof one === "object" && one !== null);
}

function sortBy<T>(of: readonly T[], name: (one: T) => string): readonly T[] {
  return [...of].sort((a, b) => name(a) < name(b) ? -1 : 1);
}

function refuseNamesakes(sorted: readonly string[]): void {
  sorted.forEach((name, index) => {
    if (sorted[index + 1] !== name) return;
    const place = { file: `${name}.json`, rule: null };
    throw refusePolicy(place, "policy", "another file has the same name");
  });
}

export type { Bounds, GroupBound, JudgeOptions, Limit };
