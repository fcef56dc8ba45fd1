/**
 * The features of one decision: what the caller gave, then what the store knows.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import type { DecisionRequest } from "../domain/decision.ts";
import type { ModelInput } from "../domain/encoding.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReading, FeatureValue } from "../domain/feature.ts";
import type { Logic } from "../domain/verdict.ts";
import type { Features } from "../features/features.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { causeOf, NO_TIME } from "./fall_cause.ts";
import type { Read } from "./score_rung.ts";

/** Which features a decision wants, for whom and when. */
export interface Wanted {
  readonly tenant: string;
  readonly request: DecisionRequest;
  readonly ids: ReadonlySet<string>;
  readonly at: Instant;
  /** Versions of views, `view@version`, that the model was trained on. */
  readonly pins: readonly string[];
  /** Until when the store is waited for; without an end unless given. */
  readonly deadline?: Deadline;
}

/**
 * Refuses features that the model could not read as the caller means them.
 *
 * @throws {EngineError} `request_invalid`, naming a feature that must be a number.
 */
export function checkGiven(
  { features }: DecisionRequest,
  inputs: readonly ModelInput[],
): void {
  const wrong = inputs.find(({ name, kind }) =>
    kind === "number" && typeof features[name] === "string"
  );
  if (wrong === undefined) return;
  throw new EngineError(
    "request_invalid",
    `Cannot decide with feature "${wrong.name}": it must be a number, or null for unknown`,
    { facts: { field: `features.${wrong.name}` } },
  );
}

const MISSING: FeatureReading = { value: null, status: "missing", at: null };
/** Features that only a caller can give. */
const REQUEST_VIEW = "request.";
/** What decisions read features for. */
const PURPOSE = "optimization";

/** Reads what is wanted; a store that fails, or was lost, leaves it missing. */
export async function readFeatures(
  features: Pick<Features, "read" | "rebuilding">,
  { tenant, request, ids, at, pins, deadline = NO_DEADLINE }: Wanted,
): Promise<Read> {
  const readings: Record<string, FeatureReading> = {};
  for (const id in request.features) {
    readings[id] = {
      value: exact(request.features[id] ?? null),
      status: "given",
      at,
    };
  }
  const asked: string[] = [];
  for (const id of ids) {
    if (id in readings) continue;
    readings[id] = MISSING;
    if (!id.startsWith(REQUEST_VIEW)) asked.push(id);
  }
  if (asked.length === 0) return { readings, failure: null };
  if (deadline.expired) return { readings, failure: `features: ${NO_TIME}` };
  try {
    const { entities, maxFeatureAgeSeconds } = request;
    const found = await deadline.within(features.read(tenant, {
      ...{ ids: asked, entities, at, pins, purpose: PURPOSE },
      given: givenOf(request),
      ...maxFeatureAgeSeconds !== undefined &&
        { maxAgeSeconds: maxFeatureAgeSeconds },
    }));
    for (const id of asked) readings[id] = sound(found[id] ?? MISSING);
    const lost = features.rebuilding(tenant) &&
      asked.some((id) => readings[id]?.status === "missing");
    return { readings, failure: lost ? "features: rebuilding" : null };
  } catch (error) {
    return { readings, failure: `features: ${causeOf(error)}` };
  }
}

/** What the caller said of the request, by name. */
function givenOf({ features }: DecisionRequest): Record<string, FeatureValue> {
  const given: Record<string, FeatureValue> = {};
  for (const id in features) {
    if (!id.startsWith(REQUEST_VIEW)) continue;
    given[id.slice(REQUEST_VIEW.length)] = features[id] ?? null;
  }
  return given;
}

function sound(reading: FeatureReading): FeatureReading {
  const { value } = reading;
  if (typeof value !== "number") return reading;
  if (!Number.isFinite(value)) return MISSING;
  return value === 0 ? { ...reading, value: 0 } : reading;
}

/** Numbers as JSON keeps them: -0 is 0, and what is not finite is missing. */
function exact(value: FeatureValue): FeatureValue {
  if (typeof value !== "number") return value;
  return Number.isFinite(value) ? value + 0 : null;
}

const readBy = new WeakMap<PolicySet, readonly string[]>();

/** Ids of the features that any rule of a set reads. */
export function featuresReadBy(policies: PolicySet): readonly string[] {
  const known = readBy.get(policies);
  if (known) return known;
  const ids = new Set<string>();
  for (const { rules } of policies.documents) {
    for (const { when, to } of rules) {
      if (when !== undefined) collect(when, ids);
      if (to !== undefined) collect(to, ids);
    }
  }
  const found = [...ids];
  readBy.set(policies, found);
  return found;
}

function collect(logic: Logic, ids: Set<string>): void {
  if (typeof logic === "string" && logic.startsWith("features.")) {
    ids.add(logic.slice("features.".length));
  }
  if (typeof logic !== "object" || logic === null) return;
  for (const member of Object.values(logic)) collect(member, ids);
}
