/**
 * Intervals by drawing entities again, with all their rows: rows of one entity are no
 * independent witnesses.
 *
 * @see Efron and Tibshirani (1993), An Introduction to the Bootstrap
 * @module
 */
import type { Interval } from "../../domain/evidence.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { intervalOf } from "../../domain/uplift_replicates.ts";
import { createBreath } from "../breathe.ts";
import type { Measure } from "./weighted.ts";

const REPLICATES = 200;
const LEVEL = 0.9;

/** Entities of rows. */
export interface Entities {
  /** Place of each row's entity, shape [rows]. */
  readonly of: Uint32Array;
  readonly count: number;
}

/** Numbers the entities of rows. */
export function entitiesOf(ids: readonly string[]): Entities {
  const places = new Map<string, number>();
  const of = Uint32Array.from(ids, (id) => {
    const place = places.get(id) ?? places.size;
    places.set(id, place);
    return place;
  });
  return { of, count: places.size };
}

/** Measures, and what they were in each draw. */
export interface Replicated {
  readonly values: Readonly<Record<string, number>>;
  /** By name of the measure, shape [replicates]. */
  readonly draws: Readonly<Record<string, Float64Array>>;
}

/**
 * Measures as it is, and again in each draw of entities.
 *
 * @param measure What to measure.
 * @param entities Whose rows they are.
 * @param seed The same seed draws the same entities.
 */
export async function replicate(
  measure: Measure,
  entities: Entities,
  seed: number,
): Promise<Replicated> {
  const random = seededRandom(seed);
  const values = measure(new Uint32Array(entities.of.length).fill(1));
  const names = Object.keys(values);
  const draws = Object.fromEntries(
    names.map((name) => [name, new Float64Array(REPLICATES)]),
  );
  const breathe = createBreath();
  for (let draw = 0; draw < REPLICATES; draw++) {
    const drawn = measure(drawCounts(entities, random));
    for (const name of names) {
      const kept = draws[name];
      if (kept) kept[draw] = drawn[name] ?? NaN;
    }
    await breathe();
  }
  return { values, draws };
}

function drawCounts({ of, count }: Entities, random: Random): Uint32Array {
  const drawn = new Uint32Array(count);
  for (let draw = 0; draw < count; draw++) {
    const entity = Math.floor(random.next() * count);
    drawn[entity] = (drawn[entity] ?? 0) + 1;
  }
  return of.map((entity) => drawn[entity] ?? 0);
}

/** 90 % intervals of the measures that varied. */
export function intervalsOf(
  { draws }: Replicated,
): Record<string, Interval> {
  return Object.fromEntries(
    Object.entries(draws).map(([name, values]) =>
      [name, intervalOf(values, LEVEL)] as const
    ).filter(([, [low, high]]) => Number.isFinite(low) && low < high),
  );
}
