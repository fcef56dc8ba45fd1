/**
 * Rows with a planted signal, for tests of regressions.
 *
 * @module
 */
import { seededRandom } from "@moe/plugin/test";
import { type GlmFamily, LINKS } from "./links.ts";

/** All families. */
export const FAMILIES: readonly GlmFamily[] = ["logistic", "linear", "poisson"];
/** Steps that are enough. */
export const STEPS = 500;

/** Rows to learn from. */
export interface Rows {
  columns: Float64Array[];
  label: Float64Array;
  weight?: Float64Array;
}

/** Columns of three scales; the score is -1 + 0.8 a - 1.5 b' + 0.5 c. */
export function planted(family: GlmFamily, seed: number, rows: number): Rows {
  const random = seededRandom(seed);
  const columns = [
    Float64Array.from({ length: rows }, () => random.normal()),
    Float64Array.from({ length: rows }, () => 1e9 + 2e8 * random.normal()),
    Float64Array.from({ length: rows }, () => random.next() < 0.3 ? 1 : 0),
  ];
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = columns.map((column) => column[row] ?? 0);
    const score = -1 + 0.8 * a - 1.5 * (b - 1e9) / 2e8 + 0.5 * c;
    const mean = LINKS[family].mean(score);
    if (family === "logistic") return random.next() < mean ? 1 : 0;
    return family === "linear" ? mean + random.normal() : count(mean, random);
  });
  return { columns, label };
}

/** A Poisson count by the product of uniforms. */
function count(mean: number, random: { next(): number }): number {
  const end = Math.exp(-mean);
  let seen = 0;
  for (let chance = random.next(); chance > end; chance *= random.next()) {
    seen++;
  }
  return seen;
}
