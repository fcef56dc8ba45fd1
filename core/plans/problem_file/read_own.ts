/**
 * Reads a problem of the engine's own format, `moe-plan-problem/1`.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
  ReturnTarget,
} from "../../domain/allocation.ts";
import { readFlight } from "./read_flight.ts";
import { type OwnEntity, OwnFile, type OwnProblem } from "./own_schema.ts";
import { listFaults } from "./own_faults.ts";
import type { AmountsAsked, PlanProblem } from "./plan_problem.ts";
import { parseFields, refused } from "./refuse.ts";

/**
 * Reads a problem.
 *
 * @param value The file's JSON.
 * @param file Its name, for messages.
 * @throws {EngineError} `request_invalid`, naming each field that is wrong and what belongs there.
 */
export function readOwn(value: unknown, file: string): PlanProblem {
  const own = parseFields(OwnFile, value, file);
  const faults = listFaults(own);
  if (faults.length > 0) throw refused(file, faults);
  return own.periods === undefined ? readAmounts(own) : readFlight(own);
}

function readAmounts(own: OwnProblem): AmountsAsked {
  const { entities, groups = [], linear = [], returns = [] } = own;
  const problem: AllocationProblem = {
    entities: entities.map((entity) => readEntity(entity, own.budget)),
    groups: groups.map(({ lo = 0, hi = Infinity, ...group }) => ({
      ...group,
      lo,
      hi,
    })),
    linear: linear.map(({ terms, ...row }) => ({ ...row, terms: bare(terms) })),
    returns: returns.map(readTarget),
    budget: own.budget,
    spend: own.spend ?? "all",
    objective: own.objective ?? "outcome",
  };
  return {
    kind: "amounts",
    problem,
    aim: own.uncertainty ?? { type: "mean" },
    today: readToday(entities),
    seen: new Map(entities.flatMap(({ id, seen }) => seen ? [[id, seen]] : [])),
  };
}

/** Without `hi` an entity may receive the budget; `change` narrows its bounds around today's amount. */
function readEntity(
  { id, curve, group, off, step, weight, today, change, ...bounds }: OwnEntity,
  budget: number,
): AllocationEntity {
  const lo = bounds.lo as number | undefined ?? 0;
  const hi = bounds.hi as number | undefined ?? Math.max(budget, lo);
  const near = today !== undefined && change !== undefined
    ? [today * Math.max(0, 1 - change), today * (1 + change)] as const
    : [0, Infinity] as const;
  return {
    id,
    curve,
    group: group ?? null,
    lo: Math.max(lo, near[0]),
    hi: Math.min(hi, near[1]),
    ...off === undefined ? {} : { off },
    ...step === undefined ? {} : { step },
    ...weight === undefined ? {} : { weight },
  };
}

function readTarget(
  { id, group, least, most_cost: mostCost }: NonNullable<
    OwnProblem["returns"]
  >[number],
): ReturnTarget {
  return { id, group: group ?? null, least: least ?? 1 / (mostCost ?? NaN) };
}

/** Terms without what every object inherits, so that an entity may be called `constructor`. */
function bare(
  terms: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.assign(Object.create(null), terms);
}

/** What each gets today; null if that is known of none. */
export function readToday(
  entities: readonly { readonly today?: number }[],
): Float64Array | null {
  return entities.some(({ today }) => today !== undefined)
    ? Float64Array.from(entities, ({ today = NaN }) => today)
    : null;
}
