/**
 * How far chance alone moves measures of uplift: the bootstrap, rows drawn again
 * within each arm.
 *
 * A draw is a weight for each row of the whole population, the same for every score
 * and every test set: so a difference between two scores is a difference of their
 * replicates, and test sets that overlap, as those of repeated splits do, move
 * together. Models are not fitted again: intervals hold for the models at hand.
 *
 * @module
 */
import type { Interval } from "./evidence.ts";
import { seededRandom } from "./random.ts";
import { bestAreas, measureUplift } from "./uplift_measures.ts";
import { rankUplift, type TreatedRows } from "./uplift_ranking.ts";

/** Rows held out, and what each score says of them. */
export interface ScoredTest extends Omit<TreatedRows, "weight"> {
  /** Places of the rows in the population, shape [rows]. */
  readonly places: Uint32Array;
  /** Scores by name, each of shape [rows]. */
  readonly scores: Readonly<Record<string, Float64Array>>;
}

/** How to draw. */
export interface ReplicateOptions {
  /** Arm of each row, shape [population]. */
  readonly population: Uint8Array;
  /** How many draws. */
  readonly replicates: number;
  /** Any safe integer. */
  readonly seed: number;
}

/** Measures by name of each score, as measured and in each draw. */
export type ReplicatedMeasures = Record<
  string,
  Record<string, { readonly value: number; readonly draws: Float64Array }>
>;

/**
 * Measures scores on a test set, and again in each draw.
 *
 * @param test The test set.
 * @param options How to draw; the same options draw the same rows.
 * @returns Score → measure → value and draws, shape [replicates].
 */
export function replicateUplift(
  test: ScoredTest,
  { population, replicates, seed }: ReplicateOptions,
): ReplicatedMeasures {
  const names = Object.keys(test.scores);
  const scored = names.map((name) => ({
    ...test,
    score: test.scores[name] as Float64Array,
  }));
  const [first] = scored;
  const best = first && rankUplift(first);
  const rankings = scored.map((rows) => rankUplift(rows, best));
  const measure = (weight?: Float64Array) => {
    const weighed = weight ? { weight } : {};
    const areas = best && bestAreas({ ...test, ...weighed }, best);
    return scored.map((rows, at) =>
      measureUplift({ ...rows, ...weighed }, rankings[at], areas)
    );
  };
  const values = measure();
  const results = values.map((measures) =>
    Object.fromEntries(
      Object.entries(measures).map(([name, value]) => [
        name,
        { value, draws: new Float64Array(replicates) },
      ]),
    )
  );
  for (let draw = 0; draw < replicates; draw++) {
    const counts = drawCounts(population, seed + draw);
    const weight = Float64Array.from(test.places, (at) => counts[at] as number);
    measure(weight).forEach((measures, at) => {
      for (const [name, value] of Object.entries(measures)) {
        const draws = results[at]?.[name]?.draws;
        if (draws) draws[draw] = value;
      }
    });
  }
  return Object.fromEntries(names.map((name, at) => [name, results[at] ?? {}]));
}

/**
 * Adds up measures over test sets, draw by draw.
 *
 * @param all Of each test set, at least one, with the same scores and draws.
 * @returns Their means.
 */
export function averageReplicates(
  all: readonly ReplicatedMeasures[],
): ReplicatedMeasures {
  const over = (pick: (one: ReplicatedMeasures) => number | undefined) =>
    all.reduce((sum, one) => sum + (pick(one) ?? NaN), 0) / all.length;
  return mapMeasures(all[0] ?? {}, ({ draws }, score, name) => ({
    value: over((one) => one[score]?.[name]?.value),
    draws: draws.map((_, at) => over((one) => one[score]?.[name]?.draws[at])),
  }));
}

/**
 * Compares each score with one of them.
 *
 * @param measures Of all scores, drawn together.
 * @param baseline Name of the score to compare with.
 * @returns Differences, each score's less the baseline's.
 */
export function pairDifferences(
  measures: ReplicatedMeasures,
  baseline: string,
): ReplicatedMeasures {
  return mapMeasures(measures, ({ value, draws }, _, name) => {
    const other = measures[baseline]?.[name];
    return {
      value: value - (other?.value ?? NaN),
      draws: draws.map((draw, at) => draw - (other?.draws[at] ?? NaN)),
    };
  });
}

function mapMeasures(
  measures: ReplicatedMeasures,
  change: (
    one: { readonly value: number; readonly draws: Float64Array },
    score: string,
    name: string,
  ) => { value: number; draws: Float64Array },
): ReplicatedMeasures {
  return Object.fromEntries(
    Object.entries(measures).map(([score, ofScore]) => [
      score,
      Object.fromEntries(
        Object.entries(ofScore).map(([name, one]) => [
          name,
          change(one, score, name),
        ]),
      ),
    ]),
  );
}

/**
 * The middle part of draws.
 *
 * @param draws Any order, shape [draws]; those that are NaN are passed over.
 * @param level Share that lies inside, such as 0.9.
 * @returns Its ends; NaN if there is no draw.
 */
export function intervalOf(draws: Float64Array, level: number): Interval {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? NaN;
    const above = sorted[Math.ceil(place)] ?? NaN;
    return below + (place - Math.floor(place)) * (above - below);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

/**
 * Draws rows again, each arm by itself and as many as it has.
 *
 * @param arms Arm of each row, shape [rows].
 * @param seed Any safe integer.
 * @returns How often each row was drawn, shape [rows].
 */
export function drawCounts(arms: Uint8Array, seed: number): Float64Array {
  const random = seededRandom(seed);
  const counts = new Float64Array(arms.length);
  for (const rows of placesByArm(arms)) {
    for (let drawn = 0; drawn < rows.length; drawn++) {
      const row = rows[Math.floor(random.next() * rows.length)] as number;
      counts[row] = (counts[row] as number) + 1;
    }
  }
  return counts;
}

function placesByArm(arms: Uint8Array): number[][] {
  const places: number[][] = [];
  for (let row = 0; row < arms.length; row++) {
    (places[arms[row] as number] ??= []).push(row);
  }
  return places.filter(Boolean);
}
