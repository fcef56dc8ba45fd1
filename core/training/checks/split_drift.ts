/**
 * Whether the rows that measure are like those that teach: each input by itself, by a
 * stability index whose limit knows the sample's size and the number of inputs, and all
 * together by a probe that tries to tell the two apart.
 *
 * Rows of one entity are no independent witnesses: entities are counted, not rows.
 *
 * @module
 */
import type { Finding, ReferenceColumn } from "../../domain/evidence.ts";
import { auc } from "../../domain/measures.ts";
import { seededRandom } from "../../domain/random.ts";
import {
  countValues,
  learnNumbers,
  learnWords,
} from "../../domain/reference_spread.ts";
import { criticalIndex, stabilityIndex } from "../../domain/stability.ts";
import { createBreath } from "../breathe.ts";
import { binInput, learnBinning } from "./binning.ts";
import { type Checked, finding, idsAt, someOf, valuesAt } from "./checked.ts";
import { halve, probe } from "./probe.ts";

/** Chance of a false alarm for all inputs together. */
const FALSE_ALARMS = 0.01;
/** An index below says nothing to anybody. */
const LEAST_INDEX = 0.01;
const MOST_ROWS = 6000;
/** AUC of telling the parts apart that is worth a word. */
const TOLD = 0.56;
/** Standard errors that chance does not explain, once in a thousand. */
const SURPRISE = 3.1;

/** Compares each input where it teaches and where it measures. */
export async function checkSplitDrift(checked: Checked): Promise<Finding[]> {
  const { rows, schema, split: { train, holdout } } = checked;
  const n = new Set(idsAt(checked, holdout)).size;
  const m = new Set(idsAt(checked, train)).size;
  const breathe = createBreath();
  const found: Finding[] = [];
  for (const [place, { name, vocabulary }] of schema.inputs.entries()) {
    await breathe();
    const learnt = valuesAt(rows.columns[place], train);
    const column = vocabulary === undefined
      ? learnNumbers(name, learnt)
      : learnWords(name, vocabulary, learnt);
    const held = countValues(column, valuesAt(rows.columns[place], holdout));
    const [before, now] = withoutEmpty(column, held);
    if (now.length < 2) continue;
    const index = stabilityIndex(before, now);
    const limit = Math.max(
      LEAST_INDEX,
      criticalIndex({
        ...{ n, m, bins: now.length },
        chance: FALSE_ALARMS / schema.inputs.length,
      }),
    );
    if (index <= limit) continue;
    found.push(
      finding(
        "split_drift",
        name,
        `it is spread otherwise where the model is measured than where it learnt (index ${
          index.toPrecision(2)
        }, at most ${
          limit.toPrecision(2)
        } expected); retrain often, or leave it out`,
      ),
    );
  }
  return found;
}

/** Bins that hold enough for the index to be about chi-square; the rest as one. */
function withoutEmpty(
  { counts }: ReferenceColumn,
  held: readonly number[],
): [before: number[], now: number[]] {
  const before: number[] = [];
  const now: number[] = [];
  let [rareBefore, rareNow] = [0, 0];
  const share = counts.reduce((sum, count) => sum + count, 0) / 200;
  counts.forEach((count, bin) => {
    if (count >= share && count > 0) {
      before.push(count);
      now.push(held[bin] ?? 0);
    } else {
      rareBefore += count;
      rareNow += held[bin] ?? 0;
    }
  });
  const rest = Math.max(rareBefore, rareNow);
  return rest < share || rest === 0
    ? [before, now]
    : [[...before, rareBefore], [...now, rareNow]];
}

/** Tries to tell the parts apart by all inputs together. */
export async function checkSplitTold(checked: Checked): Promise<Finding[]> {
  const { rows, schema, split } = checked;
  const sides = [
    someOf(split.train, MOST_ROWS),
    someOf(split.holdout, MOST_ROWS),
  ];
  const places = Uint32Array.from(sides.flatMap((side) => [...side]));
  const target = Float64Array.from(
    places,
    (_, row) => row < (sides[0]?.length ?? 0) ? 0 : 1,
  );
  const inputs = schema.inputs.map((_, index) => {
    const values = valuesAt(rows.columns[index], places);
    return binInput(learnBinning(values), values);
  });
  const ids = idsAt(checked, places);
  const folds = halve(ids, seededRandom(2).next);
  const told = auc(target, await probe({ inputs, target, folds }));
  const [n = 1, m = 1] = [0, 1].map((side) =>
    new Set(ids.filter((_, row) => target[row] === side)).size
  );
  const error = Math.sqrt((n + m + 1) / (12 * n * m));
  return told <= Math.max(TOLD, 0.5 + SURPRISE * error) ? [] : [
    finding(
      "split_told",
      null,
      `the rows that measure can be told from those that teach (AUC ${
        told.toFixed(2)
      }): what comes is not like what was, and the measures may flatter`,
    ),
  ];
}
