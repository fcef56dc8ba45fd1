/**
 * Inputs that know the outcome: those that all but repeat it are refused, those that
 * tell suspiciously much, alone or by whether they are missing, are named.
 *
 * @module
 */
import type { Finding } from "../../domain/evidence.ts";
import { auc, mean, rSquared } from "../../domain/measures.ts";
import { seededRandom } from "../../domain/random.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { createBreath } from "../breathe.ts";
import { unfit } from "../refusal.ts";
import { binInput, learnBinning } from "./binning.ts";
import {
  type Checked,
  finding,
  idsAt,
  labelsAt,
  someOf,
  valuesAt,
} from "./checked.ts";
import { halve, probe } from "./probe.ts";

const MOST_ROWS = 20_000;
/** Reach of one input above which it is the outcome, and not a sign of it. */
const TOO_GOOD = { auc: 0.995, r2: 0.99 };
/** Reach that no honest input is known to have alone. */
const NEAR = { auc: 0.9, r2: 0.8 };
/** Reach that is suspicious when it stands out by so much from all others. */
const JUMP = { auc: [0.8, 0.2], r2: [0.5, 0.3] } as const;
/** Share of what an input tells that whether it is missing tells as well. */
const BY_MISSING = 0.8;

/** How much one input tells of the label. */
interface Reach {
  readonly name: string;
  /** AUC or R², of entities that it was not learnt from. */
  readonly size: number;
  /** The same for whether it has a value. */
  readonly byMissing: number;
}

/**
 * Asks each input alone.
 *
 * @throws {EngineError} `dataset_invalid` if one tells the label.
 */
export async function checkLeaks(checked: Checked): Promise<Finding[]> {
  const { rows, schema, split } = checked;
  const measure = checked.spec.label.measure === "occurs" ? "auc" : "r2";
  const places = someOf(split.train, MOST_ROWS);
  const label = labelsAt(rows, places);
  const folds = halve(idsAt(checked, places), seededRandom(1).next);
  const breathe = createBreath();
  const reaches: Reach[] = [];
  for (const [place, { name, vocabulary }] of schema.inputs.entries()) {
    const values = valuesAt(rows.columns[place], places);
    refuseOutcome(checked, name, { values, label, vocabulary });
    const ask = (values: readonly FeatureValue[]) =>
      reachOf(values, { label, folds, measure });
    const size = await ask(values);
    refuseReach(checked, name, { measure, size });
    const byMissing = await ask(
      values.map((value) => value === null ? null : 1),
    );
    reaches.push({ name, size, byMissing });
    await breathe();
  }
  return reaches.flatMap((reach) => judge(reach, reaches, measure));
}

/** Plain comparison first: it needs no learning, and sees what bins would blur. */
function refuseOutcome(
  checked: Checked,
  name: string,
  { values, label, vocabulary }: {
    readonly values: readonly FeatureValue[];
    readonly label: Float64Array;
    readonly vocabulary: readonly string[] | undefined;
  },
): void {
  const occurs = checked.spec.label.measure === "occurs";
  const happened = label.map((value) => value > 0 ? 1 : 0);
  for (const column of plainColumns(values, vocabulary ?? null)) {
    const told = auc(happened, column);
    refuseReach(checked, name, {
      measure: "auc",
      size: Math.abs(told - 0.5) + 0.5,
    });
    if (occurs) continue;
    const size = Math.max(
      linearR2(column, label),
      linearR2(ranks(column), ranks(label)),
    );
    refuseReach(checked, name, { measure: "r2", size });
  }
}

function refuseReach(
  { spec: { model } }: Checked,
  name: string,
  { measure, size }: { readonly measure: "auc" | "r2"; readonly size: number },
): void {
  if (!(size > TOO_GOOD[measure])) return;
  throw unfit(
    model,
    `feature "${name}" alone tells the label (${
      size.toFixed(4)
    }): it leaks the outcome; leave it out`,
  );
}

async function reachOf(
  values: readonly FeatureValue[],
  { label, folds, measure }: {
    readonly label: Float64Array;
    readonly folds: Uint8Array;
    readonly measure: "auc" | "r2";
  },
): Promise<number> {
  const inputs = [binInput(learnBinning(values), values)];
  const said = await probe({ inputs, target: label, folds });
  return measure === "auc" ? auc(label, said) : rSquared(label, said);
}

function judge(
  { name, size, byMissing }: Reach,
  all: readonly Reach[],
  measure: "auc" | "r2",
): Finding[] {
  const others = all.filter((other) => other.name !== name)
    .map(({ size }) => size);
  const next = Math.max(measure === "auc" ? 0.5 : 0, ...others);
  const [least, jump] = JUMP[measure];
  const standsOut = others.length > 0 && size >= least && size - next >= jump;
  if (size < NEAR[measure] && !standsOut) return [];
  const nothing = measure === "auc" ? 0.5 : 0;
  const missing = byMissing - nothing >= BY_MISSING * (size - nothing);
  return [
    finding(
      "near_leak",
      name,
      `${missing ? "whether it has a value" : "it"} alone reaches ${
        measure === "auc" ? "an AUC" : "an R²"
      } of ${size.toFixed(2)}, the next input ${
        next.toFixed(2)
      }; make sure that it is known before the outcome`,
    ),
  ];
}

/** A feature as numbers: itself, or one indicator for each word. */
function plainColumns(
  values: readonly FeatureValue[],
  vocabulary: readonly string[] | null,
): Float64Array[] {
  if (vocabulary === null) {
    return [
      Float64Array.from(
        values,
        (value) => typeof value === "number" ? value : -Infinity,
      ),
    ];
  }
  return vocabulary.map((word) =>
    Float64Array.from(values, (value) => String(value) === word ? 1 : 0)
  );
}

/** Place of each value among all, equal values in the middle of theirs. */
export function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) =>
    (values[a] ?? NaN) - (values[b] ?? NaN)
  );
  const ranked = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let until = from + 1;
    const value = values[order[from] ?? 0];
    while (until < order.length && values[order[until] ?? 0] === value) until++;
    for (const row of order.subarray(from, until)) {
      ranked[row] = (from + until - 1) / 2;
    }
    from = until;
  }
  return ranked;
}

/** Share of the label that a line through one column explains. */
export function linearR2(column: Float64Array, label: Float64Array): number {
  const known = column.map((value) => Number.isFinite(value) ? value : 0);
  const [centre, level] = [mean(known), mean(label)];
  const spread = mean(known.map((value) => (value - centre) ** 2));
  if (spread === 0) return 0;
  const slope =
    mean(known.map((value, row) => (value - centre) * (label[row] ?? NaN))) /
    spread;
  return rSquared(
    label,
    known.map((value) => level + slope * (value - centre)),
  );
}
