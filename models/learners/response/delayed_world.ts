/**
 * A made-up world for tests: rows whose outcomes come late, and what is true of them.
 *
 * @module
 */
import type { OutcomeDelays, Random } from "@moe/plugin";

/** Days within which an outcome counts. */
export const WITHIN_DAYS = 14;

/** How rows and their outcomes come about. */
export interface WorldPlan {
  readonly rows: number;
  /** Rows are this many days old at most. */
  readonly oldestDays: number;
  /** Value of the first column, from the age in days. */
  readonly column: (random: Random, ageDays: number) => number;
  /** Eventual chance by the first column. */
  readonly chance: (column: number) => number;
  /** A delay in days, drawn again if beyond {@link WITHIN_DAYS}. */
  readonly delay: (random: Random, column: number) => number;
}

/** Rows as they are seen now, and what will come of them. */
export interface DelayedWorld {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  /** Whether an outcome has come by now. */
  readonly label: Float64Array;
  readonly delays: OutcomeDelays;
  /** Whether one will have come in the end. */
  readonly eventual: Float64Array;
}

/** Exponential delay of a mean. */
export function exponential(meanDays: number) {
  return (random: Random) => -meanDays * Math.log(1 - random.next());
}

/** Draws a world. */
export function drawWorld(plan: WorldPlan, random: Random): DelayedWorld {
  const { rows, oldestDays } = plan;
  const make = () => new Float64Array(rows);
  const [column, label, eventual] = [make(), make(), make()];
  const [delay, watched] = [make().fill(NaN), make()];
  for (let row = 0; row < rows; row++) {
    const age = oldestDays * (0.02 + 0.98 * random.next());
    const value = plan.column(random, age);
    column[row] = value;
    watched[row] = Math.min(age, WITHIN_DAYS);
    if (random.next() >= plan.chance(value)) continue;
    eventual[row] = 1;
    let days = Infinity;
    while (days > WITHIN_DAYS) days = plan.delay(random, value);
    if (days > age) continue;
    label[row] = 1;
    delay[row] = days;
  }
  return {
    rows,
    names: ["column"],
    columns: [column],
    label,
    eventual,
    delays: { delay, watched, withinDays: WITHIN_DAYS },
  };
}

/** Rows at the given places. */
export function takeRows(
  { names, columns, label, eventual, delays }: DelayedWorld,
  places: readonly number[],
): DelayedWorld {
  const take = (values: Float64Array) =>
    Float64Array.from(places, (place) => values[place] as number);
  return {
    rows: places.length,
    names,
    columns: columns.map(take),
    label: take(label),
    eventual: take(eventual),
    delays: {
      delay: take(delays.delay),
      watched: take(delays.watched),
      withinDays: delays.withinDays,
    },
  };
}

/** Rows of which all days are over. */
export function matureRows(world: DelayedWorld): DelayedWorld {
  const { watched, withinDays } = world.delays;
  const places = [...watched.keys()].filter((row) =>
    (watched[row] as number) >= withinDays
  );
  return takeRows(world, places);
}
