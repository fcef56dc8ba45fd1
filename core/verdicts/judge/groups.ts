/**
 * What policies demand of budgets together: bounds of the sum over a group of a plan's
 * entities.
 *
 * @module
 */
import type { Facts, PolicyList } from "../../domain/verdict.ts";
import { boundOf, explainFinding } from "./apply_rule.ts";
import { evaluateStage, type Finding, type Stage } from "./stage.ts";

/** A bound of the sum of some budgets. */
export interface GroupBound {
  /** `policy@version/rule`. */
  readonly rule: string;
  readonly effect: "cap" | "floor";
  /** Entities of this channel; null for any. */
  readonly channel: string | null;
  /** Entities of this account; null for any. */
  readonly account: string | null;
  /** These campaigns and what belongs to them; null for any. */
  readonly campaigns: ReadonlySet<string> | null;
  /** Whole micros a day; null where the bound is a share, or unknown. */
  readonly toMicros: number | null;
  /** Thousandths of the whole plan; null where the bound is an amount. */
  readonly toPermille: number | null;
  /** True where a fact is missing, so that no such plan may be made. */
  readonly denied: boolean;
  /** True where a fact was missing and `onMissing` decided. */
  readonly missing: boolean;
  /** Why, for a person; names the missing facts when there are any. */
  readonly reason: string;
}

/** For whom a plan is made. */
export interface GroupScope {
  readonly tenant: string;
  readonly channel: string | null;
}

/** Bounds that hold for a plan, floors first. */
export function boundGroups(
  { stage, lists }: {
    readonly stage: Stage;
    readonly lists: ReadonlyMap<string, PolicyList>;
  },
  facts: Facts,
  scope: GroupScope,
): readonly GroupBound[] {
  return evaluateStage(stage, facts, scope).flatMap((finding) =>
    boundGroup(finding, { facts, lists, channel: scope.channel })
  );
}

interface Heard {
  readonly facts: Facts;
  readonly lists: ReadonlyMap<string, PolicyList>;
  readonly channel: string | null;
}

function boundGroup(
  finding: Finding,
  { facts, lists, channel }: Heard,
): readonly GroupBound[] {
  const { staged: { name, rule, onMissing } } = finding;
  const { over = {}, effect, toPermille = null } = rule;
  if (effect !== "cap" && effect !== "floor") return [];
  const toMicros = toPermille === null ? boundOf(finding.staged, facts) : null;
  const boundless = toPermille === null && toMicros === null;
  const missing = finding.missing || boundless;
  if (missing && onMissing === "skip") return [];
  const named = over.campaigns && lists.get(over.campaigns.list);
  return [{
    rule: name,
    effect,
    channel: over.channel ?? null,
    account: over.account ?? null,
    campaigns: over.campaigns ? new Set(named?.items.map(String)) : null,
    toMicros,
    toPermille,
    denied: boundless || (missing && onMissing === "deny"),
    missing,
    reason: missing
      ? explainFinding(finding.staged, { facts, channel })
      : rule.reason,
  }];
}
