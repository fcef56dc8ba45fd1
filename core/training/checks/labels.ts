/**
 * Labels that are too few, too one-sided, or not the same everywhere.
 *
 * @module
 */
import type { Finding } from "../../domain/evidence.ts";
import { mean } from "../../domain/measures.ts";
import { unfit } from "../refusal.ts";
import { type Checked, finding, idsAt, labelsAt, percent } from "./checked.ts";

const MIN_OF_EACH = 10;
const FEW_OF_EACH = 100;
const IMBALANCED = 0.01;
/** Distance in standard errors that chance does not explain, once in a thousand. */
const SURPRISE = 3.3;
/** A difference of the mean label, relative to it, that is worth a word. */
const DRIFT = 0.1;

/**
 * Looks at the labels.
 *
 * @throws {EngineError} `dataset_invalid` if one side is too rare to learn from.
 */
export function checkLabels(checked: Checked): Finding[] {
  const { spec: { model, label: { measure } }, rows, split } = checked;
  const drift = checkDrift(checked);
  if (measure === "value") return drift;
  const label = labelsAt(rows, split.train);
  const ones = label.filter((value) => value === 1).length;
  const rarer = Math.min(ones, label.length - ones);
  if (rarer < MIN_OF_EACH) {
    throw unfit(
      model,
      `${ones} of its ${label.length} rows to learn from had the outcome, and it needs ${MIN_OF_EACH} with and without; ingest more labels, or raise label.withinDays`,
    );
  }
  return [...checkRare(rarer, label.length), ...drift];
}

function checkRare(rarer: number, rows: number): Finding[] {
  const found: Finding[] = [];
  if (rarer < FEW_OF_EACH) {
    found.push(finding(
      "few_positives",
      null,
      `only ${rarer} rows of the rarer label teach; expect wide intervals, and ingest more`,
    ));
  }
  if (rarer / rows < IMBALANCED) {
    found.push(finding(
      "class_imbalance",
      null,
      `${
        percent(rarer / rows)
      } of the rows have the rarer label; judge it by the log loss and its calibration`,
    ));
  }
  return found;
}

function checkDrift(checked: Checked): Finding[] {
  const { rows, split: { train, holdout } } = checked;
  const sides = [train, holdout].map((places) => {
    const label = labelsAt(rows, places);
    const level = mean(label);
    const variance = mean(label.map((value) => (value - level) ** 2));
    const entities = new Set(idsAt(checked, places)).size;
    return { level, error: variance / entities };
  });
  const [learnt, held] = sides;
  if (learnt === undefined || held === undefined) return [];
  const gap = held.level - learnt.level;
  const isChance = Math.abs(gap) <=
    SURPRISE * Math.sqrt(learnt.error + held.error);
  if (isChance || Math.abs(gap) <= DRIFT * Math.abs(learnt.level)) return [];
  const say = (level: number) => Number(level.toPrecision(3));
  return [
    finding(
      "label_drift",
      null,
      `the mean label is ${say(learnt.level)} where it learns and ${
        say(held.level)
      } where it is measured; the outcome changes over time, so retrain often or learn from a shorter past`,
    ),
  ];
}
