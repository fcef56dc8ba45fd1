/**
 * `moe serve`: answers over HTTP until it is told to stop, then drains.
 *
 * @module
 */
import { pause } from "../signals/pause.ts";
import type { Command, CommandScope } from "./command.ts";
import { warnOfSharedAddresses } from "./configured_sources.ts";
import { demandSound } from "./check_configuration.ts";
import { demandWritable } from "./data_folder.ts";
import { keepBudgets } from "./keep_budgets.ts";
import { keepCheckpoints } from "./keep_checkpoints.ts";
import { keepCompared } from "./keep_compared.ts";
import { keepFeatures } from "./keep_features.ts";
import { keepJobs } from "./keep_jobs.ts";
import { keepPolicies } from "./keep_policies.ts";
import { keepSpool } from "./keep_spool.ts";
import { keepStream } from "./keep_stream.ts";
import { keepSynced } from "./keep_synced.ts";
import { keepTrusted } from "./keep_trusted.ts";
import { openCheckpointKey, UNSIGNED } from "./log/checkpoint_key.ts";
import { readRetentionRules } from "./log/retention_rules.ts";
import type { NoteSigner } from "../decisions/log/checkpoints/signed_note.ts";
import { createCheckpointFiles } from "../store/log/checkpoint_files.ts";
import type { JobName } from "../ports/jobs.ts";
import type { Configuration } from "./configuration.ts";
import { everyJob } from "./jobs/every_job.ts";
import { readJsonFile } from "./files.ts";
import { listen, type Listening } from "./listen.ts";
import { type NightlyPlan, parseNightlyPlans } from "./nightly_plans.ts";
import { onRecord, type Opened, openEngine } from "./open.ts";
import { UNSEALED } from "./open_kept.ts";
import { wholeNumberOption } from "./option.ts";
import { writeEvent } from "./observe.ts";
import type { Background } from "./rounds.ts";
import { keepUpkeep } from "./upkeep.ts";
import { warmUp } from "./warm_up.ts";
import { systemClock } from "../store/clock.ts";
import type { LogLine } from "../telemetry/event_log.ts";

/** Serves. */
export const serve: Command = {
  name: "serve",
  about: "answer over HTTP; on loopback unless MOE_HOST says otherwise",
  operands: [],
  options: { port: "port; MOE_PORT or 8080 unless given" },
  async run(scope, _operands, options) {
    const port = wholeNumberOption(options, "port", {
      otherwise: scope.configuration.port,
      least: 0,
      most: 65_535,
    });
    await demandSound(scope.configuration);
    await demandWritable(scope.configuration.dataFolder);
    const nightly = await readNightly(scope);
    await readRetentionRules(scope.configuration);
    const signer = await openCheckpointKey(scope.configuration);
    const warn = (detail: string) => notice(scope, "notice", detail);
    if (signer === null) warn(UNSIGNED);
    const opened = await openEngine(scope.configuration, [], { serving: true });
    using stop = hearStop();
    const cold = await warmUp(opened);
    if (cold !== null) warn(cold);
    const listening = await listenOrClose(scope, opened, port);
    scope.terminal.line(`listening on ${listening.url}`);
    const { engine, connectors, policyNotice } = opened;
    if (policyNotice !== null) warn(policyNotice);
    if (opened.dataKeys === null) warn(UNSEALED);
    warnOfSharedAddresses(engine.configured(), connectors)
      .forEach(warn);
    const background = [
      ...startBackground(scope, opened, {
        ...{ listening, nightly, isSigned: signer !== null },
      }),
      ...keepSpooled(scope, opened),
      ...keepSigned(scope, opened, signer),
    ];
    await onRecord(opened, scope.act ?? null, () => stop.told);
    notice(scope, "stopping", "running requests may end");
    listening.drain();
    await pause(
      scope.configuration.drainSeconds * 1000,
      new AbortController().signal,
    );
    for (const work of background) work.stop();
    await listening.stop(Promise.all(background.map(({ ended }) => ended)));
    return 0;
  },
};

function startBackground(
  scope: CommandScope,
  opened: Opened,
  { listening, nightly, isSigned }: {
    readonly listening: Listening;
    readonly nightly: readonly NightlyPlan[];
    readonly isSigned: boolean;
  },
): readonly Background[] {
  const { engine, stores, clock, ids } = opened;
  const { natsUrl } = scope.configuration;
  const { features, trust } = engine;
  const { signals, leases, stream, checkpoints, jobs: queue } = stores;
  const { metrics } = listening;
  const told = (entry: unknown) => log(scope, entry);
  const kept = { features, signals, clock, log: told };
  const online = keepFeatures({ ...kept, stream, ids });
  const jobs = everyJob(opened, {
    ...{ configuration: scope.configuration, nightly },
    log: told,
  });
  const upkeep = keepUpkeep({ checkpoints, queue, jobs, clock, isSigned });
  listening.watch(upkeep);
  return [
    ...[online, upkeep],
    keepJobs({
      ...{ queue, node: ids.next("node"), clock, metrics, jobs },
      first: firstJobs(scope.configuration),
      after: online.following,
      log: told,
    }),
    keepStream({ stores, clock, ids, log: told }, natsUrl),
    keepSynced({
      ...{ engine, leases, metrics, log: told },
      random: Math.random,
    }),
    keepTrusted({ ...kept, trust, queue }),
    keepBudgets({ ...kept, budgets: engine.budgets }),
    keepCompared({ ...kept, engine, watches: stores.watches }),
    keepPolicies({
      ...{ ...kept, leases, ids, book: opened.book },
      tick: engine.keepTime,
      watch: engine.watchTrials,
    }),
  ];
}

/** What is not waited for until it is due. */
function firstJobs({ materializeMinutes }: Configuration): JobName[] {
  return materializeMinutes === 0
    ? ["name_records"]
    : ["name_records", "materialize"];
}

function keepSpooled(
  scope: CommandScope,
  { spooling, clock }: Opened,
): readonly Background[] {
  if (spooling === null) return [];
  return [keepSpool({ spooling, clock, log: (entry) => log(scope, entry) })];
}

function keepSigned(
  scope: CommandScope,
  { stores, clock, ids }: Opened,
  signer: NoteSigner | null,
): readonly Background[] {
  if (signer === null) return [];
  const { checkpointsFolder: folder } = scope.configuration;
  const archive = folder === null ? null : createCheckpointFiles(folder);
  return [keepCheckpoints({
    making: { ...stores, signer, archive, clock },
    ...{ leases: stores.leases, ids, log: (entry) => log(scope, entry) },
  })];
}

async function readNightly(
  { configuration: { plansFile } }: CommandScope,
): Promise<readonly NightlyPlan[]> {
  if (plansFile === null) return [];
  return parseNightlyPlans(await readJsonFile(plansFile));
}

async function listenOrClose(
  scope: CommandScope,
  opened: Opened,
  port: number,
): Promise<Listening> {
  try {
    return await listen(scope, opened, { port });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function log({ terminal, configuration }: CommandScope, entry: unknown): void {
  writeEvent(terminal.warn, configuration.telemetry, entry as LogLine);
}

/** What the operator should know, in one line. */
function notice(scope: CommandScope, event: string, detail: string): void {
  const level = event === "stopping" ? "info" : "warn";
  log(scope, { at: systemClock.now(), level, event, tenant: null, detail });
}

/** Hears whether the process is told to stop. */
export interface StopHeard extends Disposable {
  /** Resolves at the first SIGINT or SIGTERM. */
  readonly told: Promise<void>;
}

/**
 * Hears SIGINT and SIGTERM from now on, until it is disposed of. Those after the first change
 * nothing: a terminal tells a whole group of processes, and a runner its child once more.
 */
export function hearStop(): StopHeard {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return {
    told,
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
    },
  };
}
