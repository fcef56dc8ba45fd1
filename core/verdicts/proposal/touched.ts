/**
 * What a change of policies touches, and so whom it concerns.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import type { PolicyDocument, PolicyList } from "../../domain/verdict.ts";
import { checkRules } from "../document/document.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { factsOf } from "../language/expression.ts";

/** Group that answers for what the engine does with facts about people. */
const PRIVACY_OWNER = "privacy";
const PERSONAL: readonly (string | undefined)[] = ["personal", "sensitive"];

/** What a set is made of. */
export type Policies = Pick<PolicySet, "documents" | "lists">;

/** What a change touches. */
export interface Touched {
  /** Policies as they would be: new ones, changed ones, and those that read a changed list. */
  readonly policies: readonly PolicyDocument[];
  /**
   * Who answers for anything that is added, removed or changed, before or after, and for
   * policies that read a list which is.
   */
  readonly owners: readonly string[];
  /** Who must agree in any case. */
  readonly guardians: readonly string[];
}

/** Finds what a change touches. */
export function findTouched(before: Policies, after: Policies): Touched {
  const nameOf = ({ policy }: PolicyDocument) => policy;
  const policies = differing(before.documents, after.documents, nameOf);
  const lists = differing(before.lists, after.lists, ({ list }) => list);
  const names = new Set(lists.map(({ list }) => list));
  const reading = [before, after].map((set) => ({
    ...set,
    documents: set.documents.filter((one) =>
      policies.includes(one) || readsList(one, names)
    ),
  }));
  const owners = [...reading.flatMap(({ documents }) => documents), ...lists]
    .map(({ owner }) => owner);
  const isPersonal = reading.some(concernsPeople);
  return {
    policies: reading[1]?.documents ?? [],
    owners: [...new Set(owners)].sort(),
    guardians: isPersonal ? [PRIVACY_OWNER] : [],
  };
}

/** Those of either side that the other does not have as they are. */
function differing<T extends PolicyDocument | PolicyList>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): readonly T[] {
  const [old, next] = [before, after].map((all) =>
    new Map(all.map((one) => [nameOf(one), canonicalJson(one)]))
  );
  return [
    ...before.filter((one) => next?.get(nameOf(one)) !== canonicalJson(one)),
    ...after.filter((one) => old?.get(nameOf(one)) !== canonicalJson(one)),
  ];
}

function readsList(
  document: PolicyDocument,
  names: ReadonlySet<string>,
): boolean {
  const text = canonicalJson(document.rules);
  return [...names].some((name) =>
    text.includes(canonicalJson({ list: name }))
  );
}

function concernsPeople({ documents, lists }: Policies): boolean {
  const shared = new Map(lists.map((one) => [one.list, one]));
  return documents.some((document) =>
    document.owner === PRIVACY_OWNER ||
    checkRules(`${document.policy}.json`, document, shared)
      .flatMap(({ when, to }) => [when, ...to === null ? [] : [to]])
      .flatMap(factsOf)
      .some(({ path }) => PERSONAL.includes(CATALOGUE.find(path)?.privacy))
  );
}
