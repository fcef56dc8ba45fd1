/**
 * Where each number lies in a point of the search.
 *
 * In order: the common value of each channel's coordinates; the geographies' own of
 * each that varies; the logarithm of each geography's noise; coefficients of the
 * baseline, if they are searched; and last what is known least: the logarithms of the
 * spread of each coordinate that varies, and of the trend's flexibility.
 *
 * @module
 */
import type { MixProblem } from "./problem.ts";

/** A coordinate that varies. */
export interface Varying {
  /** Which of the coordinates. */
  readonly value: number;
  /** Place of the logarithm of its spread. */
  readonly spread: number;
  /** Place of the first geography's own. */
  readonly first: number;
}

/** Places in a point. */
export interface Layout {
  readonly size: number;
  /** Coordinates of all channels. */
  readonly values: number;
  /** First coordinate of each channel. */
  readonly channels: readonly number[];
  readonly varying: readonly Varying[];
  /** Place of the first geography's noise. */
  readonly noise: number;
  /** Place of the trend's flexibility, or null. */
  readonly flexibility: number | null;
  /** Place of each geography's first coefficient; empty if they are integrated out. */
  readonly coefficients: readonly number[];
  /** Names for people, shape [size]. */
  readonly names: readonly string[];
}

/**
 * Lays out a point.
 *
 * @param problem The posterior.
 * @returns Places.
 */
export function layOut(problem: MixProblem): Layout {
  const names: string[] = [];
  const channels = problem.channels.map(({ name, coordinates }) =>
    placeAll(names, coordinates.map((one) => `${name}.${one.name}`))
  );
  const values = names.length;
  const own = placeOwn(problem, names);
  const geos = problem.geos.map(({ name }) => name);
  const noise = placeAll(names, geos.map((name) => `noise.${name}`));
  const coefficients = problem.likelihood === "normal"
    ? []
    : problem.geos.map(({ name, design }) =>
      placeAll(names, design.map((_, term) => `baseline.${name}.${term}`))
    );
  const varying = own.map((one) => ({
    ...one,
    spread: names.push(`spread.${names[one.value]}`) - 1,
  }));
  const bends = problem.geos.some(({ flexible }) => flexible.includes(1));
  const flexibility = bends ? names.push("trend.flexibility") - 1 : null;
  return {
    size: names.length,
    values,
    channels,
    varying,
    noise,
    flexibility,
    coefficients,
    names,
  };
}

function placeAll(names: string[], more: readonly string[]): number {
  names.push(...more);
  return names.length - more.length;
}

/** Places of what geographies have of their own. */
function placeOwn(
  problem: MixProblem,
  names: string[],
): Omit<Varying, "spread">[] {
  const geos = problem.geos.map(({ name }) => name);
  if (geos.length < 2) return [];
  const varies = problem.channels.flatMap(({ coordinates }) =>
    coordinates.map((one) => one.varies)
  );
  return varies.flatMap((does, value) => {
    if (!does) return [];
    const own = geos.map((geo) => `${names[value]}.${geo}`);
    return [{ value, first: placeAll(names, own) }];
  });
}
