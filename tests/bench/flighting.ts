/**
 * Plans over weeks and over draws: time to the certified gap, against reading every
 * curve once for each Newton step.
 *
 * That reading is the physical limit of any method that looks at slopes: a search
 * with as many steps can do with nothing less. The instances are the certified ones
 * beside the checkout, left out where those are absent, and a seeded one of
 * 50 entities and 52 weeks.
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";
import { geometricKernel } from "../../core/plans/flighting/carry_over.ts";
import { narrowCells } from "../../core/plans/flighting/narrow.ts";
import { planFlight } from "../../core/plans/flighting/plan_flight.ts";
import type { FlightProblem } from "../../core/plans/flighting/problem.ts";
import { laySheet, respondOverTime } from "../../core/plans/flighting/sheet.ts";
import { planOutlook } from "../../core/plans/outlook/plan_outlook.ts";
import { listOutcomes } from "../../core/plans/outlook/outcomes.ts";
import { readDraws } from "../plans/draws_instance.ts";
import { readFlight } from "../plans/flighting_instance.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const ROUNDS = 15;
const PASSES = 10;

const bench: Bench = {
  name: "flighting",
  async run() {
    const certified = readFlight();
    return [
      ...certified === null
        ? []
        : await measureFlight("flighting-6x26", certified.problem),
      ...await measureFlight("flighting-50x52", seedFlight()),
      ...await measureDraws(),
    ];
  },
};

export default bench;

async function measureFlight(
  name: string,
  problem: FlightProblem,
): Promise<Row[]> {
  const { gap, iterations } = planFlight(problem);
  const sheet = laySheet(problem, narrowCells(problem));
  const gradient = new Float64Array(sheet.start.length);
  const [plan = NaN, pass = NaN] = await interleave([
    () => time(() => planFlight(problem)),
    () =>
      time(() => {
        for (let turn = 0; turn < PASSES; turn++) {
          respondOverTime(sheet, sheet.start, gradient);
        }
      }) / PASSES,
  ], ROUNDS);
  return [
    {
      name,
      value: plan * 1000,
      unit: "ms",
      against: `${iterations} readings of all curves`,
      ratio: plan / (pass * iterations),
    },
    { name: `${name}-gap`, value: gap, ...GAP },
  ];
}

const GAP = {
  unit: "(bound − outcome) ÷ bound",
  against: "its own upper bound",
  ratio: null,
};

async function measureDraws(): Promise<Row[]> {
  const found = readDraws();
  if (found === null) return [];
  const { problem } = found;
  const tail = { type: "mean_cvar", weight: 0.5, tail: 0.1 } as const;
  const plan = planOutlook(problem);
  const [mean = NaN, cvar = NaN, pass = NaN] = await interleave([
    () => time(() => planOutlook(problem)),
    () => time(() => planOutlook(problem, tail)),
    () => time(() => listOutcomes(problem, plan.amounts)),
  ], ROUNDS);
  const against = "one reading of all curves in all draws";
  return [
    {
      name: "outlook-20x500",
      value: mean * 1000,
      unit: "ms",
      against,
      ratio: mean / pass,
    },
    { name: "outlook-20x500-gap", value: plan.gap, ...GAP },
    {
      name: "outlook-cvar-20x500",
      value: cvar * 1000,
      unit: "ms",
      against,
      ratio: cvar / pass,
    },
    {
      name: "outlook-cvar-20x500-gap",
      value: planOutlook(problem, tail).gap,
      ...GAP,
    },
  ];
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** 50 entities over 52 weeks, with carry-over, season, ramps, and bounds on totals. */
function seedFlight(): FlightProblem {
  const random = seededRandom(52);
  const [periods, lags] = [52, 8];
  const horizon = periods + lags - 1;
  const entities = Array.from({ length: 50 }, (_, at) => {
    const half = 1e4 * Math.exp(random.normal());
    return {
      id: `e${at}`,
      curve: {
        type: "hill" as const,
        ceiling: 3 * half * Math.exp(0.3 * random.normal()),
        half,
        slope: 0.6 + 0.4 * random.next(),
      },
      kernel: geometricKernel(0.2 + 0.5 * random.next(), lags),
      season: Array.from(
        { length: horizon },
        (_, week) => 1 + 0.35 * Math.sin(2 * Math.PI * week / 26),
      ),
      lo: Array(periods).fill(0),
      hi: Array(periods).fill(3 * half),
      total: { lo: 0.2 * periods * half, hi: 1.5 * periods * half },
      ramp: half,
    };
  });
  const budget = entities.reduce(
    (sum, { curve }) => sum + 0.6 * periods * curve.half,
    0,
  );
  return { periods, after: lags - 1, entities, budget, spend: "all" };
}
