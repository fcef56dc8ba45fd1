/**
 * Learns from the training rows how features become columns: which are numbers,
 * which words a category has, what stands in for a missing number.
 *
 * @module
 */
import type { InputSchema, ModelInput } from "../domain/encoding.ts";
import type { FeatureValue } from "../domain/feature.ts";
import { createBreath } from "./breathe.ts";

/** Columns that the words of one category may take. */
const MAX_WORDS = 32;
/** Codes in one column. */
const MAX_CODES = 250;

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
  /** Whether a category is one column of codes. */
  readonly coded: boolean;
  readonly actions: readonly string[];
}

/** Learns a schema from the rows at the given places. */
export async function learnSchema(
  { ids, columns }: RawFeatures,
  places: Uint32Array,
  { missing, crossed, coded, actions }: SchemaOptions,
): Promise<InputSchema> {
  const breathe = createBreath();
  const inputs: ModelInput[] = [];
  for (const [index, name] of ids.entries()) {
    const column = columns[index] ?? [];
    const values = Array.from(places, (place) => column[place] ?? null);
    inputs.push(
      values.some((value) => typeof value === "string")
        ? learnCategory(name, values, coded ? MAX_CODES : MAX_WORDS)
        : learnNumber(name, values, missing),
    );
    await breathe();
  }
  return {
    inputs,
    actions,
    crossed: crossed && actions.length > 0,
    ...(coded && { coded }),
  };
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
  most: number,
): ModelInput {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value === null) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const words = [...counts].sort(([a, often], [b, oftener]) =>
    oftener - often || (a < b ? -1 : 1)
  ).slice(0, most).map(([word]) => word);
  return {
    name,
    kind: "category",
    vocabulary: [...words].sort(),
    fill: null,
    typical: words[0] ?? null,
  };
}
