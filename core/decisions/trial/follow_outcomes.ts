/**
 * Reads off the decision log what came of the people on trial, side by side. Each counts
 * once, in the order in which their windows end, and whoever reads on goes on where the
 * last one was.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import {
  addUnit,
  type LiftDesign,
  liftOf,
  NO_UNITS,
} from "../../domain/confidence_sequence.ts";
import type { Instant } from "../../domain/day.ts";
import type { DecisionRecord, LoggedRecord } from "../../domain/decision.ts";
import { isRefusal } from "../../domain/error.ts";
import type { DecisionOutcome } from "../../domain/log_record.ts";
import type { TrialMeasure } from "../../domain/model_trial.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DecisionLog } from "../../ports/decisions.ts";
import type {
  MaturePerson,
  ModelTrialStore,
  ToldOutcome,
  TrialPerson,
  TrialPoint,
  TrialProgress,
  TrialRound,
} from "../../ports/model_trials.ts";
import { findPlace } from "../log/records/place.ts";
import {
  parseDecisions,
  parseOutcomes,
  parseRecord,
} from "../log/records/record.ts";
import { drawnKey } from "./arm.ts";

/** A round whose outcomes are followed. */
export interface FollowedTrial extends TrialRound {
  /** Since when it decides for a share. */
  readonly since: Instant;
  /** That share, thousandths. */
  readonly permille: number;
  readonly measure: TrialMeasure;
  /** Currency in which money counts; ISO 4217. */
  readonly currency: string;
}

/** What following needs. */
export interface FollowScope {
  readonly log: Pick<DecisionLog, "read" | "find" | "head">;
  readonly store: Pick<ModelTrialStore, "progress" | "advance" | "mature">;
  readonly clock: Clock;
}

/** How far a trial was followed. */
export interface Followed {
  readonly progress: TrialProgress;
  /** Whether all that was logged is read, and all whose window is over are counted. */
  readonly isCaughtUp: boolean;
}

const PAGE = 1000;
/** Pages and batches at a time: the rest has time until the next look. */
const MOST_PAGES = 20;
const BATCH = 2000;
/** Points of the way that are kept. */
const MOST_POINTS = 200;
const HOUR_MS = 3_600_000;

/** How people are drawn and how they count. */
export function designOf(
  { permille, measure: { most, alphaPermille } }: Pick<
    FollowedTrial,
    "permille" | "measure"
  >,
): LiftDesign {
  return { share: permille / 1000, most, alpha: alphaPermille / 1000 };
}

/** Reads on, and counts those whose window is over. */
export async function followOutcomes(
  scope: FollowScope,
  trial: FollowedTrial,
): Promise<Followed> {
  const { store, clock } = scope;
  const kept = await store.progress(trial);
  const read = await readOn(scope, trial, {
    from: kept,
    to: kept ?? await begin(scope, trial),
  });
  const now = Date.parse(read.isCaughtUp ? clock.now() : read.readTo);
  const windowMs = trial.measure.windowHours * HOUR_MS;
  const before = new Date(now - windowMs).toISOString();
  let { progress } = read;
  for (let batch = 0; batch < MOST_PAGES; batch++) {
    const people = await store.mature(trial, before, BATCH);
    if (people.length === 0) {
      return { progress, isCaughtUp: read.isCaughtUp };
    }
    const to = count(progress, trial, { people, at: clock.now() });
    const counted = people.map(({ person }) => person);
    const step = { entered: [], told: [], windowMs, counted };
    if (!await store.advance(trial, { ...step, from: progress, to })) break;
    progress = to;
  }
  return { progress, isCaughtUp: false };
}

async function begin(
  { log }: FollowScope,
  { tenant, since }: FollowedTrial,
): Promise<TrialProgress> {
  const last = (await log.head(tenant))?.seq ?? 0;
  const nobody = { people: 0, total: 0 };
  return {
    place: await findPlace(log, tenant, { from: since, last }),
    sums: NO_UNITS,
    arms: { champion: nobody, challenger: nobody },
    points: [],
  };
}

async function readOn(
  scope: FollowScope,
  trial: FollowedTrial,
  start: { readonly from: TrialProgress | null; readonly to: TrialProgress },
) {
  const { log, store } = scope;
  const windowMs = trial.measure.windowHours * HOUR_MS;
  let { from, to: progress } = start;
  let readTo = trial.since;
  for (let page = 0; page < MOST_PAGES; page++) {
    const rows = await log.read(trial.tenant, progress.place, PAGE);
    const last = rows.at(-1);
    if (last === undefined && from !== null) {
      return { progress, readTo, isCaughtUp: true };
    }
    const to = { ...progress, place: last?.seq ?? progress.place };
    const seen = await readPage(log, trial, rows);
    const step = { ...seen, from, to, windowMs, counted: [] };
    if (!await store.advance(trial, step)) break;
    [from, progress, readTo] = [to, to, last?.at ?? readTo];
  }
  return { progress, readTo, isCaughtUp: false };
}

async function readPage(
  log: FollowScope["log"],
  trial: FollowedTrial,
  rows: readonly LoggedRecord[],
): Promise<{ entered: TrialPerson[]; told: ToldOutcome[] }> {
  const entered: TrialPerson[] = [];
  const persons = new Map<string, string | null>();
  const about = rows.filter(({ kind, record, opened = record }) =>
    kind === "decision" && opened.includes(trial.change)
  );
  for (const record of parseDecisions(about)) {
    const person = personOf(trial, record);
    const { id, at, trial: side } = record.decision;
    persons.set(id, person);
    if (person !== null && side) entered.push({ person, at, arm: side.arm });
  }
  const told: ToldOutcome[] = [];
  for (const outcome of parseOutcomes(rows)) {
    if (outcome.kind !== trial.measure.outcome) continue;
    const { decision, at } = outcome;
    const known = persons.get(decision);
    const person = known === undefined
      ? await findPerson(log, trial, decision)
      : known;
    persons.set(decision, person);
    const value = valueOf(trial, outcome);
    if (person !== null) told.push({ person, at, value });
  }
  return { entered, told };
}

/** Who a decision of this round is about, as a hash; null if it is not of it. */
function personOf(
  { change, cycle }: TrialRound,
  { request, decision: { trial } }: DecisionRecord,
): string | null {
  if (trial?.change !== change || trial.cycle !== cycle) return null;
  return sha256(`${change}\n${drawnKey(request.entities)}`);
}

/** What was erased, or is of no decision, came of nobody. */
async function findPerson(
  log: FollowScope["log"],
  trial: FollowedTrial,
  id: string,
): Promise<string | null> {
  const logged = await log.find(trial.tenant, id);
  if (logged?.kind !== "decision") return null;
  try {
    return personOf(trial, parseRecord(logged));
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

function valueOf(
  { measure: { unit }, currency }: FollowedTrial,
  { value, money }: DecisionOutcome,
): number {
  const amount = unit === "count"
    ? Number(value ?? 1)
    : money?.currency === currency
    ? Number(money.micros)
    : 0;
  return Number.isFinite(amount) ? amount : 0;
}

function count(
  { sums: before, arms, points, ...progress }: TrialProgress,
  trial: FollowedTrial,
  { people, at }: {
    readonly people: readonly MaturePerson[];
    readonly at: Instant;
  },
): TrialProgress {
  const design = designOf(trial);
  const { most } = design;
  const totals = { champion: arms.champion, challenger: arms.challenger };
  let sums = before;
  for (const { arm, value } of people) {
    sums = addUnit(sums, design, { treated: arm === "challenger", value });
    const { people, total } = totals[arm];
    const brought = Math.min(Math.max(value, 0), most);
    totals[arm] = { people: people + 1, total: total + brought };
  }
  const point = { at, people: sums.units, ...liftOf(sums, design) };
  return { ...progress, sums, arms: totals, points: thin([...points, point]) };
}

/** Every second point where there are too many, the latest among them. */
function thin(points: readonly TrialPoint[]): readonly TrialPoint[] {
  return points.length <= MOST_POINTS
    ? points
    : points.filter((_, place) => (points.length - 1 - place) % 2 === 0);
}
