/**
 * Whether a family can do what a specification asks: money is counted once, a chance
 * to win is no chance of an outcome, and not every family corrects for delays.
 *
 * @module
 */
import type { RowFamily } from "../../plugins/contract.ts";
import { unfit } from "./refusal.ts";
import type { RowsSpec } from "./spec.ts";

/** Unit of a score that is an expected value already. */
const MONEY = "value_micros";
/** Unit of the chance that a bid wins. */
const WIN = "win_probability";

/**
 * Refuses what the family cannot do.
 *
 * @throws {EngineError} `dataset_invalid`, naming the member to change.
 */
export function refuseUnfit(
  { name, output: { unit }, correctsDelays = false }: RowFamily,
  { model, use, label }: RowsSpec,
): void {
  const refuse = (reason: string) =>
    unfit(model, `family "${name}" scores in ${unit}: ${reason}`);
  if (label.maturity === "correct" && !correctsDelays) {
    throw unfit(
      model,
      `family "${name}" does not correct for outcomes yet to come: set label.maturity to "wait", or take response_rate`,
    );
  }
  if ((unit === WIN) !== (use.kind === "win")) {
    throw refuse(
      unit === WIN
        ? 'it is for use.kind "win"'
        : 'use.kind "win" needs a family such as bid_landscape',
    );
  }
  if (unit === MONEY && use.kind !== "bid") {
    throw refuse('it is for use.kind "bid"');
  }
  if (use.kind === "bid" && (unit === MONEY) !== (use.valueMicros === null)) {
    throw refuse(
      unit === MONEY
        ? "leave out use.valueMicros, which would count the value twice"
        : "say in use.valueMicros what one outcome is worth",
    );
  }
  if (unit === MONEY && label.measure !== "value") {
    throw refuse('set label.measure to "value"');
  }
}
