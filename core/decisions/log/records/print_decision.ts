/**
 * The record of a decision as canonical JSON. Its members are known, so they are laid out
 * in canonical order as they stand here, and the host prints them; only what has names of
 * its own is sorted.
 *
 * @module
 */
import {
  canonicalJson,
  finite,
  hasOwnPlace,
  inCanonicalOrder,
  sortedKeys,
} from "../../../domain/canonical.ts";
import type {
  ActionScore,
  Decision,
  DecisionConstraints,
  DecisionRecord,
  DecisionRequest,
  Recommendation,
} from "../../../domain/decision.ts";
import type {
  FeatureReading,
  FeatureReadings,
  FeatureValue,
} from "../../../domain/feature.ts";

/** Every member of a form, in the order in which it is printed; undefined where absent. */
type Laid<T> = { readonly [K in keyof T]-?: unknown };

/**
 * Prints a decision's record.
 *
 * @returns What `canonicalJson` prints.
 * @throws {TypeError} If it holds what JSON cannot.
 */
export function printDecision(record: DecisionRecord): string {
  const { by, decision, frame, kind, request, tenant, v } = record;
  const features = layReadings(decision.features);
  const given = inCanonicalOrder(request.features);
  const compliance = inCanonicalOrder(request.constraints.compliance);
  const counts = layIfThere(decision.counts);
  if (
    features === undefined || given === undefined || compliance === undefined ||
    counts === undefined && decision.counts !== undefined
  ) return canonicalJson(record);
  const laid: Laid<DecisionRecord> = {
    by,
    decision: layDecision(decision, { counts, features }),
    frame: layIfThere(frame),
    kind,
    request: layRequest(request, { compliance, given }),
    tenant,
    v,
  };
  return JSON.stringify(laid);
}

function layDecision(
  decision: Decision,
  { counts, features }: {
    readonly counts: unknown;
    readonly features: unknown;
  },
): Laid<Decision> {
  return {
    actions: decision.actions.map(layAction),
    applied: inCanonicalOrder(decision.applied),
    at: decision.at,
    counts,
    countsTowards: layIfThere(decision.countsTowards),
    falls: inCanonicalOrder(decision.falls),
    features,
    id: decision.id,
    modelVersion: decision.modelVersion,
    pacing: layIfThere(decision.pacing),
    policySet: decision.policySet,
    recommendation: layRecommendation(decision.recommendation),
    reviews: layIfThere(decision.reviews),
    rung: decision.rung,
    score: finiteOrNull(decision.score),
    shading: layIfThere(decision.shading),
    trial: layIfThere(decision.trial),
    validUntil: decision.validUntil,
  };
}

function layAction(
  { action, allowed, priority, score, worthMicros }: ActionScore,
): Laid<ActionScore> {
  return {
    action,
    allowed,
    priority: priority === undefined ? undefined : finite(priority),
    score: finite(score),
    worthMicros: finite(worthMicros),
  };
}

function layRecommendation(
  recommendation: Recommendation,
): Laid<Recommendation> {
  if (recommendation.kind === "action") {
    const { action, kind } = recommendation;
    return { action, kind };
  }
  const { bidMicros, currency, kind } = recommendation;
  return { bidMicros: finite(bidMicros), currency, kind };
}

function layRequest(
  request: DecisionRequest,
  { compliance, given }: {
    readonly compliance: unknown;
    readonly given: unknown;
  },
): Laid<DecisionRequest> {
  const { actions, maxFeatureAgeSeconds } = request;
  return {
    actions: actions === null ? null : inCanonicalOrder(actions),
    constraints: layConstraints(request.constraints, compliance),
    entities: inCanonicalOrder(request.entities),
    features: given,
    maxFeatureAgeSeconds: maxFeatureAgeSeconds === undefined
      ? undefined
      : finite(maxFeatureAgeSeconds),
    model: request.model,
    zone: request.zone,
  };
}

function layConstraints(
  constraints: DecisionConstraints,
  compliance: unknown,
): Laid<DecisionConstraints> {
  return {
    budgetRemainingMicros: finiteOrNull(constraints.budgetRemainingMicros),
    compliance,
    contactsDay: finiteOrNull(constraints.contactsDay),
    contactsWeek: finiteOrNull(constraints.contactsWeek),
    maxBidMicros: finiteOrNull(constraints.maxBidMicros),
    minBidMicros: finiteOrNull(constraints.minBidMicros),
  };
}

/** Undefined if a name in it has an order of its own. */
function layReadings(
  readings: FeatureReadings,
): Record<string, Laid<FeatureReading>> | undefined {
  const laid: Record<string, Laid<FeatureReading>> = {};
  for (const id of sortedKeys(readings)) {
    if (hasOwnPlace(id)) return undefined;
    const { at, status, value } = readings[id] as FeatureReading;
    laid[id] = { at, status, value: finiteOrOther(value) };
  }
  return laid;
}

function layIfThere(part: unknown): unknown {
  return part === undefined ? undefined : inCanonicalOrder(part);
}

function finiteOrNull(value: number | null): number | null {
  return value === null ? null : finite(value);
}

function finiteOrOther(value: FeatureValue): FeatureValue {
  return typeof value === "number" ? finite(value) : value;
}
