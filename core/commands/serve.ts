/**
 * `moe serve`: answers over HTTP until it is told to stop, then drains.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { type App, createApp } from "../http/app.ts";
import type { Command, CommandScope } from "./command.ts";
import { warnOfSharedAddresses } from "./configured_sources.ts";
import { keepBudgets } from "./keep_budgets.ts";
import { keepCompared } from "./keep_compared.ts";
import { keepFeatures } from "./keep_features.ts";
import { keepFresh } from "./keep_fresh.ts";
import { keepModels } from "./keep_models.ts";
import { keepPlans } from "./keep_plans.ts";
import { keepPolicies } from "./keep_policies.ts";
import { keepStream } from "./keep_stream.ts";
import { keepSynced } from "./keep_synced.ts";
import { keepTrusted } from "./keep_trusted.ts";
import { readJsonFile } from "./files.ts";
import { type NightlyPlan, parseNightlyPlans } from "./nightly_plans.ts";
import { type Opened, openEngine, VERSION } from "./open.ts";
import { wholeNumberOption } from "./option.ts";
import type { Background } from "./rounds.ts";

/** Longest that running requests, such as one that never ends, hold up a stop. */
const DRAIN_MS = 20_000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  readonly metrics: App["metrics"];
  /** Stops accepting, lets running requests and other work end, and closes the engine. */
  stop(other?: Promise<unknown>): Promise<void>;
}

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
    const nightly = await readNightly(scope);
    const opened = await openEngine(scope.configuration);
    const listening = await listenOrClose(scope, opened, port);
    scope.terminal.line(`listening on ${listening.url}`);
    const { engine, connectors, policyNotice } = opened;
    if (policyNotice !== null) scope.terminal.warn(policyNotice);
    warnOfSharedAddresses(engine.configured(), connectors)
      .forEach(scope.terminal.warn);
    const background = startBackground(scope, opened, {
      ...{ listening, nightly },
    });
    await untilTold();
    scope.terminal.warn("stopping: running requests may end");
    for (const work of background) work.stop();
    await listening.stop(Promise.all(background.map(({ ended }) => ended)));
    return 0;
  },
};

function startBackground(
  scope: CommandScope,
  opened: Opened,
  { listening: { metrics }, nightly }: {
    readonly listening: Listening;
    readonly nightly: readonly NightlyPlan[];
  },
): readonly Background[] {
  const { engine, stores, clock, ids } = opened;
  const { features, trust } = engine;
  const { signals, leases, stream } = stores;
  const kept = {
    ...{ features, signals, clock },
    log: (entry: unknown) => log(scope, entry),
  };
  const online = keepFeatures({ ...kept, stream, ids });
  return [
    online,
    keepFresh(
      { ...kept, after: online.following },
      scope.configuration.materializeMinutes,
    ),
    keepStream(
      { stores, clock, ids, log: (entry) => log(scope, entry) },
      scope.configuration.natsUrl,
    ),
    keepSynced({
      engine,
      leases,
      metrics,
      log: (entry) => log(scope, entry),
      random: Math.random,
    }),
    keepTrusted({ ...kept, trust, leases, ids }),
    keepBudgets({ ...kept, budgets: engine.budgets }),
    keepCompared({ ...kept, engine, watches: stores.watches }),
    ...keepGoverned(scope, opened, nightly),
  ];
}

/** What people decide upon: policies, models, plans. */
function keepGoverned(
  scope: CommandScope,
  { engine, stores, clock, ids, book }: Opened,
  nightly: readonly NightlyPlan[],
): readonly Background[] {
  const { signals, leases, watches } = stores;
  const kept = {
    ...{ signals, leases, clock, ids },
    log: (entry: unknown) => log(scope, entry),
  };
  return [
    keepPolicies({
      ...{ ...kept, book },
      tick: engine.keepTime,
      watch: engine.watchTrials,
    }),
    keepModels({
      ...{ ...kept, watches, models: engine.models, look: engine.lookAt },
      retrain: (tenant, record, by) =>
        engine.retrain({ tenant, record, by, report: () => {} }),
      retrainAt: scope.configuration.retrainAt,
    }),
    keepPlans({
      ...{ ...kept, nightly, plans: engine.plans },
      planAt: scope.configuration.planAt,
    }),
  ];
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
    return listen(scope, opened, { port });
  } catch (cause) {
    await opened.close();
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new EngineError(
      "configuration_invalid",
      `Cannot listen on port ${port}: another program does; choose another with --port or MOE_PORT`,
      { cause },
    );
  }
}

/**
 * Starts listening.
 *
 * @param scope Where to listen, and where access logs go (standard error, one JSON line each).
 * @param opened The engine; closed when the server stops.
 * @param options Port, 0 for any; whether to log requests.
 * @returns The server.
 */
export function listen(
  scope: CommandScope,
  opened: Opened,
  options: {
    readonly port: number;
    readonly quiet?: boolean;
    /** Longest that running requests hold up a stop, ms; 20 s unless given. */
    readonly drainMs?: number;
  },
): Listening {
  const { host } = scope.configuration;
  const app = createApp(opened.engine, {
    version: VERSION,
    log: (entry) => options.quiet ? undefined : log(scope, entry),
  });
  const server = Deno.serve({
    hostname: host,
    port: options.port,
    onListen: () => {},
  }, app.fetch);
  return {
    url: `http://${host}:${server.addr.port}`,
    metrics: app.metrics,
    async stop(other) {
      await within(
        Promise.all([server.shutdown(), other]),
        options.drainMs ?? DRAIN_MS,
      );
      await opened.close();
    },
  };
}

/** Waits for what ends in time; what does not is left behind. */
async function within(
  work: Promise<unknown>,
  longestMs: number,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longestMs);
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function log({ terminal }: CommandScope, entry: unknown): void {
  terminal.warn(JSON.stringify(entry));
}

/** Resolves at the first SIGINT or SIGTERM. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    function stop(): void {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
      resolve();
    }
    for (const signal of signals) Deno.addSignalListener(signal, stop);
  });
}
