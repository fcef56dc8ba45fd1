/**
 * What must hold between the members of a view: each rule tells the member that breaks
 * it and how to mend it.
 *
 * @module
 */
import {
  type FeatureDefinition,
  type FeatureView,
  needsSignals,
  type SignalField,
} from "../domain/feature.ts";
import { METRICS } from "../domain/signal.ts";

/** Features of this view are what a caller gives as they are. */
const GIVEN = "request";

/**
 * Finds the first rule that a view breaks.
 *
 * @param view A view whose members are right by themselves.
 * @returns The member and the fix, such as `tiles: …`; null if all is well.
 */
export function findProblem(view: FeatureView): string | null {
  return findViewProblem(view) ?? findFeaturesProblem(view);
}

function findViewProblem(view: FeatureView): string | null {
  const { name, entity, consent, purposes, source, tiles } = view;
  if (name === GIVEN) {
    return `name: "${GIVEN}" names what callers give; choose another`;
  }
  if (new Set(purposes).size < purposes.length) {
    return "purposes: one is there twice; leave it out";
  }
  if (consent !== undefined && entity !== "subject") {
    return `consent: only people agree, and the view describes a ${entity}; leave it out, or make the entity a subject`;
  }
  if (consent !== undefined && source.grain !== "event") {
    return `consent: events tell of it, and the view reads none; leave it out, or use the grain event`;
  }
  const signals = source.grain === "event" || source.grain === "performance";
  if (signals && entity === "tenant") {
    return "entity: signals name no tenant; choose the type that they are about";
  }
  if (tiles !== undefined && !signals) {
    return `tiles: a view of grain ${source.grain} adds up no signals; leave it out`;
  }
  if (tiles === "hour" && source.grain === "performance") {
    return "tiles: totals are of whole days; use day";
  }
  return null;
}

function findFeaturesProblem(view: FeatureView): string | null {
  const names = new Set<string>();
  for (const [place, feature] of view.features.entries()) {
    const path = `features.${place}`;
    if (names.has(feature.name)) {
      return `${path}.name: "${feature.name}" is there already; rename one`;
    }
    names.add(feature.name);
    const problem = findGrainProblem(view, feature) ??
      findReadProblem(view, feature) ?? findExpectationProblem(feature);
    if (problem !== null) return `${path}.${problem}`;
  }
  return null;
}

function findGrainProblem(
  { source: { grain } }: FeatureView,
  { aggregation, where, window }: FeatureDefinition,
): string | null {
  const { how } = aggregation;
  if (needsSignals(aggregation)) {
    if (grain === "calendar" || grain === "request") {
      return `aggregation.how: a view of grain ${grain} has no signals for a ${how}; use another grain`;
    }
    return how === "rate" && window === null
      ? "window: a rate needs a length to divide by, such as 7d"
      : null;
  }
  if (how === "request" && grain !== "request") {
    return "aggregation.how: what a request gives belongs to a view of grain request; move it there";
  }
  if (window !== null) return `window: a ${how} reads no signals; use null`;
  return where === undefined
    ? null
    : `where: a ${how} reads no signals; leave it out`;
}

function findReadProblem(
  { source: { grain } }: FeatureView,
  { aggregation, where }: FeatureDefinition,
): string | null {
  if (!needsSignals(aggregation)) return null;
  const ratio = aggregation.how === "ratio";
  const filters = {
    "where": where,
    "aggregation.ofWhere": ratio ? aggregation.ofWhere : undefined,
    "aggregation.overWhere": ratio ? aggregation.overWhere : undefined,
  };
  for (const [member, filter] of Object.entries(filters)) {
    if (grain === "event" || filter?.types === undefined) continue;
    return `${member}.types: only events have types; leave it out`;
  }
  const fields = {
    of: "of" in aggregation ? aggregation.of : "count",
    over: ratio ? aggregation.over : "count",
  } as const;
  for (const [member, field] of Object.entries(fields)) {
    if (field === "count" || isReadable(grain, field)) continue;
    return `aggregation.${member}: ${grain} signals have no "${field}"; use ${
      grain === "event"
        ? "value_micros or properties.<name>"
        : Object.keys(METRICS).join(", ")
    }`;
  }
  return null;
}

function isReadable(
  grain: FeatureView["source"]["grain"],
  field: SignalField,
): boolean {
  return grain === "event"
    ? field === "value_micros" || field.startsWith("properties.")
    : Object.hasOwn(METRICS, field);
}

function findExpectationProblem(
  { aggregation, expect }: FeatureDefinition,
): string | null {
  if (expect === undefined) return null;
  const { min, max, oneOf } = expect;
  const bounded = min !== undefined || max !== undefined;
  if (!bounded && oneOf === undefined && expect.maxNullShare === undefined) {
    return "expect: it asks for nothing; give min, max, maxNullShare or oneOf, or leave it out";
  }
  if (min !== undefined && max !== undefined && min > max) {
    return "expect.min: it is above max; swap them";
  }
  if (bounded && oneOf !== undefined) {
    return "expect.oneOf: a value is a category or a number; leave out min and max, or oneOf";
  }
  const kind = kindOf(aggregation);
  if (oneOf !== undefined && kind === "number") {
    return "expect.oneOf: its values are numbers; use min and max";
  }
  if (bounded && kind === "category") {
    return "expect.min: its values are categories; use oneOf";
  }
  return null;
}

/** What the values are; the latest of a property may be either. */
function kindOf(
  aggregation: FeatureDefinition["aggregation"],
): "number" | "category" | "any" {
  if (aggregation.how === "last" && aggregation.of.startsWith("properties.")) {
    return "any";
  }
  return aggregation.how === "request" && aggregation.as === "category"
    ? "category"
    : "number";
}
