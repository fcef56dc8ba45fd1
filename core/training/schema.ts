/**
 * Learns from the training rows how features become columns: which are numbers,
 * which words a category has, what stands in for a missing number.
 *
 * @module
 */
import type { InputSchema, ModelInput } from "../domain/encoding.ts";
import type { FeatureValue } from "../domain/feature.ts";

const MAX_WORDS = 32;

/** Raw features of the rows that teach. */
export interface RawFeatures {
  /** Feature ids, shape [features]. */
  readonly ids: readonly string[];
  /** Shape [features][rows]. */
  readonly columns: readonly (readonly FeatureValue[])[];
}

/** What the family wants. */
export interface SchemaOptions {
  readonly missing: "native" | "mean";
  readonly crossed: boolean;
  readonly actions: readonly string[];
}

/** Learns a schema from the rows at the given places. */
export function learnSchema(
  { ids, columns }: RawFeatures,
  places: Uint32Array,
  { missing, crossed, actions }: SchemaOptions,
): InputSchema {
  const inputs = ids.map((name, index): ModelInput => {
    const column = columns[index] ?? [];
    const values = Array.from(places, (place) => column[place] ?? null);
    return values.some((value) => typeof value === "string")
      ? learnCategory(name, values)
      : learnNumber(name, values, missing);
  });
  return { inputs, actions, crossed: crossed && actions.length > 0 };
}

function learnNumber(
  name: string,
  values: readonly FeatureValue[],
  missing: "native" | "mean",
): ModelInput {
  const numbers = values.filter((value) => typeof value === "number");
  const mean = numbers.length === 0
    ? null
    : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const fill = missing === "mean" ? mean : null;
  return { name, kind: "number", fill, typical: mean };
}

function learnCategory(
  name: string,
  values: readonly FeatureValue[],
): ModelInput {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value === null) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const words = [...counts].sort(([a, often], [b, oftener]) =>
    oftener - often || (a < b ? -1 : 1)
  ).slice(0, MAX_WORDS).map(([word]) => word);
  return {
    name,
    kind: "category",
    vocabulary: [...words].sort(),
    fill: null,
    typical: words[0] ?? null,
  };
}
