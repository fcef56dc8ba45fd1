/**
 * Learns a response: scales the data, searches from many starts, and gives the
 * result back in the units of the data.
 *
 * @module
 */
import {
  EngineError,
  type Random,
  type Report,
  type SeriesDataset,
} from "@moe/plugin";
import { solvePositive } from "../math/cholesky.ts";
import { dot, orthonormalize, removeSpan } from "../math/orthonormal.ts";
import {
  type Baseline,
  baselineColumns,
  type BaselineOptions,
  planBaseline,
} from "./baseline.ts";
import { type Candidate, descend, evaluate, type Problem } from "./search.ts";
import { BELIEFS, COORDINATES, saturate, shapeAt } from "./shape.ts";

/** What was learnt of one entity's spend. */
export interface Response {
  readonly entity: string;
  /** Outcome units a day. */
  readonly ceiling: number;
  /** Micros a day. */
  readonly half: number;
  readonly slope: number;
  readonly decay: number;
}

/** What was learnt of an outcome. */
export interface OutcomeModel {
  readonly baseline: Baseline;
  /** Outcome units a day, one for each term of the baseline. */
  readonly weights: Float64Array;
  /** In the order of the dataset's spend. */
  readonly responses: readonly Response[];
}

/** How to learn. */
export interface ResponseOptions extends BaselineOptions {
  /** Points to search from. */
  readonly starts: number;
}

const QUICK = { steps: 25, tolerance: 0.05 };
const THOROUGH = { steps: 200, tolerance: 1e-7 };
const FINALISTS = 3;
const LEAST_RIDGE = 1e-8;
/** What is believed of a ceiling: normal around 0, in deviations of the outcome beside its baseline. */
const CEILING_DEVIATION = 2;
const ONE_UNIT_MICROS = 1e6;

/**
 * Learns how an outcome responds to spend.
 *
 * @param dataset What to learn from; an outcome that is not finite is unknown.
 * @param options Terms, starts.
 * @param scope Seeded chance; progress.
 * @returns The model.
 * @throws {EngineError} `dataset_invalid` if there are too few known periods.
 */
export function learnResponse(
  dataset: SeriesDataset,
  options: ResponseOptions,
  scope: { readonly random: Random; readonly report: Report },
): OutcomeModel {
  const baseline = planBaseline(dataset, options);
  const columns = baselineColumns(baseline, dataset);
  const spent = dataset.spend.map(({ series }) => tidy(series));
  const units = spent.map(medianPositive);
  const moving = units.flatMap((unit, at) => unit > 0 ? [at] : []);
  const known = dataset.outcome.map((value) => Number.isFinite(value) ? 1 : 0);
  checkLength(known, columns.length + COORDINATES * moving.length);
  const basis = orthonormalize(columns.map((column) => times(column, known)));
  const target = dataset.outcome.map((value) =>
    Number.isFinite(value) ? value : 0
  );
  removeSpan(target, basis);
  const periods = dot(known, known);
  const unit = Math.sqrt(dot(target, target) / periods);
  const problem: Problem = {
    spend: moving.map((at) =>
      scaled(spent[at] as Float64Array, units[at] ?? 1)
    ),
    known,
    basis,
    target: unit > 0 ? scaled(target, unit) : target,
    periods,
    ridge: LEAST_RIDGE,
  };
  const found = search(problem, options.starts, scope);
  const responses = dataset.spend.map(({ entity }, at) => ({
    entity,
    ...describe(found, moving.indexOf(at), { unit, spendUnit: units[at] ?? 0 }),
  }));
  return { baseline, responses, weights: weigh(dataset, columns, responses) };
}

/**
 * Predicts the outcome.
 *
 * @param model What was learnt.
 * @param dataset Days, spend and controls; spend of unknown entities is ignored.
 * @returns Outcome units a day, shape [periods].
 */
export function predictOutcome(
  { baseline, weights, responses }: OutcomeModel,
  dataset: SeriesDataset,
): Float64Array {
  const sum = new Float64Array(dataset.days.length);
  baselineColumns(baseline, dataset).forEach((column, at) =>
    addTo(sum, column, weights[at] ?? 0)
  );
  addTo(sum, respond(responses, dataset), 1);
  return sum;
}

function respond(
  responses: readonly Response[],
  dataset: SeriesDataset,
): Float64Array {
  const sum = new Float64Array(dataset.days.length);
  for (const response of responses) {
    const one = dataset.spend.find(({ entity }) => entity === response.entity);
    if (!one || response.ceiling === 0) continue;
    addTo(sum, saturate(tidy(one.series), response), response.ceiling);
  }
  return sum;
}

/**
 * Searches quickly from every start, then thoroughly from the best ends: first
 * with free ceilings, which tells the noise, then with the belief about ceilings.
 */
function search(
  problem: Problem,
  starts: number,
  { random, report }: { readonly random: Random; readonly report: Report },
): Candidate {
  const size = COORDINATES * problem.spend.length;
  const ends: Candidate[] = [];
  for (let start = 0; start < (size === 0 ? 1 : starts); start++) {
    const point = startingPoint(size, start, random);
    ends.push(descend(problem, evaluate(problem, point), QUICK));
    report("search", start / starts);
  }
  const free = best(ends).slice(0, FINALISTS)
    .map((end) => descend(problem, end, THOROUGH));
  const noise = (best(free)[0] as Candidate).error / problem.periods;
  const ridge = noise / CEILING_DEVIATION ** 2 / problem.periods;
  const believing = { ...problem, ridge: Math.max(ridge, problem.ridge) };
  const finals = free.map((end) =>
    descend(believing, evaluate(believing, end.point), THOROUGH)
  );
  return best(finals)[0] as Candidate;
}

function best(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((left, right) => left.value - right.value);
}

const DECAY_STARTS = [0, 1.4, 2.8];

/** First what is believed, with short, long and very long memory; then chance. */
function startingPoint(
  size: number,
  start: number,
  random: Random,
): Float64Array {
  const shift = DECAY_STARTS[start];
  return Float64Array.from({ length: size }, (_, i) => {
    const belief = BELIEFS[i % COORDINATES] as (typeof BELIEFS)[number];
    const { mean, deviation, least, most } = belief;
    if (shift !== undefined) return mean + (i % COORDINATES === 0 ? shift : 0);
    const drawn = mean + 1.5 * deviation * random.normal();
    return Math.min(most, Math.max(least, drawn));
  });
}

/** One entity's response in the units of the data; flat without any spend. */
function describe(
  { point, ceilings }: Candidate,
  entity: number,
  { unit, spendUnit }: { unit: number; spendUnit: number },
): Omit<Response, "entity"> {
  if (entity < 0) {
    return { ceiling: 0, half: ONE_UNIT_MICROS, slope: 1, decay: 0 };
  }
  const { decay, half, slope } = shapeAt(point, entity);
  const ceiling = unit * (ceilings[entity] as number);
  return { ceiling, half: spendUnit * half, slope, decay };
}

/** Baseline weights by least squares on what the responses leave. */
function weigh(
  dataset: SeriesDataset,
  columns: readonly Float64Array[],
  responses: readonly Response[],
): Float64Array {
  const rest = dataset.outcome.slice();
  addTo(rest, respond(responses, dataset), -1);
  const known = rest.map((value) => Number.isFinite(value) ? 1 : 0);
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const clean = rest.map((value) => Number.isFinite(value) ? value : 0);
  const masked = columns.map((column) => times(column, known));
  masked.forEach((left, i) =>
    masked.forEach((right, j) => {
      const ridge = i === j ? 1e-9 * clean.length : 0;
      gram[i * size + j] = dot(left, right) + ridge;
    })
  );
  const pull = Float64Array.from(masked, (column) => dot(column, clean));
  return solvePositive(gram, pull) ?? new Float64Array(size);
}

function checkLength(known: Float64Array, terms: number): void {
  const periods = dot(known, known);
  if (periods > terms + 1) return;
  throw new EngineError(
    "dataset_invalid",
    `Cannot fit media response to ${periods} periods: its ${terms} terms need more; give a longer range, or fewer entities and controls`,
    { facts: { periods, terms } },
  );
}

/** Spend without gaps and refunds. */
function tidy(series: Float64Array): Float64Array {
  return series.map((micros) => micros > 0 && micros < Infinity ? micros : 0);
}

function medianPositive(series: Float64Array): number {
  const positive = series.filter((micros) => micros > 0).sort();
  return positive[positive.length >> 1] ?? 0;
}

function scaled(series: Float64Array, unit: number): Float64Array {
  return series.map((value) => value / unit);
}

function times(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value * (right[i] as number));
}

function addTo(sum: Float64Array, column: Float64Array, weight: number): void {
  column.forEach((value, t) => sum[t] = (sum[t] as number) + weight * value);
}
