/**
 * Divides a budget among entities so that the outcome is largest, and proves how
 * large it could have been.
 *
 * @module
 */
import type {
  Allocation,
  AllocationEntity,
  AllocationProblem,
} from "../../domain/allocation.ts";
import { EngineError } from "../../domain/error.ts";
import { type Conflict, findConflict } from "./conflict.ts";
import { branch, type Searched } from "./solver/branch.ts";
import type { Solution } from "./solver/incumbent.ts";
import { type AnyProblem, listEntities } from "./solver/columns.ts";
import { createSum } from "./solver/compensated_sum.ts";
import { evaluate, type Model, sumOutcome } from "./solver/evaluate.ts";
import { findFeasible } from "./solver/feasible.ts";
import { placeEntity } from "./solver/layout.ts";
import {
  allowOff,
  findLowest,
  prepare,
  type Prepared,
} from "./solver/prepare.ts";
import { report } from "./solver/report.ts";
import { findBase } from "./solver/tableau.ts";
import { findTreeConflict } from "./tree_conflict.ts";

/** When the search for a better plan, or a better proof, ends. */
export interface AllocateOptions {
  /** Relative gap that is good enough; by default 1e-10 below 1,000 entities and 1e-7 from there on. */
  readonly tolerance?: number;
  /** Nodes of the search tree at most; by default fewer for larger problems. */
  readonly maxNodes?: number;
  /**
   * The answer comes about then, with the gap that is left. A first plan, or what
   * conflicts, is looked for half a second longer.
   */
  readonly deadlineMs?: number;
  /** Whether the answer is to come at once; by default never. */
  stop?(): boolean;
  /** The clock of the deadline, in milliseconds; by default that of the process. */
  now?(): number;
}

/** An allocation, with the multipliers that certify its bound. */
export interface CertifiedAllocation extends Allocation {
  /** Outcome of one more unit of budget; infinite where the floors leave nothing to divide. */
  readonly price: number;
  /** What the members of each group pay for a unit, in the order of the groups. */
  readonly groupPrices: readonly number[];
  /** Multiplier of each linear constraint's side, return target and limit of number, not negative but where both sides are one. */
  readonly rowPrices: Readonly<Record<string, number>>;
  /** Relaxations solved in the search tree. */
  readonly nodes: number;
}

/** A problem that is solved again as its entities change. */
export interface Allocator {
  /** Allocates, beginning where the last allocation ended. */
  allocate(options?: AllocateOptions): CertifiedAllocation;
  /** Replaces the entity of this id; it stays in its group. */
  change(entity: AllocationEntity): void;
}

const NAMED = 12;

/**
 * Allocates.
 *
 * @param problem Amounts and bounds in one unit, not negative.
 * @param options When to stop.
 * @returns Amounts within all bounds to 1e-12 of the budget, and the certificate.
 * @throws {RangeError} If a curve, bound or name is not one.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function allocate(
  problem: AnyProblem,
  options: AllocateOptions = {},
): CertifiedAllocation {
  return createAllocator(problem).allocate(options);
}

/**
 * Prepares a problem that will be solved more than once.
 *
 * @param problem Amounts and bounds in one unit, not negative.
 * @throws {RangeError} If a curve, bound or name is not one.
 */
export function createAllocator(problem: AnyProblem): Allocator {
  const prepared = prepare(problem);
  const changed = new Map<string, AllocationEntity>();
  let guess = NaN;
  return {
    allocate(options = {}) {
      const { model } = prepared;
      const effort = readEffort(model.t.size, options, guess);
      const { solution: first } = branch(model, {
        effort: { ...effort, blindNodes: BLIND_NODES },
        lowest: findLowest(model),
      });
      const solution = first ??
        searchOn(prepared, list(problem, changed), effort);
      guess = solution.price;
      return report(problem, prepared, solution);
    },
    change(entity) {
      replace(prepared, entity);
      changed.set(entity.id, entity);
    },
  };
}

/** So much longer than it should a search goes on for a first plan. */
const GRACE_MS = 250;
/** After so many nodes without a plan one is looked for that keeps all bounds, whatever it brings. */
const BLIND_NODES = 40;

const clock = () => performance.now();

function readEffort(
  size: number,
  options: AllocateOptions,
  guess: number,
) {
  const { tolerance, maxNodes, deadlineMs = Infinity, now = clock } = options;
  const end = deadlineMs < Infinity ? now() + deadlineMs : Infinity;
  const most = maxNodes ??
    Math.min(5000, Math.max(10, Math.round(200_000 / Math.max(size, 1))));
  const late = (byMs: number) => () =>
    options.stop?.() === true || end < Infinity && now() >= end + byMs;
  return {
    guess,
    ...{ enough: Infinity, useful: -Infinity, spare: 0, divides: true },
    tolerance: tolerance ?? (size < 1000 ? 1e-10 : 1e-7),
    ...{ maxNodes: most, blindNodes: 4 * most },
    ...{ late, stop: late(0), giveUp: late(GRACE_MS) },
  };
}

function replace(
  { columns, tree, reach, model }: Prepared,
  entity: AllocationEntity,
): void {
  const from = columns.ids === null
    ? Number(entity.id)
    : columns.ids.indexOf(entity.id);
  const at = tree.order.indexOf(from);
  if (at < 0) {
    throw new RangeError(
      `Cannot change entity "${entity.id}": there is none of that name`,
    );
  }
  const most = reach[tree.nodeOf[at] as number] as number;
  const hi = Math.min(entity.hi, most);
  const alone = prepare({
    entities: [{ ...entity, hi, group: null }],
    groups: [],
    budget: 0,
    spend: "up_to",
  });
  placeEntity(model.t, at, { columns: alone.columns, from: 0 });
  allowOff(model.t, model.rows);
  findBase(model.t);
}

/** Where no plan was found so far: goes on from one that keeps all bounds, or says why there is none. */
function searchOn(
  prepared: Prepared,
  problem: AllocationProblem,
  effort: ReturnType<typeof readEffort>,
): Solution {
  const { model } = prepared;
  const conflict = findTreeConflict(problem);
  if (conflict !== null) throw new Infeasible(conflict);
  const stop = effort.late(2 * GRACE_MS);
  const work = { nodes: Infinity, stop };
  const { feasible, amounts } = findFeasible(problem, { work });
  const given = feasible === true ? amounts : null;
  if (feasible !== false) {
    const searched = branch(model, {
      ...{ effort, lowest: findLowest(model) },
      ...given === null ? {} : { given },
    });
    if (searched.solution !== null) return searched.solution;
    const settled = given && settleFor(given, model, searched);
    if (settled) return settled;
  }
  throw new Infeasible(
    findConflict(problem, stop) ?? {
      constraints: ["budget"],
      reason: "no allocation was found that meets all bounds",
      loose: true,
    },
  );
}

/** A plan that a search did not take up, with the bound that it found; null if it found none. */
function settleFor(
  amounts: Float64Array,
  model: Model,
  { root }: Searched,
): Solution | null {
  const { lens, rows } = model;
  const outcome = sumOutcome(model, amounts, createSum());
  const none = { multipliers: new Float64Array(rows.length), guess: NaN };
  const loose = root === null && lens !== null
    ? evaluate(model, lens, none)
    : null;
  const prices = root ?? loose;
  if (prices === null) return null;
  const upperBound = Math.max(root?.bound ?? loose?.value ?? Infinity, outcome);
  return { ...prices, amounts, outcome, upperBound, nodes: 0 };
}

function list(
  problem: AnyProblem,
  changed: ReadonlyMap<string, AllocationEntity>,
): AllocationProblem {
  return {
    ...problem,
    entities: listEntities(problem).map((entity) => {
      const other = changed.get(entity.id);
      return other === undefined ? entity : { ...other, group: entity.group };
    }),
  };
}

/** The failure that names what is in conflict. */
export class Infeasible extends EngineError {
  /** All of it; the message and facts name the first few. */
  readonly conflict: Conflict;

  /** Makes a failure. */
  constructor(conflict: Conflict) {
    const { constraints, reason, loose } = conflict;
    const more = constraints.length - NAMED;
    const named = constraints.slice(0, NAMED).join(", ") +
      (more > 0 ? ` and ${more} more` : "");
    super(
      "plan_infeasible",
      `Cannot allocate budget: ${reason} (${named}${
        loose ? ", not shown to be minimal" : ""
      }); relax one of these`,
      { facts: { constraints: named, conflicting: constraints.length } },
    );
    this.conflict = conflict;
  }
}
