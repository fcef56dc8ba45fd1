/**
 * Flight problems for tests: arbitrary ones, and a verifier that shares no code with
 * the planner.
 *
 * @module
 */
import fc from "fast-check";
import { respond, respondMarginally } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import type { Flight, FlightEntity, FlightProblem, Range } from "./problem.ts";

const thousandths = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((x) => x / 1000);

function arbitraryCurve(
  [least, most]: readonly [number, number],
): fc.Arbitrary<ResponseCurve> {
  const ceiling = thousandths(1, 100);
  const half = thousandths(1, 50);
  return fc.oneof(
    fc.record({
      type: fc.constant("hill" as const),
      ceiling,
      half,
      slope: thousandths(least, most),
    }),
    fc.record({
      type: fc.constant("logistic" as const),
      ceiling,
      rate: thousandths(0.01, 0.3),
    }),
    fc.record({
      type: fc.constant("michaelis_menten" as const),
      ceiling,
      half,
    }),
  );
}

/** A problem that admits a plan: its bounds are set around one. */
export function arbitraryFlight(
  { slopes = [0.4, 1], most = 3 }: {
    slopes?: readonly [number, number];
    most?: number;
  } = {},
): fc.Arbitrary<FlightProblem> {
  return fc.record({
    count: fc.integer({ min: 1, max: most }),
    periods: fc.integer({ min: 1, max: 6 }),
    after: fc.integer({ min: 0, max: 3 }),
    spent: fc.integer({ min: 0, max: 2 }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
    limited: fc.boolean(),
  }).chain(({ count, periods, after, spent, spend, limited }) =>
    fc.record({
      entities: fc.array(
        arbitraryEntity({ slopes, periods, after, spent }),
        { minLength: count, maxLength: count },
      ),
      room: fc.array(thousandths(0, 5), {
        minLength: 2 * periods,
        maxLength: 2 * periods,
      }),
    }).map(({ entities, room }) => {
      const sum = (t: number) =>
        entities.reduce((total, { point }) => total + (point[t] ?? 0), 0);
      const totals = Array.from({ length: periods }, (_, t): Range => ({
        lo: Math.max(0, sum(t) - (room[t] ?? 0)),
        hi: sum(t) + (room[periods + t] ?? 0),
      }));
      return {
        periods,
        after,
        budget: totals.reduce((all, _, t) => all + sum(t), 0),
        spend,
        entities: entities.map(({ entity }, at) => ({
          ...entity,
          id: `e${at}`,
        })),
        ...(limited ? { totals } : {}),
      };
    })
  );
}

interface Drafted {
  readonly entity: FlightEntity;
  readonly point: readonly number[];
}

function arbitraryEntity(
  { slopes, periods, after, spent }: {
    readonly slopes: readonly [number, number];
    readonly periods: number;
    readonly after: number;
    readonly spent: number;
  },
): fc.Arbitrary<Drafted> {
  const list = (of: fc.Arbitrary<number>, length: number) =>
    fc.array(of, { minLength: length, maxLength: length });
  return fc.record({
    curve: arbitraryCurve(slopes),
    kernel: fc.array(thousandths(0.01, 1), { minLength: 1, maxLength: 4 }),
    carryIn: fc.array(thousandths(0, 10), { maxLength: periods + after }),
    season: list(thousandths(0, 2), periods + after),
    point: list(fc.oneof(fc.constant(0), thousandths(0, 20)), periods),
    below: list(thousandths(0, 1), periods),
    above: list(fc.oneof(fc.constant(0), thousandths(0, 30)), periods),
    ramped: fc.boolean(),
    bounded: fc.boolean(),
    room: thousandths(0, 10),
  }).map(({ point, below, above, ramped, bounded, room, ...rest }) => {
    const steps = point.slice(1).map((x, t) => Math.abs(x - (point[t] ?? 0)));
    const all = point.reduce((sum, x) => sum + x, 0);
    return {
      point,
      entity: {
        id: "",
        ...rest,
        lo: point.map((x, t) => x * (below[t] ?? 0)),
        hi: point.map((x, t) => x + (above[t] ?? 0)),
        spent: point.slice(0, Math.min(spent, periods)),
        ...(ramped ? { ramp: Math.max(0, ...steps) + room } : {}),
        ...(bounded
          ? { total: { lo: Math.max(0, all - room), hi: all + room } }
          : {}),
      },
    };
  });
}

/** What does not hold in amounts, to 1e-9 of the largest bound; empty if all does. */
export function listViolations(
  problem: FlightProblem,
  amounts: Float64Array,
): string[] {
  const { entities, periods, budget, totals = [], spend } = problem;
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
  { entities, periods, after, budget, totals = [] }: FlightProblem,
  { prices }: Flight,
): number {
  const side = (price: number, { lo, hi }: Range) =>
    price > 0 ? price * hi : price < 0 ? price * lo : 0;
  let bound = side(prices.budget, { lo: budget, hi: budget });
  totals.forEach((total, t) => bound += side(prices.periods[t] ?? NaN, total));
  entities.forEach((entity, row) => {
    const { curve, kernel, carryIn = [], season } = entity;
    const own = prices.tangent.slice(row * periods, (row + 1) * periods);
    const slope = new Float64Array(periods);
    for (let u = 0; u < periods + after; u++) {
      let felt = carryIn[u] ?? 0;
      kernel.forEach((share, lag) => felt += share * (own[u - lag] ?? 0));
      bound += (season?.[u] ?? 1) * respond(curve, felt);
      kernel.forEach((share, lag) => {
        if (u - lag < 0 || u - lag >= periods) return;
        const first = respondMarginally(curve, felt);
        const added = share * (season?.[u] ?? 1) * first;
        slope[u - lag] = (slope[u - lag] ?? 0) + added;
      });
    }
    const total = prices.totals[row] ?? NaN;
    if (entity.total) bound += side(total, entity.total);
    for (let t = 0; t < periods; t++) {
      const into = prices.ramps[row * periods + t] ?? 0;
      const outOf = t + 1 < periods ? prices.ramps[row * periods + t + 1] : 0;
      if (entity.ramp !== undefined) bound += Math.abs(into) * entity.ramp;
      const paid = prices.budget + total + (prices.periods[t] ?? 0) + into -
        (outOf ?? 0);
      const [lo, hi] = reachOf(entity, t);
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
function reachOf(entity: FlightEntity, t: number): [number, number] {
  let [lo, hi] = boundsOf(entity, t);
  const { ramp, before } = entity;
  if (lo === hi || ramp === undefined) return [lo, hi];
  const neighbours = [boundsOf(entity, t - 1), boundsOf(entity, t + 1)];
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
