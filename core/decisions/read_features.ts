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
import type {
  FeatureReading,
  FeatureReadings,
  FeatureValue,
} from "../domain/feature.ts";
import { rescued, type Soon, whenThere } from "../domain/soon.ts";
import type { Features } from "../features/features.ts";
import { causeOf, NO_TIME } from "./fall_cause.ts";
import type { Read } from "./score_rung.ts";
import { REQUEST_VIEW, type WantedIds } from "./wanted_features.ts";

/** Which features a decision wants, for whom and when. */
export interface Wanted {
  readonly tenant: string;
  readonly request: DecisionRequest;
  readonly ids: WantedIds;
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
const NOTHING: FeatureReadings = {};
/** What decisions read features for. */
const PURPOSE = "optimization";

/** Reads what is wanted; a store that fails, or was lost, leaves it missing. */
export function readFeatures(
  features: Pick<Features, "read" | "rebuilding">,
  wanted: Wanted,
): Soon<Read> {
  const { tenant, request, at, pins, deadline = NO_DEADLINE } = wanted;
  const ids = askedFor(wanted);
  if (ids.length === 0) {
    return { readings: joinReadings(wanted, NOTHING), failure: null };
  }
  if (deadline.expired) return unread(wanted, NO_TIME);
  return rescued(() => {
    const { entities, maxFeatureAgeSeconds: maxAgeSeconds } = request;
    const given = givenOf(request);
    const query = { ids, entities, at, pins, purpose: PURPOSE, given };
    const reading = features.read(
      tenant,
      maxAgeSeconds === undefined ? query : { ...query, maxAgeSeconds },
    );
    return whenThere(deadline.within(reading), (found): Read => {
      const readings = joinReadings(wanted, found);
      const lost = features.rebuilding(tenant) &&
        ids.some((id) => readings[id]?.status === "missing");
      return { readings, failure: lost ? "features: rebuilding" : null };
    });
  }, (error) => unread(wanted, causeOf(error)));
}

function unread(wanted: Wanted, cause: string): Read {
  return {
    readings: joinReadings(wanted, NOTHING),
    failure: `features: ${cause}`,
  };
}

/** Ids that the store is asked for: the same list, unless the caller gives one of them. */
function askedFor({ ids: { stored }, request }: Wanted): readonly string[] {
  const { features } = request;
  return stored.some((id) => Object.hasOwn(features, id))
    ? stored.filter((id) => !Object.hasOwn(features, id))
    : stored;
}

/** What the caller gave, then what was found of all that is wanted. */
function joinReadings(
  { ids: { all, stored }, request, at }: Wanted,
  found: FeatureReadings,
): FeatureReadings {
  if (stored === all && !hasMembers(request.features)) {
    if (all.every((id) => isSound(found[id]))) return found;
  }
  const readings: Record<string, FeatureReading> = {};
  for (const id in request.features) {
    const value = exact(request.features[id] ?? null);
    readings[id] = { value, status: "given", at };
  }
  for (const id of all) readings[id] ??= sound(found[id] ?? MISSING);
  return readings;
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

function hasMembers(of: object): boolean {
  for (const _ in of) return true;
  return false;
}

/** Whether {@link sound} leaves a reading as it is. */
function isSound(reading: FeatureReading | undefined): boolean {
  return reading !== undefined && sound(reading) === reading;
}

function sound(reading: FeatureReading): FeatureReading {
  const { value } = reading;
  if (typeof value !== "number") return reading;
  if (!Number.isFinite(value)) return MISSING;
  return Object.is(value, -0) ? { ...reading, value: 0 } : reading;
}

/** Numbers as JSON keeps them: -0 is 0, and what is not finite is missing. */
function exact(value: FeatureValue): FeatureValue {
  if (typeof value !== "number") return value;
  return Number.isFinite(value) ? value + 0 : null;
}
