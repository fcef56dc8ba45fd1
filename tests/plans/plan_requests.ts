/**
 * Random requests for plans.
 *
 * @module
 */
import fc from "fast-check";
import { addDays } from "../../core/domain/day.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type { Company } from "./plan_companies.ts";

const FROM = "2026-03-09";

/** A request without any demands. */
export function plainRequest(days: number): PlanRequest {
  return {
    model: null,
    entities: null,
    period: { from: FROM, until: addDays(FROM, days) },
    totalMicros: null,
    currency: "EUR",
    spend: "all",
    bounds: {},
  };
}

/**
 * Requests for a company.
 *
 * @param tight Whether amounts are anything, so that few can be met.
 */
export function requestsFor(
  { curves, spends }: Company,
  tight: boolean,
): fc.Arbitrary<{ readonly request: PlanRequest; readonly days: number }> {
  const keys = curves.map(({ entity }) => entity);
  const parents = [...new Set(curves.flatMap(({ parent }) => parent ?? []))];
  const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof(
      { weight: tight ? 1 : 3, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary },
    );
  const today = spends.reduce((sum, spend) => sum + spend, 0n);
  const money = (days: number) =>
    fc.bigInt({
      min: tight ? 0n : today * 6n * BigInt(days) / 10n,
      max: (today + 50_000_000n) * BigInt(days),
    });
  return fc.integer({ min: 1, max: 31 }).chain((days) => {
    const small = fc.bigInt({
      min: 0n,
      max: (tight ? 20_000_000n : 5_000_000n) * BigInt(days),
    });
    const bound = fc.oneof(
      money(days).map((hi) => ({ hi })),
      small.map((lo) => ({ lo, hi: lo + 60_000_000n * BigInt(days) })),
    );
    const pick = fc.subarray([...keys, ...parents], { minLength: 1 });
    return fc.record({
      totalMicros: fc.oneof(fc.constant(null), money(days)),
      spend: fc.constantFrom("all" as const, "up_to" as const),
      bounds: fc.dictionary(
        fc.constantFrom(...keys, ...parents),
        bound,
        { maxKeys: 3 },
      ),
      objective: optional(fc.record({
        maximize: fc.constantFrom("outcome" as const, "profit" as const),
        valueMicros: fc.constantFrom(100_000, 3_000_000),
        weights: fc.dictionary(
          fc.constantFrom(...keys, ...parents),
          fc.constantFrom(0, 0.5, 3),
          { maxKeys: 2 },
        ),
      })),
      changeLimit: optional(
        fc.record({
          mostPermille: fc.constantFrom(100, 200, 1500),
          of: fc.dictionary(
            fc.constantFrom(...keys, ...parents),
            fc.constantFrom(50, 300, 4000),
            { maxKeys: 2 },
          ),
        }, { requiredKeys: [] }),
      ),
      leastIfOn: optional(
        fc.dictionary(fc.constantFrom(...keys, ...parents), small, {
          maxKeys: 3,
        }),
      ),
      stepMicros: optional(fc.constantFrom(10_000n, 1_000_000n)),
      groups: optional(
        fc.record({
          members: pick,
          hi: money(days),
          mostOn: fc.integer({ min: 1, max: 5 }),
        }, { requiredKeys: ["members"] }).map((group) => [{
          name: "some",
          ...group,
        }]),
      ),
      shares: optional(fc.array(
        fc.oneof(
          fc.record({
            of: pick,
            in: fc.constant(null),
            mostPermille: fc.integer({ min: 200, max: 900 }),
          }),
          fc.record({
            of: pick,
            in: fc.option(pick),
            leastPermille: fc.integer({ min: 0, max: tight ? 400 : 150 }),
          }),
        ),
        { maxLength: 2 },
      )),
      returns: optional(
        fc.constantFrom(null, ...keys, ...parents).chain((over) =>
          fc.integer({ min: tight ? 40_000 : 400_000, max: 3_000_000 }).map((
            cost,
          ) => [{
            over,
            mostCostMicros: cost,
          }])
        ),
      ),
    }, { requiredKeys: ["totalMicros", "spend", "bounds"] }).map((asked) => ({
      days,
      request: {
        ...plainRequest(days),
        ...listGiven(asked as Partial<PlanRequest>),
      },
    }));
  });
}

/** Without the members that are undefined. */
function listGiven(asked: Partial<PlanRequest>): Partial<PlanRequest> {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined),
  );
}
