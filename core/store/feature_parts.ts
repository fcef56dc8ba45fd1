/**
 * Features from parts: what must be added up of the signals, and how a value is made of
 * the sums. Features that differ in the window alone share a part, which is why tiles
 * hold parts.
 *
 * Sums are exact (integers and decimals), then one rounding to a float; so they do
 * not depend on the order of rows, nor on what was added up beforehand.
 *
 * @module
 */
import {
  DISTINCT_EXACT,
  type FeatureDefinition,
  needsSignals,
  type SignalAggregation,
  type SignalField,
  type SignalFilter,
  spanMs,
} from "../domain/feature.ts";
import type { Statement } from "./statement.ts";

/** What is added up over the signals that pass all filters. */
export type Part =
  & { readonly filters: readonly (readonly string[])[] }
  & PartOf;

type PartOf =
  /** Signals, int8. */
  | { readonly what: "count" }
  /** Moment of the first signal, timestamptz. */
  | { readonly what: "first" }
  /** Over numbers; `filled` is how many there are, int8; the others exact, null for nothing. */
  | {
    readonly what: "sum" | "filled" | "min" | "max";
    readonly of: SignalField;
  }
  /** JSON of the latest signal that has the field. */
  | { readonly what: "last"; readonly of: SignalField }
  /** The smallest distinct hashes, ascending, int8[]; null for none. */
  | { readonly what: "hashes"; readonly of: SignalField }
  /** Faded numbers, or ones for `count`, float8; null for nothing. */
  | {
    readonly what: "faded";
    readonly of: SignalField | "count";
    readonly halfLifeMs: number;
  };

/** Gives a part over a window that ends at the moment, in milliseconds; null for all. */
export type PartSql = (part: Part, windowMs: number | null) => string;

/** Milliseconds of a feature's window; null for all of the past. */
export function windowOf({ window }: FeatureDefinition): number | null {
  return window === null ? null : spanMs(window);
}

/** Milliseconds of the widest window of several; null for all of the past. */
export function widestOf(
  features: readonly FeatureDefinition[],
): number | null {
  const lengths = features.filter(({ aggregation }) =>
    needsSignals(aggregation)
  ).map((feature) => windowOf(feature) ?? Infinity);
  const widest = Math.max(0, ...lengths);
  return widest === Infinity ? null : widest;
}

/** A feature as SQL: float8, or jsonb for `last`; null of no type when it is not kept. */
export function featureSql(
  feature: FeatureDefinition,
  sql: PartSql,
  { typed }: Statement,
): string {
  const { aggregation } = feature;
  if (!needsSignals(aggregation)) return "null::float8";
  const windowMs = windowOf(feature);
  const over = (part: PartOf, ...filters: (SignalFilter | undefined)[]) =>
    sql({
      ...part,
      filters: [feature.where, ...filters].flatMap((filter) =>
        filter?.types === undefined ? [] : [filter.types]
      ),
    }, windowMs);
  const number = (value: number) => typed(value, "float8");
  return aggregation.how === "ratio"
    ? ratioSql(aggregation, over, number)
    : plainSql(aggregation, over, (per) =>
      number((windowMs ?? NaN) / spanMs(per === "hour" ? "1h" : "1d")));
}

type Over = (
  part: PartOf,
  ...filters: (SignalFilter | undefined)[]
) => string;

function plainSql(
  aggregation: Exclude<SignalAggregation, { how: "ratio" }>,
  over: Over,
  length: (per: "hour" | "day") => string,
): string {
  switch (aggregation.how) {
    case "count":
      return `${over({ what: "count" })}::float8`;
    case "rate":
      return `(${over({ what: "count" })}::float8 / ${
        length(aggregation.per)
      })`;
    case "sum":
      return `coalesce(${
        over({ what: "sum", of: aggregation.of })
      }, 0)::float8`;
    case "mean": {
      const { of } = aggregation;
      return `(${over({ what: "sum", of })}::float8 / ${
        over({ what: "filled", of })
      })`;
    }
    case "min":
    case "max":
      return `${over({ what: aggregation.how, of: aggregation.of })}::float8`;
    case "last":
      return over({ what: "last", of: aggregation.of });
    case "distinct":
      return estimateSql(over({ what: "hashes", of: aggregation.of }));
    case "decay": {
      const halfLifeMs = spanMs(aggregation.halfLife);
      const { of } = aggregation;
      return `coalesce(${over({ what: "faded", of, halfLifeMs })}, 0)`;
    }
  }
}

function ratioSql(
  aggregation: SignalAggregation & { how: "ratio" },
  over: Over,
  number: (value: number) => string,
): string {
  const { of, ofWhere, overWhere, prior = 0, strength = 0 } = aggregation;
  const total = (field: SignalField | "count", filter?: SignalFilter) =>
    field === "count"
      ? `${over({ what: "count" }, filter)}::float8`
      : `coalesce(${over({ what: "sum", of: field }, filter)}, 0)::float8`;
  const numerator = `${total(of, ofWhere)} + ${number(strength * prior)}`;
  const denominator = `${total(aggregation.over, overWhere)} + ${
    number(strength)
  }`;
  return `((${numerator}) / nullif(${denominator}, 0))`;
}

/** How many distinct values a list of hashes tells, as `distinctEstimate` says. */
function estimateSql(hashes: string): string {
  const exact = "coalesce(cardinality(k.hashes), 0)";
  return `(select case when ${exact} <= ${DISTINCT_EXACT} then ${exact}::float8
    else ${
    DISTINCT_EXACT - 1
  }::float8 / (k.hashes[${DISTINCT_EXACT}]::float8 / ${
    2 ** 52
  }::float8) end from (select ${hashes} as hashes) k)`;
}
