/**
 * What speaks for a model version, kept beside its artifact: intervals, slices,
 * reference distributions, findings. Whoever reviews it reads this.
 *
 * @module
 */

/** Low and high end of an interval. */
export type Interval = readonly [low: number, high: number];

/** How often what was said happened, for rows of similar chances. */
export interface ReliabilityPoint {
  /** Mean chance said. */
  readonly said: number;
  /** Share in which it happened. */
  readonly happened: number;
  /** How many rows. */
  readonly rows: number;
}

/** Measures of the rows for which an input has a value. */
export interface SliceMeasure {
  /** Name of the input. */
  readonly by: string;
  /** Its word, or a range such as `[10, 20)`. */
  readonly value: string;
  /** How many rows. */
  readonly rows: number;
  /** Measures, as the record names them. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * How a column was spread where the model was measured. Bins are fixed: those of a
 * number begin at its edges, the first one below them all; those of words are the
 * words and then all others. The last count is the missing ones.
 */
export type ReferenceColumn =
  & {
    readonly name: string;
    /** Rows by bin, shape [bins + 1]. */
    readonly counts: readonly number[];
  }
  & (
    | { readonly kind: "number"; readonly edges: readonly number[] }
    | { readonly kind: "category"; readonly words: readonly string[] }
  );

/** Spread of inputs and score in the rows that measured the model. */
export interface ReferenceSpread {
  /** In the order of the inputs. */
  readonly inputs: readonly ReferenceColumn[];
  /** Of what the model said. */
  readonly score: ReferenceColumn;
}

/** Something that validation noticed and that does not forbid training. */
export interface Finding {
  /** Stable name: `split_drift`, `missing_often`, `near_leak`, … */
  readonly code: string;
  /** Input concerned, or null for the whole. */
  readonly input: string | null;
  /** What, and what to do. */
  readonly text: string;
}

/** A threshold that the specification set, and whether the version holds it. */
export interface GateResult {
  /** Name of the metric. */
  readonly metric: string;
  /** Whether the limit is the least or the most that holds. */
  readonly bound: "min" | "max";
  /** The threshold. */
  readonly limit: number;
  /** What was measured; null if it could not be. */
  readonly value: number | null;
  /** Whether the version holds it; not if it could not be measured. */
  readonly holds: boolean;
}

/** Parameters tried, and how they did on the validation rows. */
export interface TrialRecord {
  /** Its place in the study. */
  readonly number: number;
  /** Parameters of the family. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Loss on the validation rows, or null if the family refused. */
  readonly loss: number | null;
  /** Share of the full effort that it was given, (0, 1]. */
  readonly effort: number;
}

/** A number with its 90 % interval. */
export interface Estimate {
  /** Mean of the posterior. */
  readonly mean: number;
  /** At 90 %. */
  readonly interval: Interval;
}

/** What a media mix model says of one spend. */
export interface MixChannel {
  /** Entity key, or the column's name. */
  readonly name: string;
  /** Share of the outcome. */
  readonly contribution: Estimate;
  /** Outcome for each unit spent. */
  readonly roas: Estimate;
  /** Outcome for the next unit spent. */
  readonly marginalRoas: Estimate;
}

/** What a media mix model says, and how well its posterior was explored. */
export interface MixEvidence {
  /** One for each spend. */
  readonly channels: readonly MixChannel[];
  /** Mean contribution of each part by period: baseline, trend, season, channels. */
  readonly decomposition: Readonly<Record<string, readonly number[]>>;
  /** `nuts` or `laplace`. */
  readonly method: string;
  /** Largest potential scale reduction; below 1.01 is sound. Null without chains. */
  readonly rHat: number | null;
  /** Least effective sample size. Null without chains. */
  readonly effectiveDraws: number | null;
  /** Draws at which the sampler could not follow the posterior. */
  readonly divergences: number | null;
}

/** All that speaks for a version. */
export interface ModelEvidence {
  /** 90 % intervals of the record's metrics, by bootstrap over rows or entities. */
  readonly intervals: Readonly<Record<string, Interval>>;
  /** Empty for numbers and curves. */
  readonly reliability: readonly ReliabilityPoint[];
  /** By value of an input. */
  readonly slices: readonly SliceMeasure[];
  /** Mean share of each input in what moves the score, descending. */
  readonly importance: readonly {
    readonly name: string;
    readonly share: number;
  }[];
  /** Null for curves. */
  readonly reference: ReferenceSpread | null;
  /** Of validation. */
  readonly findings: readonly Finding[];
  /** One for each threshold. */
  readonly gates: readonly GateResult[];
  /** In the order tried; empty if nothing was tuned. */
  readonly trials: readonly TrialRecord[];
  /** Null unless it is a media mix model. */
  readonly mix: MixEvidence | null;
}

/** Evidence of a version that has none. */
export const NO_EVIDENCE: ModelEvidence = {
  intervals: {},
  reliability: [],
  slices: [],
  importance: [],
  reference: null,
  findings: [],
  gates: [],
  trials: [],
  mix: null,
};
