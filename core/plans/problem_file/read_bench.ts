/**
 * Reads the benchmark's problem files. Entities without a name are `c0`, `c1`, …
 *
 * @module
 */
import type { AllocationEntity } from "../../domain/allocation.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { carryIn, geometricKernel } from "../flighting/carry_over.ts";
import type { z } from "zod";
import { BudgetFile, DrawsFile, FlightingFile } from "./bench_schema.ts";
import type { AmountsAsked, FlightAsked } from "./plan_problem.ts";
import { parseFields, refused } from "./refuse.ts";

type Channel = z.output<typeof BudgetFile>["channels"][number];

/** Reads `mmm-budget-bench/1`. */
export function readBudget(value: unknown, file: string): AmountsAsked {
  const { channels, budget } = parseFields(BudgetFile, value, file);
  const seen = new Set<string>();
  for (const [at, { id }] of channels.entries()) {
    if (seen.has(id)) {
      throw refused(file, [
        `channels[${at}].id: "${id}" is there already; give each a name of its own`,
      ]);
    }
    seen.add(id);
  }
  const entities = channels.map(({ id, curve, lo, hi }) => ({
    ...{ id, group: null, lo, hi },
    curve: readCurve(curve),
  }));
  const today = channels.some(({ ref }) => ref !== undefined)
    ? Float64Array.from(channels, ({ ref = NaN }) => ref)
    : null;
  return ask(entities, budget, today);
}

function ask(
  entities: readonly AllocationEntity[],
  budget: number,
  today: Float64Array | null,
): AmountsAsked {
  return {
    kind: "amounts",
    problem: { entities, groups: [], budget, spend: "all" },
    aim: { type: "mean" },
    today,
    seen: new Map(),
  };
}

function readCurve(curve: Channel["curve"]): ResponseCurve {
  switch (curve.type) {
    case "hill":
      return {
        ...{ type: "hill", ceiling: curve.beta, half: curve.k, slope: curve.s },
      };
    case "logistic":
      return { type: "logistic", ceiling: curve.beta, rate: curve.lam };
    case "mm":
      return { type: "michaelis_menten", ceiling: curve.beta, half: curve.k };
  }
}

/** Reads `mmm-budget-bench-draws/1`: the mean over all draws is to be large. */
export function readDraws(value: unknown, file: string): AmountsAsked {
  const { beta, k, s, lo, hi, ref, budget } = parseFields(
    DrawsFile,
    value,
    file,
  );
  const draws = beta[0]?.length ?? 0;
  checkLengths(file, beta.length, { lo, hi, k, s, ref });
  for (const [name, rows] of Object.entries({ beta, k, s })) {
    const odd = rows.findIndex((row) => row.length !== draws);
    if (odd >= 0) {
      throw refused(file, [
        `${name}[${odd}]: expected ${draws} draws, not ${rows[odd]?.length}`,
      ]);
    }
  }
  const entities = beta.map((ceilings, row): AllocationEntity => ({
    ...{ id: `c${row}`, group: null },
    lo: lo[row] as number,
    hi: hi[row] as number,
    curve: {
      type: "sampled",
      draws: ceilings.map((ceiling, draw) => ({
        ...{ type: "hill", ceiling },
        half: k[row]?.[draw] as number,
        slope: s[row]?.[draw] as number,
      })),
    },
  }));
  return ask(entities, budget, ref ? Float64Array.from(ref) : null);
}

/** Reads `mmm-flighting-bench/1`: what is carried out of the last week counts. */
export function readFlighting(value: unknown, file: string): FlightAsked {
  const found = parseFields(FlightingFile, value, file);
  const { weeks, l_max: lags, alpha, budget, season, ref, ...columns } = found;
  const { beta, k, history, cap, cmin, cmax, ramp } = columns;
  checkLengths(file, alpha.length, {
    ...{ beta, k, history, cap, cmin, cmax, ramp, ref },
  });
  if (season.length !== weeks + lags - 1) {
    throw refused(file, [
      `season: expected ${
        weeks + lags - 1
      } factors, one for each week that counts, not ${season.length}`,
    ]);
  }
  const entities = alpha.map((decay, row) => {
    const kernel = geometricKernel(decay, lags);
    return {
      id: `c${row}`,
      curve: {
        type: "michaelis_menten" as const,
        ceiling: beta[row] as number,
        half: k[row] as number,
      },
      kernel,
      carryIn: carryIn(kernel, history[row] ?? []),
      season,
      lo: Array<number>(weeks).fill(0),
      hi: Array<number>(weeks).fill(cap[row] as number),
      total: { lo: cmin[row] as number, hi: cmax[row] as number },
      ramp: ramp[row] as number,
    };
  });
  return {
    kind: "flight",
    problem: {
      periods: weeks,
      after: lags - 1,
      entities,
      budget,
      spend: "all",
    },
    today: ref ? Float64Array.from(ref) : null,
  };
}

function checkLengths(
  file: string,
  count: number,
  lists: Readonly<Record<string, readonly unknown[] | undefined>>,
): void {
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || list.length === count) continue;
    throw refused(file, [
      `${name}: expected ${count}, one for each entity, not ${list.length}`,
    ]);
  }
}
