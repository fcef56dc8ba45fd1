/**
 * A view of people with as many features as are asked for: what they did, over windows
 * from a day to a year.
 *
 * @module
 */
import type {
  Aggregation,
  FeatureDefinition,
  FeatureView,
} from "../../core/domain/feature.ts";
import { EVENT_TYPES } from "./seeded_events.ts";

const WINDOWS_DAYS = [1, 7, 28, 90, 365];
/** What is said of the events of each type, by the ending of the name. */
const MEASURES: readonly (readonly [ending: string, Aggregation])[] = [
  ["count", { how: "count" }],
  ["position_mean", { how: "mean", of: "properties.position" }],
  ["position_max", { how: "max", of: "properties.position" }],
  ["value_micros", { how: "sum", of: "value_micros" }],
];

/** The first of a hundred features. */
export function wideView(features: number): FeatureView {
  const all = MEASURES.flatMap(([ending, aggregation]) =>
    EVENT_TYPES.flatMap(([stem, type]) =>
      WINDOWS_DAYS.map((days): FeatureDefinition => ({
        name: `${stem}_${ending}_${days}d`,
        about: `${type}: ${ending}, last ${days} days`,
        unit: ending,
        aggregation,
        where: { types: [type] },
        window: `${days}d`,
      }))
    )
  );
  return {
    name: "wide",
    version: 1,
    entity: "subject",
    owner: "bench",
    purposes: ["optimization"],
    about: "What a person did, in many numbers",
    ttlSeconds: 86_400,
    source: { grain: "event" },
    features: all.slice(0, features),
  };
}
