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

/** Facts that are the same for every candidate of one decision. */
export interface SharedFacts extends Facts {
  readonly time: Facts;
  readonly constraints: Facts;
  readonly compliance: Facts;
  readonly features: Facts;
  /** Absent where nothing is counted. */
  readonly counts?: Facts;
}

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

/** Facts that all candidates share. */
export function sharedFacts(
  request: DecisionRequest,
  readings: FeatureReadings,
  at: Instant,
): SharedFacts {
  const { compliance, ...limits } = request.constraints;
  return {
    time: timeFacts(at, request.zone),
    constraints: limits,
    compliance,
    features: nest(readings, ({ value }) => value),
  };
}

/** The same facts with what limits had counted, by `policy.rule`. */
export function withCounts(
  shared: SharedFacts,
  counts: Counts | undefined,
): SharedFacts {
  return counts === undefined
    ? shared
    : { ...shared, counts: nest(counts, (count) => count) };
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
  const { score, ...told } = candidate;
  return {
    ...shared,
    context: {
      ...told,
      channel: entities.channel ?? null,
      campaign: entities.campaign ?? null,
      placement: entities.placement ?? null,
      account: entities.account ?? null,
    },
    score: { ppm: score === null ? null : partsPerMillion(score) },
  };
}

function partsPerMillion(score: number): number | null {
  const ppm = Math.round(score * 1e6);
  return Number.isSafeInteger(ppm) ? ppm : null;
}

function timeFacts(at: Instant, zone: string | null): Facts {
  if (zone === null || zone === "UTC") {
    return {
      localMinute: Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16)),
      weekday: new Date(at).getUTCDay(),
      dayOfMonth: Number(at.slice(8, 10)),
      localDate: at.slice(0, 10),
    };
  }
  return clockFacts(at, zone);
}

/** Most zones at once, for both of the minutes that a decision asks about. */
const MAX_CLOCKS = 1000;
const clocks = new Map<string, Facts>();

/** Zones differ by whole minutes, so the wall clock is read once a minute. */
function clockFacts(at: Instant, zone: string): Facts {
  const name = `${at.slice(0, 16)} ${zone}`;
  const known = clocks.get(name);
  if (known) return known;
  const { day, minute, weekday } = localTime(at, zone);
  const dayOfMonth = Number(day.slice(8));
  const facts = { localMinute: minute, weekday, dayOfMonth, localDate: day };
  if (clocks.size >= MAX_CLOCKS) clocks.clear();
  clocks.set(name, facts);
  return facts;
}

/** Groups `group.name`, in objects without a prototype, so that no name means more than itself. */
function nest<T>(
  flat: Readonly<Record<string, T>>,
  read: (one: T) => Fact,
): Facts {
  const groups: Record<string, Record<string, Fact>> = Object.create(null);
  for (const id in flat) {
    const dot = id.indexOf(".");
    const group = groups[id.slice(0, dot)] ??= Object.create(null);
    group[id.slice(dot + 1)] = read(flat[id] as T);
  }
  return groups;
}
