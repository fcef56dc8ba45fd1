/**
 * Watches the models that serve, once a day each, and trains them anew at night if the
 * operator asked for it. A version that is trained here is pending like any other: it
 * never serves before a person let it.
 *
 * What was looked at or trained is on record, so that a run that comes again does
 * neither again.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import { lastTime } from "../../jobs/due.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TakenRun } from "../../ports/jobs.ts";
import type { ModelWatchStore } from "../../ports/models.ts";
import { LOOK } from "../../scores/watch/look.ts";
import {
  printWatchFinding,
  type WatchReport,
} from "../../scores/watch/watch.ts";
import type { Report } from "../../../plugins/contract.ts";
import { championNames, championOf, type ChampionScope } from "./champions.ts";
import { tellNew } from "./tell_new.ts";

/** Minutes from one search for models whose look is due to the next. */
const SEARCH_MINUTES = 60;
const LONGEST_LOOK_MINUTES = 60;
const LONGEST_TRAINING_MINUTES = 330;
/** Who trains and plans at night; no person, so that any person may review. */
export const NIGHTLY = "nightly";

/** One line of the log. */
export interface ModelEntry {
  readonly at: Instant;
  readonly level: "info" | "warn";
  readonly event: "model_watch" | "model_trained";
  readonly tenant: string;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What they work with. */
export interface ModelScope extends ChampionScope {
  /** Looks at the champion of a name and keeps what it finds. */
  look(tenant: string, record: ModelRecord): Promise<WatchReport>;
  /** Trains a version as it was trained before, on what is known now. */
  retrain(
    tenant: string,
    record: ModelRecord,
    options: { readonly by: string; readonly report: Report },
  ): Promise<ModelRecord>;
  readonly watches: Pick<ModelWatchStore, "latest">;
  readonly clock: Clock;
  /** Time of day, UTC, `HH:MM`; null for never. */
  readonly retrainAt: string | null;
  log(entry: ModelEntry): void;
}

/** Makes the job that watches. */
export function watchModelsJob(scope: ModelScope): Job {
  return {
    name: "watch_models",
    schedule: { everyMinutes: SEARCH_MINUTES },
    longestMinutes: LONGEST_LOOK_MINUTES,
    concerns: () => championNames(scope),
    run: (run) => watch(scope, run),
  };
}

/** Makes the job that trains. */
export function retrainModelsJob(scope: ModelScope): Job {
  const { retrainAt } = scope;
  return {
    name: "retrain_models",
    schedule: retrainAt === null ? null : { at: retrainAt },
    longestMinutes: LONGEST_TRAINING_MINUTES,
    concerns: () => championNames(scope),
    run: (run) => retrain(scope, run),
  };
}

/** What was found of a version is told once while it lasts. */
interface Told {
  readonly ref: string;
  readonly keys: readonly string[];
}

async function watch(scope: ModelScope, run: TakenRun): Promise<Told | null> {
  const { watches, clock, look, log } = scope;
  const { tenant, subject } = run;
  const memory = run.memory as Told | null;
  const record = await championOf(scope, run);
  if (record === null || record.artifactKind === "curves") return memory;
  const [last] = await watches.latest(tenant, subject, {
    ...{ kind: LOOK, limit: 1 },
  });
  const isFresh = last?.version === record.version &&
    Date.parse(clock.now()) - Date.parse(last.at) < DAY_MS;
  if (isFresh) return memory;
  const ref = printModelRef(record);
  const { findings } = await look(tenant, record);
  const found = findings.map((finding) => ({
    ...{ tenant, event: "model_watch" } as const,
    id: [ref, finding.what, finding.name],
    detail: `${ref}: ${printWatchFinding(finding)}`,
  }));
  const before = memory?.ref === ref ? memory.keys : [];
  const keys = tellNew(
    found,
    before,
    (one) => log({ at: clock.now(), level: "warn", ...one }),
  );
  return { ref, keys };
}

async function retrain(scope: ModelScope, run: TakenRun): Promise<null> {
  const { clock, log, models, retrainAt } = scope;
  const { tenant, subject, askedAt, signal } = run;
  const record = await championOf(scope, run);
  if (record === null || record.family === "imported") return null;
  const due = retrainAt === null ? askedAt : lastTime(askedAt, retrainAt);
  const isTrained = (await models.list(tenant)).some(({ name, createdAt }) =>
    name === subject && createdAt >= due
  );
  if (isTrained) return null;
  const made = await scope.retrain(tenant, record, {
    by: NIGHTLY,
    report: (what, share) => {
      signal.throwIfAborted();
      run.report(what, share);
    },
  });
  log({
    ...{ at: clock.now(), level: "info", event: "model_trained", tenant },
    detail: `${printModelRef(made)} is pending beside ${
      printModelRef(record)
    }: compare and approve it, or leave it`,
  });
  return null;
}
