/**
 * Facts for the policies: the request, the readings, the moment and the score.
 *
 * @module
 */
import { type Instant, localTime } from "../domain/day.ts";
import type { Counts, DecisionRequest } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { Fact, Facts } from "../domain/verdict.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { featuresReadBy } from "./wanted_features.ts";

/** Facts that are the same for every candidate of one decision. */
export interface SharedFacts extends Facts {
  readonly time: Facts;
  readonly constraints: Facts;
  readonly compliance: Facts;
  readonly features: Facts;
  /** Absent where nothing is counted. */
  readonly counts?: Facts;
}

/** Facts by name. */
type Group = Record<string, Fact>;
/** Groups of facts, by name. */
type Groups = Record<string, Group>;

/**
 * Inherits nothing, so that no name means more than itself. An object that is made without
 * a prototype does so too, but the host makes it a dictionary: that takes seven times as long.
 */
const Group = function () {} as unknown as { new (): Group; prototype: object };
Group.prototype = Object.create(null);
const Groups = Group as unknown as { new (): Groups };

/** What tells one candidate from another. */
export interface Candidate {
  readonly model: string | null;
  readonly currency: string;
  /** Null where a bid is decided. */
  readonly action: string | null;
  readonly isControl: boolean;
  /** The model's score; null without a model. */
  readonly score: number | null;
}

const LIMITS = [
  "maxBidMicros",
  "minBidMicros",
  "budgetRemainingMicros",
  "contactsDay",
  "contactsWeek",
] as const;

/**
 * Refuses limits that could not be kept exactly.
 *
 * @throws {EngineError} `request_invalid`, naming the limit.
 */
export function checkLimits({ constraints }: DecisionRequest): void {
  for (const name of LIMITS) {
    const limit = constraints[name];
    if (limit === null || (Number.isSafeInteger(limit) && limit >= 0)) continue;
    throw new EngineError(
      "request_invalid",
      `Cannot decide under limit "${name}": it must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, or null`,
      { facts: { limit: name } },
    );
  }
}

/** What facts are made of. */
export interface FactGround {
  readonly request: DecisionRequest;
  readonly readings: FeatureReadings;
  readonly at: Instant;
  /** Who judges: of features, only those that its rules read are told. */
  readonly policies: PolicySet;
}

/** Facts that all candidates share. */
export function sharedFacts(
  { request, readings, at, policies }: FactGround,
): SharedFacts {
  const { constraints } = request;
  return {
    time: timeFacts(at, request.zone),
    constraints: {
      maxBidMicros: constraints.maxBidMicros,
      minBidMicros: constraints.minBidMicros,
      budgetRemainingMicros: constraints.budgetRemainingMicros,
      contactsDay: constraints.contactsDay,
      contactsWeek: constraints.contactsWeek,
    },
    compliance: constraints.compliance,
    features: featureFacts(readings, factsReadBy(policies)),
  };
}

function featureFacts(
  readings: FeatureReadings,
  names: readonly FactName[],
): Facts {
  const groups = new Groups();
  for (const name of names) {
    const reading = readings[name.id];
    if (reading !== undefined) put(groups, name, reading.value);
  }
  return groups;
}

/** Where a fact is put that is called `group.member`. */
interface FactName {
  readonly id: string;
  readonly group: string;
  readonly member: string;
}

const readBy = new WeakMap<PolicySet, readonly FactName[]>();

/** Names of the features that any rule of a set reads. */
function factsReadBy(policies: PolicySet): readonly FactName[] {
  const known = readBy.get(policies);
  if (known) return known;
  const names = featuresReadBy(policies).map(nameOf);
  readBy.set(policies, names);
  return names;
}

function nameOf(id: string): FactName {
  const dot = id.indexOf(".");
  return { id, group: id.slice(0, dot), member: id.slice(dot + 1) };
}

/** The same facts with what limits had counted, by `policy.rule`. */
export function withCounts(
  shared: SharedFacts,
  counts: Counts | undefined,
): SharedFacts {
  return counts === undefined
    ? shared
    : { ...shared, counts: countFacts(counts) };
}

/** The same facts at another moment. */
export function factsAt(
  shared: SharedFacts,
  at: Instant,
  zone: string | null,
): SharedFacts {
  return { ...shared, time: timeFacts(at, zone) };
}

/** Facts of one candidate. */
export function candidateFacts(
  shared: SharedFacts,
  { entities }: DecisionRequest,
  candidate: Candidate,
): Facts {
  const { model, currency, action, isControl, score } = candidate;
  const { time, constraints, compliance, features, counts } = shared;
  const facts = {
    time,
    constraints,
    compliance,
    features,
    context: {
      model,
      currency,
      action,
      isControl,
      channel: entities.channel ?? null,
      campaign: entities.campaign ?? null,
      placement: entities.placement ?? null,
      account: entities.account ?? null,
    },
    score: { ppm: score === null ? null : partsPerMillion(score) },
  };
  return counts === undefined ? facts : { ...facts, counts };
}

function partsPerMillion(score: number): number | null {
  const ppm = Math.round(score * 1e6);
  return Number.isSafeInteger(ppm) ? ppm : null;
}

/** Most minutes and zones at once, for both of the minutes that a decision asks about. */
const MAX_CLOCKS = 1000;
const clocks = new Map<string, Facts>();

/** Zones differ by whole minutes, so the wall clock is read once a minute. */
function timeFacts(at: Instant, zone: string | null): Facts {
  const minute = at.slice(0, 16);
  const name = zone === null ? minute : `${minute} ${zone}`;
  const known = clocks.get(name);
  if (known) return known;
  const facts = zone === null || zone === "UTC"
    ? utcFacts(at)
    : zoneFacts(at, zone);
  if (clocks.size >= MAX_CLOCKS) clocks.clear();
  clocks.set(name, facts);
  return facts;
}

function utcFacts(at: Instant): Facts {
  return {
    localMinute: Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16)),
    weekday: new Date(at).getUTCDay(),
    dayOfMonth: Number(at.slice(8, 10)),
    localDate: at.slice(0, 10),
  };
}

function zoneFacts(at: Instant, zone: string): Facts {
  const { day, minute, weekday } = localTime(at, zone);
  const dayOfMonth = Number(day.slice(8));
  return { localMinute: minute, weekday, dayOfMonth, localDate: day };
}

function countFacts(counts: Counts): Facts {
  const groups = new Groups();
  for (const name in counts) put(groups, nameOf(name), counts[name] ?? null);
  return groups;
}

function put(groups: Groups, { group, member }: FactName, fact: Fact): void {
  (groups[group] ??= new Group())[member] = fact;
}
