/**
 * What every check of a training set is given.
 *
 * @module
 */
import type { InputSchema } from "../../domain/encoding.ts";
import type { Finding } from "../../domain/evidence.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import type { LabelledRows } from "../dataset.ts";
import type { RowsSpec } from "../spec.ts";
import type { Split } from "../split.ts";

/** A training set, its parts, and what was learnt of its inputs. */
export interface Checked {
  readonly spec: RowsSpec;
  readonly rows: LabelledRows;
  readonly split: Split;
  readonly schema: InputSchema;
}

/** Makes a finding. */
export function finding(
  code: string,
  input: string | null,
  text: string,
): Finding {
  return { code, input, text };
}

/** Values of an input at some places. */
export function valuesAt(
  column: readonly FeatureValue[] | undefined,
  places: Uint32Array,
): FeatureValue[] {
  return Array.from(places, (place) => column?.[place] ?? null);
}

/** Labels at some places. */
export function labelsAt(
  { labels }: LabelledRows,
  places: Uint32Array,
): Float64Array {
  return Float64Array.from(places, (place) => labels[place]?.label ?? NaN);
}

/** Entity by which labels are matched, at some places. */
export function idsAt(
  { spec: { label: { matchOn } }, rows: { labels } }: Pick<
    Checked,
    "spec" | "rows"
  >,
  places: Uint32Array,
): string[] {
  return Array.from(places, (place) => labels[place]?.entities[matchOn] ?? "");
}

/** At most so many of the places, evenly over all. */
export function someOf(places: Uint32Array, most: number): Uint32Array {
  if (places.length <= most) return places;
  return Uint32Array.from(
    { length: most },
    (_, row) => places[Math.floor(row * places.length / most)] ?? 0,
  );
}

/** A share as a person reads it. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
