/**
 * Rules that differ between two sets, and what follows from their form alone: limits
 * that count otherwise, and bounds of several budgets together, which no single
 * decision shows.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import { conditionOf, type RuleOfSet } from "./rule_terms.ts";
import { toTerm } from "./translate.ts";
import type { SetRules } from "./verdict_terms.ts";

/** A rule that was added, removed or written otherwise. */
export interface ChangedRule {
  /** `policy/rule`, or `switch/id`. */
  readonly rule: string;
  readonly change: "added" | "removed" | "changed";
  /** What follows from its form alone; null where decisions show it. */
  readonly direction: "tighter" | "looser" | "other" | null;
}

/** Lists the rules and switches that differ, by name. */
export function changedRules(
  before: SetRules,
  after: SetRules,
): readonly ChangedRule[] {
  const [old, next] = [before, after].map(({ rules }) =>
    new Map(rules.map((rule) => [rule.id, rule]))
  ) as [Map<string, RuleOfSet>, Map<string, RuleOfSet>];
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  const rules = ids.flatMap((id) => {
    const [from, to] = [old.get(id) ?? null, next.get(id) ?? null];
    if (from && to && textOf(from) === textOf(to)) return [];
    const change = from === null
      ? "added"
      : to === null
      ? "removed"
      : "changed";
    return [{ rule: id, change, direction: directionOf(from, to) } as const];
  });
  return [...rules, ...changedSwitches(before, after)];
}

/** Everything that the meaning of a rule can depend on. */
function textOf({ rule, policy, when, to, onMissing }: RuleOfSet): string {
  const { reason: _, ...members } = rule;
  const { on, appliesTo = {} } = policy;
  const checked = [when, to];
  return canonicalJson(
    JSON.parse(JSON.stringify({ members, on, appliesTo, checked, onMissing })),
  );
}

function changedSwitches(
  before: SetRules,
  after: SetRules,
): ChangedRule[] {
  const [old, next] = [before, after].map(({ switches }) =>
    new Map(switches.map(({ id, stops }) => [id, canonicalJson({ ...stops })]))
  ) as [Map<string, string>, Map<string, string>];
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  return ids.filter((id) => old.get(id) !== next.get(id)).map((id) => ({
    rule: `switch/${id}`,
    change: !old.has(id) ? "added" : next.has(id) ? "changed" : "removed",
    direction: null,
  }));
}

function directionOf(
  from: RuleOfSet | null,
  to: RuleOfSet | null,
): ChangedRule["direction"] {
  if (from?.rule.over || to?.rule.over) return compareGroups(from, to);
  if (!from?.limit || !to?.limit) return null;
  const [old, next] = [from.limit, to.limit];
  const found = new Set<ChangedRule["direction"]>();
  if (old.of !== next.of) found.add("other");
  if (old.windowSeconds !== next.windowSeconds) {
    found.add(next.windowSeconds > old.windowSeconds ? "tighter" : "looser");
  }
  if (old.per.join() !== next.per.join()) found.add(comparePer(from, to));
  if (conditionOf(from).key !== conditionOf(to).key) found.add("other");
  const [only = null] = found;
  return found.size > 1 ? "other" : only;
}

/**
 * Counting less apart is tighter. But what does not name all that is counted apart is in
 * doubt, so that it is also looser where doubt denies; a tenant is always named.
 */
function comparePer(from: RuleOfSet, to: RuleOfSet): ChangedRule["direction"] {
  const [old, next] = [from.limit?.per ?? [], to.limit?.per ?? []];
  const dropped = old.filter((key) => !next.includes(key));
  const added = next.filter((key) => !old.includes(key));
  const skips = from.onMissing === "skip" && to.onMissing === "skip";
  const isSure = skips ||
    [...dropped, ...added].every((key) => key === "tenant");
  if (!isSure || (dropped.length > 0 && added.length > 0)) return "other";
  return added.length > 0 ? "looser" : "tighter";
}

/** A cap of a sum restrains, a floor of one spends; of two, the bound tells. */
function compareGroups(
  from: RuleOfSet | null,
  to: RuleOfSet | null,
): ChangedRule["direction"] {
  const only = from === null ? to : to === null ? from : null;
  if (only) {
    const isCap = only.rule.effect === "cap";
    return isCap === (from === null) ? "tighter" : "looser";
  }
  if (!from || !to || scopeOf(from) !== scopeOf(to)) return "other";
  const [old, next] = [boundOf(from), boundOf(to)];
  if (old === null || next === null) return "other";
  if (old === next) return null;
  return (next < old) === (from.rule.effect === "cap") ? "tighter" : "looser";
}

function scopeOf(rule: RuleOfSet): string {
  const { rule: { effect, over = {}, toPermille }, onMissing } = rule;
  const condition = conditionOf(rule).key;
  const isShare = toPermille !== undefined;
  return canonicalJson({
    ...{ effect, onMissing, condition, isShare },
    over: JSON.parse(JSON.stringify(over)),
  });
}

function boundOf({ rule: { toPermille }, to }: RuleOfSet): number | null {
  if (toPermille !== undefined) return toPermille;
  const term = to === null ? null : toTerm(to);
  return term?.op === "constant" && typeof term.value === "number"
    ? term.value
    : null;
}
