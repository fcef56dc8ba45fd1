/**
 * Models on record and what they say.
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { InputSchema } from "./encoding.ts";
import type { EntityKey } from "./entity.ts";
import { joinFlat } from "./flat_text.ts";
import type { Currency } from "./money.ts";

/** A model's version, printed `name@version`. */
export interface ModelRef {
  /** `snake_case`, unique in a tenant. */
  readonly name: string;
  /** 1, 2, 3, … */
  readonly version: number;
}

/** Where a version stands. Only an approved one serves. */
export type ModelStatus = "pending" | "approved" | "rejected";

/** What a model's score is used for. */
export type ModelUse =
  /** Bid = score × value of one outcome ÷ target return. */
  | {
    readonly kind: "bid";
    /** Null where the score is money already, its unit `value_micros`. */
    readonly valueMicros: bigint | null;
    readonly currency: Currency;
    /** Return wanted for each unit spent, in thousandths; 4000 is 4:1. */
    readonly targetReturnPermille: number;
    /**
     * Name of a model for use `win`, by which bids in first-price auctions are shaded;
     * absent where the worth itself is bid.
     */
    readonly landscape?: string;
  }
  /** The action with the highest score × value − cost. */
  | {
    readonly kind: "action";
    readonly valueMicros: bigint;
    readonly currency: Currency;
    readonly actions: readonly string[];
    /** Cost of each action in micros; absent is free. */
    readonly costMicros: Readonly<Record<string, bigint>>;
    /** The action that does nothing. */
    readonly control: string;
  }
  /** How likely a bid wins: what shades the bids of others, and none by itself. */
  | { readonly kind: "win"; readonly currency: Currency }
  /** Curves for plans. */
  | { readonly kind: "plan"; readonly currency: Currency };

/** Where a version came from, enough to make it again. */
export interface ModelLineage {
  /** Training saw only what was known at this moment. */
  readonly asOf: Instant;
  /** Version of the engine's code and of the family's. */
  readonly code: string;
  /** Seed of every random choice. */
  readonly seed: number;
  /** Rows or days trained on. */
  readonly rows: number;
  /** Hash of the training set. */
  readonly datasetHash: string;
  /** Feature views read, `name@version`. */
  readonly views: readonly string[];
  /** The specification it was trained from, as canonical JSON. */
  readonly spec: string;
}

/** One version of a model, as registered. */
export interface ModelRecord extends ModelRef {
  /** Plugin that fitted it, `name@version`. */
  readonly family: string;
  /** What the score is used for. */
  readonly use: ModelUse;
  /** Inputs; empty for curves. */
  readonly schema: InputSchema;
  /** Unit of the score: `probability`, `revenue_micros_per_day`, … */
  readonly unit: string;
  /** Measures on held-out data, and those of the baseline as `baseline_…`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Where it came from. */
  readonly lineage: ModelLineage;
  /** `onnx` bytes, or `curves` as JSON. */
  readonly artifactKind: "onnx" | "curves";
  /** SHA-256 of the artifact. */
  readonly artifactHash: string;
  /** Where it stands. */
  readonly status: ModelStatus;
  /** Who trained it. */
  readonly createdBy: string;
  /** When. */
  readonly createdAt: Instant;
  /** Who approved or rejected it: never the one who trained it. */
  readonly reviewedBy: string | null;
  /** When. */
  readonly reviewedAt: Instant | null;
}

/**
 * Response to steady spend x (micros a day) in outcome units a day.
 * `hill`: ceiling·x^slope/(half^slope + x^slope);
 * `logistic`: ceiling·(1 − e^(−rate·x))/(1 + e^(−rate·x));
 * `michaelis_menten`: ceiling·x/(half + x).
 */
export type ResponseCurve =
  | {
    readonly type: "hill";
    readonly ceiling: number;
    readonly half: number;
    readonly slope: number;
  }
  | {
    readonly type: "logistic";
    readonly ceiling: number;
    readonly rate: number;
  }
  | {
    readonly type: "michaelis_menten";
    readonly ceiling: number;
    readonly half: number;
  };

/** What a channel-allocation model learnt of one entity. */
export interface FittedCurve {
  /** Whose spend. */
  readonly entity: EntityKey;
  /** The entity above it, such as its channel, or null. */
  readonly parent: EntityKey | null;
  /** Response to steady spend. */
  readonly curve: ResponseCurve;
  /** Share of the adstock that lasts into the next period, [0, 1). */
  readonly decay: number;
  /**
   * Share of a period's effect that comes 0, 1, 2, … periods later, summing to 1;
   * absent if it is geometric by `decay`.
   */
  readonly carryOver?: readonly number[];
  /**
   * Curves from the posterior, all equally likely; draw k of all entities belongs
   * together. Absent if the family knows no uncertainty.
   */
  readonly draws?: readonly ResponseCurve[];
  /** Smallest and largest spend seen, micros a day: beyond is extrapolation. */
  readonly seenMicros: readonly [number, number];
}

/** Curves of a channel-allocation model. */
export interface ResponseCurves {
  /** Unit of the outcome, such as `revenue_micros`. */
  readonly outcome: string;
  /** One for each entity. */
  readonly curves: readonly FittedCurve[];
}

/**
 * Prints a model's version.
 *
 * @param ref Name and version.
 * @returns `name@version`.
 */
export function printModelRef({ name, version }: ModelRef): string {
  return joinFlat([name, "@", version]);
}

/**
 * Reads a model's version; the inverse of {@link printModelRef}.
 *
 * @param text `name@version`.
 * @returns Name and version.
 * @throws {SyntaxError} If the text has another form.
 */
export function parseModelRef(text: string): ModelRef {
  const match = /^([a-z][a-z0-9_]*)@([1-9]\d{0,8})$/.exec(text);
  if (!match?.[1]) {
    throw new SyntaxError(
      'Cannot read model version: expected "name@version", such as "email_visit@3"',
    );
  }
  return { name: match[1], version: Number(match[2]) };
}
