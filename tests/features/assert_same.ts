/**
 * Whether values are those of the specification: bit by bit, but for decayed sums, which
 * are added up in another order.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureValue, FeatureView } from "../../core/domain/feature.ts";
import { scalarText } from "../../core/domain/scalar.ts";
import {
  evaluate,
  type EvaluatePoint,
  type ObservedSignal,
} from "./evaluate.ts";

/** Error of a decayed sum, as a share of the sum of its magnitudes. */
const DECAY_ERROR = 1e-12;

/** What a vector was computed of, and for whom. */
export interface VectorOf {
  readonly observed: readonly ObservedSignal[];
  readonly point: EvaluatePoint;
}

/**
 * Refuses a vector that is not the specification's.
 *
 * @throws {assert.AssertionError} With the values by feature that differ.
 */
export function assertSame(
  view: FeatureView,
  values: readonly FeatureValue[],
  { observed, point }: VectorOf,
): void {
  const want = evaluate(view, observed, point);
  const decays = view.features.some(({ aggregation }) =>
    aggregation.how === "decay"
  );
  const sizes = decays
    ? evaluate(view, observed.map(withoutSigns), point)
    : want;
  const differing = view.features.flatMap(({ name, aggregation }, place) => {
    const [value, wanted, size] = [values[place], want[place], sizes[place]];
    const same = Object.is(value, wanted) || aggregation.how === "decay" &&
        Math.abs(Number(value) - Number(wanted)) <= Number(size) * DECAY_ERROR;
    return same ? [] : [{ name, value, wanted }];
  });
  assert.deepEqual(differing, [], `${view.name} of ${JSON.stringify(point)}`);
  assert.equal(values.length, want.length);
}

/** Events without the signs of their numbers; generated totals have none. */
function withoutSigns(observed: ObservedSignal): ObservedSignal {
  const { signal } = observed;
  if (signal.grain === "performance") return observed;
  const { valueMicros, properties } = signal;
  const unsigned = Object.entries(properties).map(([name, value]) => [
    name,
    typeof value === "boolean" ? value : scalarText(value)?.replace(/^-/, ""),
  ]);
  return {
    ...observed,
    signal: {
      ...signal,
      valueMicros: valueMicros !== null && valueMicros < 0n
        ? -valueMicros
        : valueMicros,
      properties: Object.fromEntries(unsigned),
    },
  };
}
