/**
 * Models on trial: counts of all nodes add up, and outcomes are those that a reader of the
 * whole log would count, whoever reads it, how often, and how far at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson, sha256 } from "../../core/domain/canonical.ts";
import {
  NOTHING_SEEN,
  type TrialArm,
  type TrialStage,
} from "../../core/domain/model_trial.ts";
import { seededRandom } from "../../core/domain/random.ts";
import {
  type FollowedTrial,
  followOutcomes,
} from "../../core/decisions/trial/follow_outcomes.ts";
import type { LogEntry } from "../../core/ports/decisions.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type { Case } from "./cases.ts";

const START_MS = Date.parse("2026-03-01T00:00:00.000Z");
const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 120;
const SEEN = {
  ...{ decisions: 3, denied: 1, spend: 2.5, spendSquares: 6.25, asked: 3 },
  ...{ unscored: 1, timed: 3, slow: 1, rows: 6, low: 0.2, high: 0.7 },
};

/** Cases of trials. */
export const modelTrialCases: readonly Case[] = [
  {
    name: "counts of a trial add up over nodes, each stage and side by itself",
    run: addUp,
  },
  {
    name: "outcomes of a trial are what a reader of the whole log counts",
    run: followHistory,
  },
  {
    name:
      "of two who read outcomes on, one does; a trial that is over knows nobody",
    run: readTwice,
  },
];

async function addUp({ modelTrials }: Stores, tenant: string) {
  const stage: TrialStage = {
    ...{ tenant, name: "bidder", change: "chg_1", cycle: 1, stage: "canary" },
  };
  const nothing = { champion: NOTHING_SEEN, challenger: NOTHING_SEEN };
  assert.deepEqual(await modelTrials.seen(stage), nothing);
  await modelTrials.add(stage, { ...nothing, champion: SEEN });
  await modelTrials.add(stage, {
    champion: { ...SEEN, low: 0.1, high: 0.5 },
    challenger: SEEN,
  });
  assert.deepEqual(await modelTrials.seen(stage), {
    champion: {
      ...{ decisions: 6, denied: 2, spend: 5, spendSquares: 12.5, asked: 6 },
      ...{ unscored: 2, timed: 6, slow: 2, rows: 12, low: 0.1, high: 0.7 },
    },
    challenger: SEEN,
  });
  for (const other of [{ cycle: 2 }, { stage: "shadow" as const }]) {
    const seen = await modelTrials.seen({ ...stage, ...other });
    assert.deepEqual(seen, nothing);
  }
}

function trialOf(tenant: string): FollowedTrial {
  return {
    ...{ tenant, change: "chg_2", cycle: 1, permille: 300, currency: "EUR" },
    since: instant(0),
    measure: {
      ...{ outcome: "visit", unit: "count", most: 3, alphaPermille: 50 },
      ...{ windowHours: WINDOW_MINUTES / 60, promote: true },
    },
  };
}

interface Told {
  readonly person: number;
  readonly minute: number;
  readonly value: number;
}

async function followHistory(
  { log, modelTrials: store }: Stores,
  tenant: string,
) {
  const random = seededRandom(11);
  const trial = trialOf(tenant);
  const decided: { person: number; minute: number; id: string }[] = [];
  const told: Told[] = [];
  let minute = 0;
  const clock = { now: () => instant(minute) };
  for (; minute < 600; minute++) {
    const entries: LogEntry[] = [];
    const person = Math.floor(random.next() * 80);
    if (random.next() < 0.7) {
      const id = `dec_${minute}`;
      entries.push(decisionEntry(trial, { id, person, minute }));
      decided.push({ id, person, minute });
    }
    const one = decided[Math.floor(random.next() * decided.length)];
    if (one !== undefined && random.next() < 0.5) {
      const value = 1 + Math.floor(random.next() * 2);
      const kind = random.next() < 0.8 ? "visit" : "click";
      const outcome = { id: one.id, minute, value, kind };
      entries.push(outcomeEntry(tenant, outcome));
      const { person } = one;
      if (kind === "visit") told.push({ person, minute, value });
    }
    if (entries.length > 0) await log.append(entries);
    if (random.next() < 0.02) {
      await followOutcomes({ log, store, clock }, trial);
    }
  }
  minute += WINDOW_MINUTES;
  const { progress, isCaughtUp } = await followOutcomes(
    { log, store, clock },
    trial,
  );
  assert.ok(isCaughtUp);
  assert.deepEqual(progress.arms, countAnew(decided, told));
  assert.equal(progress.sums.units, new Set(decided.map(personOf)).size);
  assert.deepEqual(await store.progress(trial), progress);
}

/** Goes through everything once more, person by person. */
function countAnew(
  decided: readonly { readonly person: number; readonly minute: number }[],
  told: readonly Told[],
) {
  const arms = {
    champion: { people: 0, total: 0 },
    challenger: { people: 0, total: 0 },
  };
  for (const person of new Set(decided.map(personOf))) {
    const first = decided.find((one) => one.person === person)?.minute ?? 0;
    const sum = told.filter((one) =>
      one.person === person && one.minute >= first &&
      one.minute < first + WINDOW_MINUTES
    ).reduce((all, { value }) => all + value, 0);
    const arm = arms[armOf(person)];
    arm.people++;
    arm.total += Math.min(3, sum);
  }
  return arms;
}

function personOf({ person }: { readonly person: number }): number {
  return person;
}

function armOf(person: number): TrialArm {
  return person % 3 === 0 ? "challenger" : "champion";
}

async function readTwice(
  { log, modelTrials: store }: Stores,
  tenant: string,
) {
  const trial = trialOf(tenant);
  await log.append([
    decisionEntry(trial, { id: "dec_1", person: 3, minute: 0 }),
    decisionEntry({ ...trial, cycle: 2 }, {
      id: "dec_2",
      person: 4,
      minute: 0,
    }),
  ]);
  const clock = { now: () => instant(1) };
  const { progress } = await followOutcomes({ log, store, clock }, trial);
  const step = {
    ...{ from: progress, windowMs: 1, entered: [], told: [], counted: [] },
    to: { ...progress, place: progress.place + 1 },
  };
  assert.equal(await store.advance(trial, step), true);
  assert.equal(await store.advance(trial, step), false);
  assert.equal(await store.advance(trial, { ...step, from: null }), false);
  const later = instant(1);
  const people = await store.mature(trial, later, 10);
  assert.deepEqual(people.map(({ arm, value }) => [arm, value]), [
    ["challenger", 0],
  ]);
  const isOpen = async () =>
    (await store.open()).some((round) => round.tenant === tenant);
  assert.ok(await isOpen());
  await store.close(trial);
  assert.ok(!await isOpen());
  assert.deepEqual(await store.mature(trial, later, 10), []);
  assert.equal((await store.progress(trial))?.place, progress.place + 1);
}

function decisionEntry(
  { tenant, change, cycle }: FollowedTrial,
  { id, person, minute }: {
    readonly id: string;
    readonly person: number;
    readonly minute: number;
  },
): LogEntry {
  const at = instant(minute);
  const trial = { change, cycle, arm: armOf(person) };
  return {
    ...{ tenant, id, at, idempotent: null },
    record: canonicalJson({
      ...{ v: 1, kind: "decision", tenant, by: "tester" },
      request: { entities: { subject: `u-${person}` } },
      decision: { id, at, trial },
    }),
  };
}

function outcomeEntry(
  tenant: string,
  { id: decision, minute, value, kind }: {
    readonly id: string;
    readonly minute: number;
    readonly value: number;
    readonly kind: string;
  },
): LogEntry {
  const at = instant(minute);
  const id = `out_${sha256(`${decision} ${minute}`).slice(0, 32)}`;
  const outcome = { id, decision, at, kind, value: String(value), money: null };
  return {
    ...{ tenant, id, at, idempotent: null, kind: "outcome" },
    record: canonicalJson({
      ...{ v: 1, kind: "outcome", tenant, by: "shop", id, at, outcome },
    }),
  };
}

function instant(minute: number): string {
  return new Date(START_MS + minute * MINUTE_MS).toISOString();
}
