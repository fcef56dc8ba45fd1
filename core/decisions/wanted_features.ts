/**
 * The features that a policy set and the models of a ladder read, in one list for as long
 * as they are the same: what a list of ids leads to is then worked out once.
 *
 * @module
 */
import type { ModelRecord } from "../domain/score.ts";
import type { Logic } from "../domain/verdict.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";

/** Features that only a caller can give. */
export const REQUEST_VIEW = "request.";

/** Features that a decision wants, each once. */
export interface WantedIds {
  readonly all: readonly string[];
  /** Those of them that a store may know; the same list if it may know all. */
  readonly stored: readonly string[];
}

/** What is wanted by some, and by some together with one more model. */
interface Known extends WantedIds {
  readonly further: WeakMap<ModelRecord, Known>;
}

const byPolicies = new WeakMap<PolicySet, Known>();

/** Ids that the rules of a set read, then those that models read. */
export function idsWanted(
  policies: PolicySet,
  models: readonly ModelRecord[],
): WantedIds {
  let known = byPolicies.get(policies);
  if (known === undefined) {
    known = { ...wantedOf(featuresReadBy(policies)), further: new WeakMap() };
    byPolicies.set(policies, known);
  }
  for (const model of models) {
    const before: Known = known;
    known = before.further.get(model) ?? withModel(before, model);
    before.further.set(model, known);
  }
  return known;
}

function withModel({ all }: WantedIds, { schema }: ModelRecord): Known {
  const ids = [...all, ...schema.inputs.map(({ name }) => name)];
  return { ...wantedOf(ids), further: new WeakMap() };
}

/** These ids, each once. */
export function wantedOf(ids: readonly string[]): WantedIds {
  const all = [...new Set(ids)];
  const stored = all.filter((id) => !id.startsWith(REQUEST_VIEW));
  return { all, stored: stored.length === all.length ? all : stored };
}

const readBy = new WeakMap<PolicySet, readonly string[]>();

/** Ids of the features that any rule of a set reads. */
export function featuresReadBy(policies: PolicySet): readonly string[] {
  const known = readBy.get(policies);
  if (known) return known;
  const ids = new Set<string>();
  for (const { rules } of policies.documents) {
    for (const { when, to } of rules) {
      if (when !== undefined) collect(when, ids);
      if (to !== undefined) collect(to, ids);
    }
  }
  const found = [...ids];
  readBy.set(policies, found);
  return found;
}

function collect(logic: Logic, ids: Set<string>): void {
  if (typeof logic === "string" && logic.startsWith("features.")) {
    ids.add(logic.slice("features.".length));
  }
  if (typeof logic !== "object" || logic === null) return;
  for (const member of Object.values(logic)) collect(member, ids);
}
