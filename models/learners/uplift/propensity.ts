/**
 * Chance of each arm, estimated by models that have not seen the row.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import { type ArmRows, armShares } from "./effect_model.ts";
import { dealFolds, pickRows, placesWhere } from "./pick_rows.ts";
import type { FitRegressor } from "./regressor.ts";

const LEAST_CHANCE = 0.01;
const FOLDS = 2;

/**
 * Estimates the chance of each arm.
 *
 * @param rows Rows of an experiment.
 * @param fit Fits a model of chances.
 * @param random Seeded.
 * @returns Chances that sum to 1, control first, shape [arms + 1][rows]; none is below 0.01 before they are made to.
 */
export async function estimateChances(
  rows: ArmRows,
  fit: FitRegressor,
  random: Random,
): Promise<Float64Array[]> {
  const fold = dealFolds(rows.arm, FOLDS, random);
  const chances = Array.from(
    { length: rows.arms + 1 },
    () => new Float64Array(rows.arm.length),
  );
  for (let one = 0; one < FOLDS; one++) {
    const seen = pickRows(rows, (row) => fold[row] !== one);
    const unseen = pickRows(rows, (row) => fold[row] === one);
    const places = placesWhere(fold.length, (row) => fold[row] === one);
    const said = await chancesOf(seen, unseen, fit);
    places.forEach((place, at) =>
      chances.forEach((chance, arm) =>
        chance[place] = said[arm]?.[at] as number
      )
    );
  }
  return chances;
}

/**
 * Chances of an experiment that gave every row the same.
 *
 * @param rows Rows of an experiment.
 * @returns Share of each arm, control first, shape [arms + 1][rows].
 */
export function equalChances(rows: ArmRows): Float64Array[] {
  return Array.from(
    armShares(rows),
    (share) => new Float64Array(rows.arm.length).fill(share),
  );
}

/** With one arm, a model of it; with several, one of each against all others. */
async function chancesOf(
  seen: ArmRows,
  unseen: ArmRows,
  fit: FitRegressor,
): Promise<Float64Array[]> {
  const modelled = seen.arms === 1
    ? [1]
    : Array.from({ length: seen.arms + 1 }).keys();
  const said: Float64Array[] = [];
  for (const arm of modelled) {
    const label = Float64Array.from(seen.arm, (one) => one === arm ? 1 : 0);
    const model = await fit({ columns: seen.columns, label }, "chance");
    const keep = (chance: number) =>
      Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, chance));
    said.push(model.predict(unseen.columns).map(keep));
  }
  const all = seen.arms === 1
    ? [(said[0] as Float64Array).map((chance) => 1 - chance), ...said]
    : said;
  const total = (row: number) =>
    all.reduce((sum, chance) => sum + (chance[row] as number), 0);
  const totals = unseen.label.map((_, row) => total(row));
  return all.map((chance) =>
    chance.map((one, row) => one / (totals[row] as number))
  );
}
