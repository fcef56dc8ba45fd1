/**
 * A media mix as the posterior sees it: scaled numbers and beliefs, nothing that
 * could not be posted to a worker.
 *
 * Scaled: each channel's input is 1 where it was largest in its geography; each
 * geography's outcome has mean 0 and deviation 1.
 *
 * @module
 */
import type { AdstockKind } from "./adstock.ts";
import type { SaturationKind } from "./saturation.ts";

/** A belief about one number. */
export type Prior =
  | { readonly type: "normal"; readonly mean: number; readonly sd: number }
  | { readonly type: "half_normal"; readonly sd: number }
  | { readonly type: "lognormal"; readonly mu: number; readonly sigma: number }
  | { readonly type: "gamma"; readonly shape: number; readonly rate: number }
  | { readonly type: "beta"; readonly alpha: number; readonly beta: number };

/** One number that is learnt of a channel. */
export interface Coordinate {
  /** `roas`, `decay`, `peak`, `scale`, `shape`, `half`, `slope`. */
  readonly name: string;
  /** Where it lives; searched as its logarithm, or as its log odds. */
  readonly support: "positive" | "unit";
  /** What is believed of it; in a typical geography if it varies. */
  readonly prior: Prior;
  /** Whether each geography has its own, around a common one. */
  readonly varies: boolean;
}

/** What is learnt of a channel: `roas`, then carry-over, then saturation. */
export interface ChannelProblem {
  readonly name: string;
  readonly adstock: AdstockKind;
  readonly lags: number;
  readonly saturation: SaturationKind;
  readonly coordinates: readonly Coordinate[];
}

/** One geography's data, all series of shape [periods]. */
export interface GeoProblem {
  readonly name: string;
  /** Scaled; 0 where unknown. */
  readonly outcome: Float64Array;
  /** 1 where the outcome is known, else 0. */
  readonly known: Float64Array;
  /** Scaled spend or exposure, shape [channels][periods]. */
  readonly inputs: readonly Float64Array[];
  /** Scaled outcome that a ROAS of 1 brings in all, shape [channels]; 0 without spend. */
  readonly gains: Float64Array;
  /** Terms of the baseline, shape [terms][periods]. */
  readonly design: readonly Float64Array[];
  /** Deviation believed of each term's coefficient, shape [terms]. */
  readonly deviations: Float64Array;
  /** 1 where that deviation is multiplied by the trend's flexibility, shape [terms]. */
  readonly flexible: Uint8Array;
}

/** What an experiment says: the scaled outcome that some spend brought, or would. */
export interface LiftProblem {
  readonly channel: number;
  /** Where it was run. */
  readonly geos: readonly LiftGeo[];
  /** Outcome measured, in the unit of the outcome. */
  readonly lift: number;
  /** Its standard error. */
  readonly error: number;
}

/** A part of an experiment. */
export type LiftGeo =
  & {
    readonly geo: number;
    /** Unit of the geography's scaled outcome. */
    readonly unit: number;
  }
  & (
    /** Steady input from `before` to `after` for some periods. */
    | {
      readonly kind: "step";
      readonly before: number;
      readonly after: number;
      readonly periods: number;
    }
    /** The input as it was, against `removed` of it missing from `from` to `until`. */
    | {
      readonly kind: "window";
      readonly from: number;
      readonly until: number;
      readonly removed: number;
    }
  );

/** A posterior to explore. */
export interface MixProblem {
  readonly channels: readonly ChannelProblem[];
  readonly geos: readonly GeoProblem[];
  readonly lifts: readonly LiftProblem[];
  /** `student_t` bears outliers. */
  readonly likelihood: "normal" | "student_t";
  /** What is believed of the spread between geographies, of logarithms and log odds. */
  readonly spread: Prior;
  /** What is believed of the trend's flexibility. */
  readonly flexibility: Prior;
  /** What is believed of the noise, in deviations of the outcome. */
  readonly noise: Prior;
  /**
   * For each coordinate that varies and each geography, how far its own value is
   * searched directly (1) or as a distance from the common one (0); any choice gives
   * the same posterior. Shape [varying × geographies].
   */
  readonly centring: Float64Array;
}
