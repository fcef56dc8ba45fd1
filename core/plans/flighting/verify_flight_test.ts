/**
 * A verifier of flight plans that shares no code with the planner.
 *
 * @module
 */
import { respond, respondMarginally } from "../../domain/response.ts";
import type { Flight, FlightEntity, FlightProblem, Range } from "./problem.ts";

/** What does not hold in amounts, to 1e-9 of the largest bound; empty if all does. */
export function listViolations(
  problem: FlightProblem,
  amounts: Float64Array,
): string[] {
  const { entities, periods, budget, totals = [], spend } = problem;
  const { groups = [], moments = [] } = problem;
  const slack = 1e-9 * Math.max(budget, 1e-300);
  const found: string[] = [];
  const check = (name: string, x: number, { lo, hi }: Range) => {
    if (!(x >= lo - slack && x <= hi + slack)) {
      found.push(`${name} is ${x}, outside ${lo} to ${hi}`);
    }
  };
  const at = (row: number, t: number) => amounts[row * periods + t] ?? NaN;
  const times = Array.from({ length: periods }, (_, t) => t);
  const rows = entities.map((_, row) => row);
  const sum = (of: readonly number[]) => of.reduce((all, x) => all + x, 0);
  entities.forEach(({ id, lo, hi, ramp, before, spent = [], total }, row) => {
    for (const t of times) {
      const fixed = spent[t];
      check(`${id} in ${t}`, at(row, t), {
        lo: fixed ?? lo[t] ?? NaN,
        hi: fixed ?? hi[t] ?? NaN,
      });
      const last = t === 0 ? before : at(row, t - 1);
      if (ramp === undefined || last === undefined || t < spent.length) {
        continue;
      }
      if (t > 0 && moments[t] !== moments[t - 1]) continue;
      check(`ramp of ${id} into ${t}`, at(row, t) - last, {
        lo: -ramp,
        hi: ramp,
      });
    }
    if (total) {
      check(
        `total of ${id}`,
        sum(times.map((t) => at(row, t))),
        total,
      );
    }
  });
  totals.forEach((total, t) =>
    check(`period ${t}`, sum(rows.map((row) => at(row, t))), total)
  );
  for (const { id, entities: members, totals: shared } of groups) {
    const within = rows.filter((row) =>
      members.includes(entities[row]?.id ?? "")
    );
    shared.forEach((total, t) =>
      check(`group ${id} in ${t}`, sum(within.map((row) => at(row, t))), total)
    );
  }
  check("budget", sum([...amounts]), {
    lo: spend === "all" ? budget : 0,
    hi: budget,
  });
  return found;
}

/**
 * Upper bound on every plan's outcome where curves are concave, from its
 * prices alone: the tangent plane at their point, and weak duality of the linear
 * programme that it makes.
 */
export function boundByPrices(
  problem: FlightProblem,
  { prices }: Flight,
): number {
  const { entities, periods, after, budget, totals = [] } = problem;
  const { groups = [], moments = Array<number>(periods).fill(1) } = problem;
  const periodOf = moments.flatMap((count, t) => Array(count).fill(t));

  const side = (price: number, { lo, hi }: Range) =>
    price > 0 ? price * hi : price < 0 ? price * lo : 0;
  let bound = side(prices.budget, { lo: budget, hi: budget });
  totals.forEach((total, t) => bound += side(prices.periods[t] ?? NaN, total));
  groups.forEach((group, at) =>
    group.totals.forEach((total, t) =>
      bound += side(prices.groups[at * periods + t] ?? NaN, total)
    )
  );
  entities.forEach((entity, row) => {
    const { curve, kernel, carryIn = [], season } = entity;
    const shared = groups.findIndex((one) => one.entities.includes(entity.id));
    const own = prices.tangent.slice(row * periods, (row + 1) * periods);
    const slope = new Float64Array(periods);
    for (let u = 0; u < periodOf.length + after; u++) {
      let felt = carryIn[u] ?? 0;
      kernel.forEach((share, lag) => {
        const t = periodOf[u - lag];
        felt += t === undefined ? 0 : share * (own[t] ?? 0) / (moments[t] ?? 1);
      });
      bound += (season?.[u] ?? 1) * respond(curve, felt);
      kernel.forEach((share, lag) => {
        const t = periodOf[u - lag];
        if (t === undefined) return;
        const first = respondMarginally(curve, felt);
        const added = share * (season?.[u] ?? 1) * first / (moments[t] ?? 1);
        slope[t] = (slope[t] ?? 0) + added;
      });
    }
    const total = prices.totals[row] ?? NaN;
    if (entity.total) bound += side(total, entity.total);
    for (let t = 0; t < periods; t++) {
      const into = prices.ramps[row * periods + t] ?? 0;
      const outOf = t + 1 < periods ? prices.ramps[row * periods + t + 1] : 0;
      if (entity.ramp !== undefined) bound += Math.abs(into) * entity.ramp;
      const group = shared < 0 ? 0 : prices.groups[shared * periods + t] ?? NaN;
      const paid = group + prices.budget + total + (prices.periods[t] ?? 0) +
        into -
        (outOf ?? 0);
      const [lo, hi] = reachOf(entity, t, moments);
      const x = own[t] ?? NaN;
      if (lo === hi) bound -= paid * lo;
      else {
        const left = (slope[t] ?? NaN) - paid;
        bound += Math.max(left * lo, left * hi) - (slope[t] ?? NaN) * x;
      }
    }
  });
  return bound;
}

/** Bounds of a cell, with the ramps from neighbours that cannot change. */
function reachOf(
  entity: FlightEntity,
  t: number,
  moments: readonly number[],
): [number, number] {
  let [lo, hi] = boundsOf(entity, t);
  const { ramp, before } = entity;
  if (lo === hi || ramp === undefined) return [lo, hi];
  const neighbours = [t - 1, t + 1]
    .filter((other) => moments[other] === moments[t])
    .map((other) => boundsOf(entity, other));
  if (t === 0 && before !== undefined) neighbours.push([before, before]);
  for (const [least, most] of neighbours) {
    if (least !== most) continue;
    lo = Math.max(lo, least - ramp);
    hi = Math.min(hi, least + ramp);
  }
  return [lo, hi];
}

function boundsOf(
  { lo, hi, spent = [] }: FlightEntity,
  t: number,
): [number, number] {
  const fixed = spent[t];
  return [fixed ?? lo[t] ?? NaN, fixed ?? hi[t] ?? NaN];
}
