/**
 * All that machines find out about proposed policies by themselves, without past
 * decisions: plain data in and out, so that another thread can do it.
 *
 * @module
 */
import type { ChangeClass } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import type { PolicyContent } from "../../domain/verdict.ts";
import type { Findings, Scope } from "../../ports/governance.ts";
import { checkPolicies } from "../document/check.ts";
import type { PolicySource } from "../document/load.ts";
import {
  compilePolicySet,
  parsePolicyContent,
  parsePolicySet,
  type PolicySet,
} from "../judge/policy_set.ts";
import { type ChangeMeaning, compareSets } from "../meaning/compare.ts";
import {
  cover,
  explainMeaning,
  itemsOfReports,
  lint,
  score,
  unmeasured,
} from "./items.ts";
import { joinOwn } from "../in_force/join_own.ts";
import { findMisplaced } from "./own_names.ts";
import { findTouched } from "./touched.ts";

/** Proposed policies, and what they are compared with. */
export interface PolicyJob {
  /** Text of a policy set. */
  readonly content: string;
  /** Text of what it replaces; null for nothing. */
  readonly base: string | null;
  readonly scope: Scope;
  /**
   * Text of the deployment's policies, which a tenant's own stand beside; null for
   * none, and where the deployment's are proposed. What a change means is found out
   * with them and without.
   */
  readonly beside: string | null;
}

/** Whether nothing is there to compare with, as when a folder is put into force first. */
export function isFirstInstallation(
  { base, scope }: Pick<PolicyJob, "base" | "scope">,
): boolean {
  return base === null && scope === null;
}

/** Finds out what proposed policies do. */
export function findOutPolicies(job: PolicyJob): Findings {
  const { content, base, scope } = job;
  const read = readSound(content, scope);
  if ("problems" in read) return read;
  const { items, set } = read;
  const before = base === null ? compilePolicySet([]) : parsePolicySet(base);
  const { policies, owners, guardians } = findTouched(before, set);
  if (isFirstInstallation(job)) {
    const skipped = ["coverage", "mutation", "meaning"].map(unmeasured);
    return {
      ...{ class: "mixed", proven: false, owners, guardians, problems: [] },
      items: [...items, lint(set, policies), ...skipped],
    };
  }
  const pair = [before, set].map((one) => placeBeside(one, job)) as [
    PolicySet,
    PolicySet,
  ];
  const meaning = compareOwn([before, set], pair);
  const lists = new Map(set.lists.map((one) => [one.list, one]));
  const findings: Findings = {
    ...{ class: meaning.class, proven: meaning.proven, owners, guardians },
    items: [
      ...items,
      lint(set, policies),
      cover(policies, lists),
      score(policies, lists),
      explainMeaning(meaning, pair),
    ],
    problems: [],
  };
  return JSON.parse(JSON.stringify(findings));
}

/**
 * Says what speaks against putting a content into force today.
 *
 * @returns Nothing if it holds.
 */
export function recheckPolicies(content: string): readonly string[] {
  const read = readSound(content, undefined);
  return "problems" in read ? read.problems : [];
}

type Sound = Pick<Findings, "items"> & { readonly set: PolicySet };

/** Reads a content; findings with problems, if it does not hold. */
function readSound(
  text: string,
  scope: Scope | undefined,
): Sound | Findings {
  try {
    const content = parsePolicyContent(text);
    const reports = checkPolicies(filesOf(content));
    const items = itemsOfReports(reports);
    const problems = items.filter(({ passed }) => !passed)
      .map(({ summary }) => summary);
    if (problems.length > 0) return unsound(problems, items);
    const { policies, lists } = content;
    const set = compilePolicySet(policies, { lists });
    if (scope !== undefined) problems.push(...findMisplaced(content, scope));
    if (problems.length === 0 && set.text !== text) {
      problems.push("the text is not canonical, so that its hash is of no set");
    }
    return problems.length > 0 ? unsound(problems, items) : { items, set };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return unsound([error.message], []);
  }
}

function unsound(
  problems: readonly string[],
  items: Findings["items"],
): Findings {
  return {
    ...{ class: "mixed", proven: false, owners: [], guardians: [] },
    ...{ items, problems },
  };
}

/** A content as the files that it could be. */
function filesOf({ policies, lists }: PolicyContent): PolicySource[] {
  const named = [
    ...policies.map((one) => [one?.policy, one] as const),
    ...lists.map((one) => [one?.list, one] as const),
  ];
  return named.map(([name, one]) => ({
    name: `${name}.json`,
    text: JSON.stringify(one),
  }));
}

/**
 * What a tenant's own policies come to by themselves, and beside the deployment's of today:
 * what these hide, they may not hide tomorrow.
 */
function compareOwn(
  own: readonly [PolicySet, PolicySet],
  beside: readonly [PolicySet, PolicySet],
): ChangeMeaning {
  const meaning = compareSets(...beside);
  if (own[0] === beside[0]) return meaning;
  const alone = compareSets(...own);
  return {
    ...meaning,
    class: joinClasses(meaning.class, alone.class),
    proven: meaning.proven && alone.proven,
  };
}

function joinClasses(one: ChangeClass, other: ChangeClass): ChangeClass {
  if (one === "equivalent" || one === other) return other;
  return other === "equivalent" ? one : "mixed";
}

/** What is proposed as the tenant's decisions would see it: beside the deployment's. */
function placeBeside(
  set: PolicySet,
  { beside, scope }: PolicyJob,
): PolicySet {
  if (beside === null || scope === null) return set;
  const { documents: policies, lists } = set;
  return joinOwn(parsePolicyContent(beside), { policies, lists }, scope);
}
