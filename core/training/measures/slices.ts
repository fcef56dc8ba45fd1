/**
 * Whether a model treats people unequally: the measures of the held-out rows by the
 * values of features that the specification names, and where chances said differ from
 * what happened, or some are chosen far less often than others, by more than chance.
 *
 * @see Hardt, Price and Srebro (2016), Equality of Opportunity in Supervised Learning
 * @see 29 CFR 1607.4 D, the four-fifths rule, read on 2026-11-26
 * @module
 */
import type { Finding, Interval, SliceMeasure } from "../../domain/evidence.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { finiteOnly } from "../../domain/measures.ts";
import { binAmong, equalMassEdges } from "../../domain/reference_spread.ts";
import {
  type Entities,
  entitiesOf,
  intervalsOf,
  replicate,
  type Replicated,
} from "./bootstrap.ts";
import { finding } from "../checks/checked.ts";
import { chanceMeasures, orderOf, type Scored } from "./weighted.ts";

/** Fewer rows are no group: they say little, and might be somebody. */
const LEAST_ROWS = 30;
const MOST_GROUPS = 12;
const RANGES = 4;
/** Share of all rows that counts as chosen: those of the highest scores. */
const CHOSEN = 0.2;
/** A gap between said and happened, as a share of what happened, worth a word. */
const GAP = 0.1;
/** Least share of the best group's rate at which a group is chosen. */
const FOUR_FIFTHS = 0.8;
/** Standard errors that chance does not explain, once in four hundred. */
const SURPRISE = 3;

/** Held-out rows, and how to tell them apart. */
export interface Sliced {
  readonly scored: Scored;
  readonly measure: "occurs" | "value";
  readonly ids: readonly string[];
  readonly seed: number;
  /** Names and values, shape [slices][rows]. */
  readonly by: readonly {
    readonly name: string;
    readonly values: readonly FeatureValue[];
  }[];
}

/** Measures of groups, and what is unequal. */
export interface SliceEvidence {
  readonly slices: readonly SliceMeasure[];
  readonly findings: readonly Finding[];
}

interface Group {
  readonly measure: SliceMeasure;
  readonly replicated: Replicated;
}

/** Measures each group of each slice. */
export async function measureSlices(sliced: Sliced): Promise<SliceEvidence> {
  const slices: SliceMeasure[] = [];
  const findings: Finding[] = [];
  const chosen = chosenRows(sliced.scored.score);
  for (const { name, values } of sliced.by) {
    const groups: Group[] = [];
    for (const [value, rows] of groupsOf(values)) {
      groups.push(await measureGroup(sliced, { name, value, rows, chosen }));
    }
    slices.push(...groups.map(({ measure }) => measure));
    findings.push(
      ...groups.flatMap(judgeGap),
      ...judgeChosen(groups),
    );
  }
  return { slices, findings };
}

/** 1 for the rows of the highest scores; ties at the border are all chosen or none. */
function chosenRows(score: Float64Array): Float64Array {
  const order = orderOf(score);
  const border = score[order[Math.floor(order.length * (1 - CHOSEN))] ?? 0];
  return score.map((value) => value > (border ?? Infinity) ? 1 : 0);
}

/** Rows by word or range, the largest groups first. */
function groupsOf(
  values: readonly FeatureValue[],
): (readonly [string, number[]])[] {
  const name = namer(values);
  const groups = new Map<string, number[]>();
  values.forEach((value, row) => {
    const rows = groups.get(name(value)) ?? [];
    rows.push(row);
    groups.set(name(value), rows);
  });
  return [...groups].filter(([, rows]) => rows.length >= LEAST_ROWS)
    .sort(([a, some], [b, others]) =>
      others.length - some.length || (a < b ? -1 : 1)
    ).slice(0, MOST_GROUPS);
}

function namer(
  values: readonly FeatureValue[],
): (value: FeatureValue) => string {
  const numbers = values.filter((value) => typeof value === "number");
  const few = new Set(numbers).size <= RANGES;
  const edges = equalMassEdges(Float64Array.from(numbers).sort(), RANGES);
  const ends = [-Infinity, ...edges, Infinity].map((end) =>
    Number(end.toPrecision(6))
  );
  return (value) => {
    if (value === null) return "(missing)";
    if (typeof value === "string" || few) return String(value);
    const bin = binAmong(edges, value);
    return `[${ends[bin]}, ${ends[bin + 1]})`;
  };
}

async function measureGroup(
  { scored, measure, ids, seed }: Sliced,
  { name, value, rows, chosen }: {
    readonly name: string;
    readonly value: string;
    readonly rows: readonly number[];
    readonly chosen: Float64Array;
  },
): Promise<Group> {
  const pick = (values: Float64Array) =>
    Float64Array.from(rows, (row) => values[row] ?? NaN);
  const part = { label: pick(scored.label), score: pick(scored.score) };
  const entities: Entities = entitiesOf(rows.map((row) => ids[row] ?? ""));
  const replicated = await replicate(
    groupMeasures(part, pick(chosen), measure),
    entities,
    seed,
  );
  const intervals = intervalsOf(replicated);
  return {
    replicated,
    measure: {
      by: name,
      value,
      rows: rows.length,
      metrics: finiteOnly({
        ...replicated.values,
        ...ends("gap", intervals.gap),
        ...ends("selection_rate", intervals.selection_rate),
      }),
    },
  };
}

function ends(
  name: string,
  [low, high]: Interval = [NaN, NaN],
): Record<string, number> {
  return { [`${name}_low`]: low, [`${name}_high`]: high };
}

function groupMeasures(
  scored: Scored,
  chosen: Float64Array,
  measure: "occurs" | "value",
) {
  const chances = chanceMeasures(scored, 0.5);
  const shares = (values: Float64Array, counts: Uint32Array) => {
    let [sum, rows] = [0, 0];
    for (let row = 0; row < counts.length; row++) {
      sum += (counts[row] ?? 0) * (values[row] ?? NaN);
      rows += counts[row] ?? 0;
    }
    return sum / rows;
  };
  return (counts: Uint32Array): Record<string, number> => {
    const label = shares(scored.label, counts);
    const score = shares(scored.score, counts);
    const common = {
      [measure === "occurs" ? "base_rate" : "mean_label"]: label,
      "mean_score": score,
      gap: score - label,
      "selection_rate": shares(chosen, counts),
    };
    if (measure === "value") return common;
    const { auc = NaN, calibration_error = NaN } = chances(counts);
    return { ...common, auc, calibration_error };
  };
}

/** What was said differs from what happened by more than chance. */
function judgeGap({ measure, replicated }: Group): Finding[] {
  const { by, value, metrics } = measure;
  const { gap = NaN, gap_low = NaN, gap_high = NaN, mean_score = NaN } =
    metrics;
  const happened = mean_score - gap;
  const error = deviation(replicated.draws.gap ?? new Float64Array());
  const said = Math.abs(gap) > SURPRISE * error &&
    Math.abs(gap) > GAP * Math.abs(happened);
  return !said ? [] : [
    finding(
      "disparity_calibration",
      by,
      `for "${value}" it says ${round(mean_score)} where ${
        round(happened)
      } happens, ${gap > 0 ? "too much" : "too little"} by ${
        round(Math.abs(gap))
      } (90 % interval ${round(gap_low)} to ${round(gap_high)})`,
    ),
  ];
}

/** A group is chosen at less than four fifths of the rate of the most chosen. */
function judgeChosen(groups: readonly Group[]): Finding[] {
  const rateOf = ({ measure: { metrics } }: Group) =>
    metrics.selection_rate ?? 0;
  const [most] = [...groups].sort((a, b) => rateOf(b) - rateOf(a));
  if (most === undefined || rateOf(most) === 0) return [];
  const error = (group: Group) =>
    deviation(group.replicated.draws.selection_rate ?? new Float64Array());
  return groups.flatMap((group) => {
    const short = FOUR_FIFTHS * rateOf(most) - rateOf(group);
    const chance = Math.hypot(FOUR_FIFTHS * error(most), error(group));
    if (!(short > SURPRISE * chance)) return [];
    const { by, value, metrics } = group.measure;
    return [
      finding(
        "disparity_selection",
        by,
        `of "${value}" ${
          round(rateOf(group))
        } are among the highest fifth (90 % interval ${
          round(metrics.selection_rate_low ?? NaN)
        } to ${
          round(metrics.selection_rate_high ?? NaN)
        }), of "${most.measure.value}" ${round(rateOf(most))}`,
      ),
    ];
  });
}

function deviation(draws: Float64Array): number {
  const centre = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  return Math.sqrt(
    draws.reduce((sum, draw) => sum + (draw - centre) ** 2, 0) / draws.length,
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
