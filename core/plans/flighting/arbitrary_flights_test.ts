/**
 * Arbitrary flight problems for tests.
 *
 * @module
 */
import fc from "fast-check";
import type { ResponseCurve } from "../../domain/score.ts";
import type { FlightEntity, FlightProblem, Range } from "./problem.ts";

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
    longest: fc.integer({ min: 1, max: 3 }),
    after: fc.integer({ min: 0, max: 3 }),
    spent: fc.integer({ min: 0, max: 2 }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
    limited: fc.boolean(),
    shared: fc.boolean(),
  }).chain((
    { count, periods, longest, after, spent, spend, limited, shared },
  ) =>
    fc.record({
      moments: fc.array(fc.integer({ min: 1, max: longest }), {
        minLength: periods,
        maxLength: periods,
      }),
      entities: fc.array(
        arbitraryEntity({ slopes, periods, longest, after, spent }),
        { minLength: count, maxLength: count },
      ),
      room: fc.array(thousandths(0, 5), {
        minLength: 3 * periods,
        maxLength: 3 * periods,
      }),
    }).map(({ moments, entities, room }) => {
      const horizon = moments.reduce((all, own) => all + own, after);
      const sum = (t: number, from = 0) =>
        entities.slice(from)
          .reduce((total, { point }) => total + (point[t] ?? 0), 0);
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
          season: (entity.season ?? []).slice(0, horizon),
          id: `e${at}`,
        })),
        ...(longest > 1 ? { moments } : {}),
        ...(limited ? { totals } : {}),
        ...(shared && count > 1
          ? {
            groups: [{
              id: "most",
              entities: entities.slice(1).map((_, at) => `e${at + 1}`),
              totals: totals.map((_, t) => ({
                lo: Math.max(0, sum(t, 1) - (room[2 * periods + t] ?? 0)),
                hi: sum(t, 1) + (room[t] ?? 0),
              })),
            }],
          }
          : {}),
      };
    })
  );
}

interface Drafted {
  readonly entity: FlightEntity;
  readonly point: readonly number[];
}

function arbitraryEntity(
  { slopes, periods, longest, after, spent }: {
    readonly slopes: readonly [number, number];
    readonly periods: number;
    readonly longest: number;
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
    season: list(thousandths(0, 2), periods * longest + after),
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
