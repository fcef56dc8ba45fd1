/**
 * What policies demand of budgets together, as rows over candidates.
 *
 * Groups of policies may cross those of the request and one another, so that they are
 * rows and no part of the tree.
 *
 * @module
 */
import type { LinearConstraint } from "../../../domain/allocation.ts";
import type { EntityKey } from "../../../domain/entity.ts";
import type { Candidate, Circumstances } from "../candidate.ts";
import {
  findExcess,
  type GroupRule,
  listGroupRules,
  listReasons,
} from "../group_rules.ts";
import { refuseConflict } from "./refusal.ts";
import { shareOf } from "./rows.ts";
import type { Grid } from "./worth.ts";

/** A rule as a row. */
export interface PolicyRow {
  /** `rule:<policy>@<version>/<id>`, as conflicts call it. */
  readonly id: string;
  readonly rule: GroupRule;
  readonly terms: Readonly<Record<EntityKey, number>>;
  /** What the terms sum to at least or at most, micros of the period; null for a share of the plan. */
  readonly micros: bigint | null;
}

/**
 * Lists rows.
 *
 * @throws {EngineError} `plan_infeasible` if a rule cannot be told for want of a fact.
 */
export function listPolicyRows(
  candidates: readonly Candidate[],
  circumstances: Circumstances,
): readonly PolicyRow[] {
  const rules = listGroupRules(
    candidates.map(({ fitted }) => fitted),
    circumstances,
  );
  const unknown = rules.filter(({ to }) => to === null);
  if (unknown.length > 0) {
    throw refuseConflict({
      asked: unknown.map(({ rule }) => `rule:${rule}`),
      reason: "a fact that policies need is missing",
      rules: listReasons(unknown),
      help: { sentence: "supply it, or change the policy", facts: {} },
    });
  }
  return rules.map((rule) => ({
    id: `rule:${rule.rule}`,
    rule,
    ...layRow(rule, candidates, circumstances.days),
  }));
}

function layRow(
  { members, to }: GroupRule,
  candidates: readonly Candidate[],
  days: number,
): Pick<PolicyRow, "terms" | "micros"> {
  if (to !== null && "microsPerDay" in to) {
    const { gone, toCome } = readDays(candidates, days);
    const terms: Record<EntityKey, number> = {};
    let micros = to.microsPerDay * BigInt(toCome);
    for (const at of members) {
      const entity = candidates[at]?.fitted.entity;
      if (entity) terms[entity] = 1;
      micros += gone[at] ?? 0n;
    }
    return { terms, micros };
  }
  const whole = [...candidates.keys()];
  const terms = shareOf(members, whole, {
    candidates,
    permille: Number(to?.permille ?? 0n),
  });
  return { terms, micros: null };
}

/** What of the period is over is the same for all. */
function readDays(candidates: readonly Candidate[], days: number) {
  const [first] = candidates;
  return {
    gone: candidates.map(({ spend }) => spend.gone?.micros ?? 0n),
    toCome: days - (first?.spend.gone?.days ?? 0),
  };
}

/** A row in units, its bound tightened by so many of its own units. */
export function poseRow(
  { id, rule, terms, micros }: PolicyRow,
  { unitMicros }: Grid,
  tightened: bigint,
): LinearConstraint {
  const isCap = rule.effect === "cap";
  if (micros === null) {
    return {
      id,
      terms,
      ...isCap ? { hi: -Number(tightened) || 0 } : { lo: Number(tightened) },
    };
  }
  return isCap ? { id, terms, hi: Number(micros / unitMicros - tightened) } : {
    id,
    terms,
    lo: Number((micros + unitMicros - 1n) / unitMicros + tightened),
  };
}

/**
 * Says by how much whole budgets break rows.
 *
 * @param budgets For the period, micros, shape [candidates].
 * @returns Units of each row, rounded up; 0 where it is kept. Shape [rows].
 */
export function measureBreaches(
  rows: readonly PolicyRow[],
  candidates: readonly Candidate[],
  { budgets, grid: { days, unitMicros } }: {
    readonly budgets: readonly bigint[];
    readonly grid: Grid;
  },
): readonly bigint[] {
  const { gone, toCome } = readDays(candidates, days);
  const left = budgets.map((budget, at) => budget - (gone[at] ?? 0n));
  return rows.map(({ rule }) => {
    const excess = findExcess(rule, { toCome: left, days: toCome, budgets });
    return excess > 0n ? (excess + unitMicros - 1n) / unitMicros : 0n;
  });
}
