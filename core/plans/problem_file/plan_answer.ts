/**
 * The answer to a problem file: amounts, how good they are, and what holds them.
 *
 * @module
 */
import type { Forecast } from "../outlook/outcomes.ts";

/** A plan for a problem file; amounts are in the file's unit. */
export interface PlanAnswer {
  /** Names of the entities, in the file's order. */
  readonly ids: readonly string[];
  /** How many amounts each has; null for one amount each. */
  readonly periods: number | null;
  /** Shape [entities], or [entities × periods]. */
  readonly amounts: Float64Array;
  /** What there was to divide. */
  readonly budget: number;
  /** Sum of all amounts. */
  readonly spent: number;
  /** What the objective says of the amounts; a chance in [0, 1] where that is the aim. */
  readonly value: number;
  /** No plan within the bounds has more. */
  readonly upperBound: number;
  /** (upperBound − value) ÷ |upperBound|, at least 0. */
  readonly gap: number;
  /** What one more unit of budget would bring. */
  readonly price: number;
  /** What one more unit of each bound that holds would bring, by name. */
  readonly shadowPrices: Readonly<Record<string, number>>;
  /** What the next unit of each amount brings, as `amounts`. */
  readonly marginal: Float64Array;
  /** What a unit must bring to be spent on an entity: the price of budget and of its groups; shape [entities]. */
  readonly mustBring: Float64Array;
  /** What the draws say of the plan; null where there are none. */
  readonly forecast: Forecast | null;
}
