/**
 * Models on trial, watched and judged: what all nodes saw of them, what came of the people
 * on both sides, and what follows from it.
 *
 * @module
 */
import {
  designOf,
  type Followed,
  type FollowedTrial,
  followOutcomes,
} from "../decisions/trial/follow_outcomes.ts";
import { textOf } from "../domain/canonical.ts";
import { type Change, ENGINE } from "../domain/change.ts";
import { type Lift, liftOf, sideOf } from "../domain/confidence_sequence.ts";
import { isRefusal } from "../domain/error.ts";
import { rolesAt } from "../domain/model_log.ts";
import { parseModelContent, parseModelSubject } from "../domain/model_role.ts";
import type { TrialStage } from "../domain/model_trial.ts";
import { printModelRef } from "../domain/score.ts";
import type { PlainAct } from "../governance/authoring.ts";
import type { Changes } from "../governance/changes.ts";
import { stageEnd } from "../governance/landing.ts";
import type { Clock } from "../ports/clock.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { Stores } from "../ports/stores.ts";
import { findTrialBreach } from "../scores/trial/guardrails.ts";
import type { SeenTrial, TrialTally } from "../scores/trial/tally.ts";
import type { StoppedTrials } from "./stopped_trials.ts";

/** What watching stands on. */
export interface WatchScope {
  readonly changes: Changes;
  readonly stores: Pick<Stores, "governance" | "log" | "modelTrials">;
  readonly models: Pick<ModelRegistry, "events" | "find">;
  readonly tally: TrialTally;
  readonly stops: Pick<StoppedTrials, "note">;
  readonly clock: Clock;
  /** Has this node look again at who decides. */
  renew(tenant: string): Promise<void>;
}

/** The difference that a trial was last found to make. */
export interface FoundLift extends Lift {
  readonly stage: TrialStage;
  /** People who are counted. */
  readonly people: number;
}

/** Watches models on trial. A line is answered for each trial that something is to be told of. */
export interface ModelTrials {
  /** Keeps what this node saw, and ends what went ill. For every node. */
  watch(): Promise<readonly string[]>;
  /** Follows outcomes and judges by them. For one node at a time. */
  judge(): Promise<readonly string[]>;
  /** What was found last, where this node judges. */
  found(): readonly FoundLift[];
}

/** Opens the watch. */
export function createModelTrials(scope: WatchScope): ModelTrials {
  const found = new Map<string, FoundLift>();
  return {
    watch: async () => {
      const lines: string[] = [];
      const stages = scope.tally.take();
      let begun = 0;
      try {
        for (const seen of stages) {
          begun++;
          lines.push(...await told(() => watchStage(scope, seen)));
        }
      } finally {
        stages.slice(begun).forEach(scope.tally.giveBack);
      }
      return lines;
    },
    judge: async () => {
      const live = await liveTrials(scope);
      const lines: string[] = [];
      found.clear();
      for (const one of live) {
        lines.push(
          ...await told(async () => {
            const { line, lift } = await judgeTrial(scope, one);
            if (lift !== null) found.set(one.change.id, lift);
            return line;
          }),
        );
      }
      await closeOthers(scope, live);
      return lines;
    },
    found: () => [...found.values()],
  };
}

/** What is refused holds up no other trial, and is told. */
async function told(
  work: () => Promise<string | null>,
): Promise<readonly string[]> {
  try {
    const line = await work();
    return line === null ? [] : [line];
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [error.message];
  }
}

async function watchStage(
  scope: WatchScope,
  seen: SeenTrial,
): Promise<string | null> {
  const { changes, stores: { modelTrials }, tally } = scope;
  const { stage, counts, guardrails, stopped } = seen;
  if (stopped !== null) scope.stops.note(stage);
  try {
    await modelTrials.add(stage, counts);
  } catch (error) {
    tally.giveBack(seen);
    throw error;
  }
  const all = await modelTrials.seen(stage);
  const reason = stopped ?? findTrialBreach(guardrails, all);
  if (reason === null) return null;
  const ref = { scope: stage.tenant, id: stage.change };
  const { state, cycle } = await changes.find(ref);
  if (state !== stage.stage || cycle !== stage.cycle) {
    tally.close(stage);
    return null;
  }
  scope.stops.note(stage);
  return await act(scope, stage, {
    ...{ act: "breach", by: ENGINE, reason, findings: { seen: all } },
  });
}

/** Does something to a change on trial, and has this node see it at once. */
async function act(
  { changes, renew }: WatchScope,
  { tenant, change }: Pick<TrialStage, "tenant" | "change">,
  done: PlainAct & { readonly reason: string },
): Promise<string> {
  const { state } = await changes.act({ scope: tenant, id: change }, done);
  await renew(tenant);
  return `${change} is ${state.replaceAll("_", " ")}: ${done.reason}`;
}

interface LiveTrial {
  readonly stage: TrialStage;
  readonly change: Change;
  readonly version: number;
  readonly permille: number;
}

async function liveTrials(
  { stores: { governance } }: WatchScope,
): Promise<readonly LiveTrial[]> {
  const live: LiveTrial[] = [];
  for (const { scope: tenant, pointer } of await governance.everyPointer()) {
    const role = parseModelSubject(pointer.subject);
    const { trial } = pointer;
    if (trial === null || role?.alias !== "champion" || tenant === null) {
      continue;
    }
    const change = await governance.find(tenant, trial.change);
    const text = textOf(trial.content, await governance.load(trial.content));
    const version = parseModelContent(text ?? "");
    if (change === null || version === null) continue;
    const { cycle, stage, permille } = trial;
    live.push({
      stage: { tenant, name: role.name, change: change.id, cycle, stage },
      ...{ change, version, permille },
    });
  }
  return live;
}

async function judgeTrial(
  scope: WatchScope,
  one: LiveTrial,
): Promise<{ readonly line: string | null; readonly lift: FoundLift | null }> {
  const { stage, change } = one;
  const gone = await findReplaced(scope, one);
  if (gone !== null) {
    const breach = { act: "breach", by: ENGINE, reason: gone } as const;
    return { line: await act(scope, stage, breach), lift: null };
  }
  const followed = await trialFollowed(scope, one);
  if (followed === null) return { line: null, lift: null };
  const { stores: { log, modelTrials: store }, clock } = scope;
  const seen = await followOutcomes({ log, store, clock }, followed);
  const { sums } = seen.progress;
  const lift = liftOf(sums, designOf(followed));
  const line = await conclude(scope, { stage, change, followed, seen, lift });
  return { line, lift: { ...lift, stage, people: sums.units } };
}

/** What it is compared with must decide as long as the trial lasts. */
async function findReplaced(
  { models }: WatchScope,
  { stage: { tenant, name }, change }: LiveTrial,
): Promise<string | null> {
  const events = await models.events(tenant, name);
  const [before, now] = [change.since, undefined].map((at) =>
    rolesAt(events, at).champion
  );
  if (before === now || before === null || before === undefined) return null;
  const print = (version: number | null | undefined) =>
    version ? printModelRef({ name, version }) : "nobody";
  return `${print(now)} decides now, and it was tried beside ${print(before)}`;
}

/** A canary that is measured; null for any other stage. */
export async function trialFollowed(
  { models }: Pick<WatchScope, "models">,
  { stage, change, version, permille }: LiveTrial,
): Promise<FollowedTrial | null> {
  const { measure } = change.rollout;
  if (stage.stage !== "canary" || measure === undefined) return null;
  const { tenant, name, cycle } = stage;
  const record = await models.find(tenant, { name, version });
  return {
    ...{ tenant, change: change.id, cycle, measure, permille },
    since: change.since,
    currency: record?.use.currency ?? "",
  };
}

interface Judged extends Pick<LiveTrial, "stage"> {
  readonly change: Change;
  readonly followed: FollowedTrial;
  readonly seen: Followed;
  readonly lift: Lift;
}

async function conclude(
  scope: WatchScope,
  { stage, change, followed, seen, lift }: Judged,
): Promise<string | null> {
  const { sums, arms } = seen.progress;
  const side = sideOf(sums, designOf(followed));
  const isBetter = change.betterInCycle === change.cycle;
  const findings = { ...lift, people: sums.units, arms };
  const reason = printLift(lift, followed);
  if (side < 0) {
    scope.stops.note(stage);
    return await act(scope, followed, {
      ...{ act: "breach", by: ENGINE, findings },
      reason: `what comes of it is worse: ${reason}`,
    });
  }
  const judge = { act: "judge", by: ENGINE, findings } as const;
  if (side > 0 && !isBetter) {
    return await act(scope, followed, {
      ...{ ...judge, found: "better" },
      reason: `what comes of it is better: ${reason}`,
    });
  }
  const isOver = scope.clock.now() >= (stageEnd(change) ?? change.since);
  if (!isOver) return null;
  if (!isBetter) {
    if (!seen.isCaughtUp) return null;
    return await act(scope, followed, {
      ...{ ...judge, found: "undecided" },
      reason: `it was not found better: ${reason}`,
    });
  }
  return followed.measure.promote
    ? null
    : `${change.id} was found better and waits for somebody to activate it`;
}

/** A difference in a sentence. */
function printLift(
  { difference, low, high }: Lift,
  { measure: { outcome, unit } }: FollowedTrial,
): string {
  const print = (value: number) =>
    unit === "money" ? String(Math.round(value)) : value.toPrecision(3);
  const what = unit === "money" ? `micros of ${outcome}` : outcome;
  return `${print(difference)} ${what} for each person, in [${print(low)}, ${
    print(high)
  }]`;
}

/** What is not on trial any more needs to know nobody. */
async function closeOthers(
  { stores: { modelTrials } }: WatchScope,
  live: readonly LiveTrial[],
): Promise<void> {
  for (const round of await modelTrials.open()) {
    const isLive = live.some(({ stage: { tenant, change, cycle } }) =>
      tenant === round.tenant && change === round.change &&
      cycle === round.cycle
    );
    if (!isLive) await modelTrials.close(round);
  }
}
