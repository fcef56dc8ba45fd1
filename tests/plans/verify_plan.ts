/**
 * Checks a plan against its request the obvious way: sums of whole micros, with none
 * of the code that made it.
 *
 * @module
 */
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import { respond } from "../../core/domain/response.ts";
import type { FittedCurve } from "../../core/domain/score.ts";

/** A plan and what it was made from. */
export interface Made {
  readonly plan: Plan;
  readonly request: PlanRequest;
  readonly curves: readonly FittedCurve[];
  readonly days: number;
  /** Today's spend of each curve, micros a day. */
  readonly spends: readonly bigint[];
}

/** A budget as it is planned, or as it is written: per day, for all days. */
type Budgets = ReadonlyMap<string, bigint>;

/** Says what a plan breaks, in its period's budgets and in what is written per day. */
export function* listBreaches(made: Made): Generator<string> {
  const { plan, days, request } = made;
  const planned = new Map<string, bigint>(
    plan.recommendations.map((row) => [row.entity, row.budgetMicros]),
  );
  const written = new Map<string, bigint>(
    plan.changeSet.operations.map(({ target, set }) => [
      target,
      BigInt(set ?? -1) * BigInt(days),
    ]),
  );
  yield* listTotalBreaches(made, planned);
  for (const [entity, budget] of planned) {
    const rest = budget - (written.get(entity) ?? -1n);
    if (rest < 0n || rest >= BigInt(days)) {
      yield `${entity} is planned ${budget} and written ${budget - rest}`;
    }
    if (request.stepMicros !== undefined) {
      const steps = budget % (BigInt(days) * request.stepMicros);
      if (steps !== 0n) yield `${entity} gets ${budget}, not a multiple`;
    }
  }
  yield* listEntityBreaches(made, planned);
  yield* listChangeBreaches(made, planned);
  yield* listChangeBreaches(made, written);
  yield* listGroupBreaches(made, planned);
  yield* listRowBreaches(made, planned);
}

function sum(budgets: Budgets, entities: Iterable<string>): bigint {
  let all = 0n;
  for (const entity of entities) all += budgets.get(entity) ?? 0n;
  return all;
}

function* listTotalBreaches(
  { plan, request, spends, days }: Made,
  planned: Budgets,
): Generator<string> {
  const wanted = request.totalMicros ??
    spends.reduce((all, spend) => all + spend, 0n) * BigInt(days);
  const total = sum(planned, planned.keys());
  if (total !== plan.totalMicros) yield `total is not the sum ${total}`;
  if (total + (plan.unspentMicros ?? 0n) !== wanted) {
    yield `total ${total} and what is left are not ${wanted}`;
  }
  const unit = BigInt(days) * (request.stepMicros ?? 0n) || 1n;
  if (total > wanted) yield `total ${total} is above ${wanted}`;
  if (request.spend === "all" && wanted - total >= unit) {
    yield `total ${total} is below ${wanted}`;
  }
}

function* listEntityBreaches(
  { request, curves }: Made,
  planned: Budgets,
): Generator<string> {
  for (const { entity, parent } of curves) {
    const budget = planned.get(entity) ?? -1n;
    const { lo = 0n, hi } = request.bounds[entity] ?? {};
    if (budget < lo || hi !== undefined && budget > hi) {
      yield `${entity} gets ${budget}, outside ${lo} to ${hi}`;
    }
    const least = request.leastIfOn?.[entity] ??
      (parent === null ? undefined : request.leastIfOn?.[parent]);
    if (least !== undefined && budget > 0n && budget < least) {
      yield `${entity} gets ${budget}, neither 0 nor ${least}`;
    }
  }
}

function* listChangeBreaches(
  { request: { changeLimit = {} }, curves, spends, days }: Made,
  budgets: Budgets,
): Generator<string> {
  const today = new Map<string, bigint>(
    curves.map(({ entity }, at) => [
      entity,
      (spends[at] ?? 0n) * BigInt(days),
    ]),
  );
  const check = function* (names: readonly string[], permille: number) {
    const now = sum(today, names);
    const then = sum(budgets, names);
    const moved = then > now ? then - now : now - then;
    if (moved * 1000n > now * BigInt(permille)) {
      yield `${names} move from ${now} to ${then}, more than ${permille}`;
    }
  };
  for (const { entity } of curves) {
    const permille = changeLimit.of?.[entity] ?? changeLimit.mostPermille;
    if (permille !== undefined) yield* check([entity], permille);
  }
  if (budgets.size === 0) return;
  for (const [key, permille] of Object.entries(changeLimit.of ?? {})) {
    const below = curves.filter(({ parent }) => parent === key);
    const names = below.map(({ entity }) => entity);
    const slack = BigInt(days * names.length);
    const now = sum(today, names);
    const then = sum(budgets, names);
    const moved = then > now ? then - now : now - then - slack;
    if (moved * 1000n > now * BigInt(permille)) yield `${key} moves too far`;
  }
}

/** Names of entities that a member stands for. */
function unfold({ request, curves }: Made, members: readonly string[]) {
  const found = new Set<string>();
  const open = [...members];
  for (const member of open) {
    const group = request.groups?.find(({ name }) => name === member);
    if (group) open.push(...group.members);
    for (const { entity, parent } of curves) {
      if (entity === member || parent === member) found.add(entity);
    }
  }
  return found;
}

function* listGroupBreaches(
  made: Made,
  planned: Budgets,
): Generator<string> {
  const { request: { groups = [], bounds }, curves } = made;
  const check = function* (
    name: string,
    members: Iterable<string>,
    { lo = 0n, hi }: { readonly lo?: bigint; readonly hi?: bigint },
  ) {
    const got = sum(planned, members);
    if (got < lo || hi !== undefined && got > hi) {
      yield `${name} gets ${got}, outside ${lo} to ${hi}`;
    }
  };
  for (const group of groups) {
    const members = unfold(made, group.members);
    yield* check(group.name, members, group);
    const on = [...members].filter((one) => (planned.get(one) ?? 0n) > 0n);
    if (on.length > (group.mostOn ?? Infinity)) yield `${group.name}: ${on} on`;
  }
  for (const [key, bound] of Object.entries(bounds)) {
    const below = curves.filter(({ parent }) => parent === key);
    const names = below.map(({ entity }) => entity);
    if (names.length > 0) yield* check(key, names, bound);
  }
}

function* listRowBreaches(made: Made, planned: Budgets): Generator<string> {
  const { request, curves, days } = made;
  for (const share of request.shares ?? []) {
    const part = sum(planned, unfold(made, share.of)) * 1000n;
    const whole = sum(
      planned,
      share.in === null ? planned.keys() : unfold(made, share.in),
    );
    const { leastPermille = 0, mostPermille } = share;
    const micro = 1000n;
    if (part + micro < whole * BigInt(leastPermille)) yield "share too small";
    if (mostPermille === undefined) continue;
    if (part - micro > whole * BigInt(mostPermille)) yield "share too large";
  }
  for (const target of request.returns ?? []) {
    const over = target.over === null
      ? new Set<string>(planned.keys())
      : unfold(made, [target.over]);
    let outcome = 0;
    for (const curve of curves) {
      if (!over.has(curve.entity)) continue;
      const weights = request.objective?.weights ?? {};
      const weight = weights[curve.entity] ??
        (curve.parent === null ? undefined : weights[curve.parent]) ?? 1;
      const perDay = Number(planned.get(curve.entity)) / days;
      outcome += weight * days * expect(curve, perDay);
    }
    const spent = Number(sum(planned, over));
    const worth = outcome * (request.objective?.valueMicros ?? 1);
    const roas = target.leastRoas ?? 0;
    if (worth < roas * spent * (1 - 1e-9)) yield `returns ${worth / spent}`;
    const cost = target.mostCostMicros ?? Infinity;
    if (spent > cost * outcome * (1 + 1e-9)) yield `costs ${spent / outcome}`;
  }
}

/** Expected outcome a day. */
export function expect({ curve, draws }: FittedCurve, perDay: number): number {
  const all = draws ?? [curve];
  return all.reduce((total, one) => total + respond(one, perDay), 0) /
    all.length;
}
