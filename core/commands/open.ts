/**
 * Opens the engine as the configuration says, for one command, and closes it.
 *
 * @module
 */
import { createEngine, type OperatedEngine } from "../engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { TenantDestination } from "../plans/destinations/tenant_destination.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import { loadPlugins } from "../../plugins/load.ts";
import { openStores } from "../store/open.ts";
import { createSwitchBoard } from "../store/switch_board.ts";
import { systemClock } from "../store/clock.ts";
import { createIds } from "../store/ids.ts";
import type { PolicyBook } from "../verdicts/in_force/policy_book.ts";
import type { Connector } from "../../plugins/contract.ts";
import type { CommandScope } from "./command.ts";
import type { Configuration } from "./configuration.ts";
import { readJsonFile } from "./files.ts";
import { openPolicyBook, putInForce } from "./in_force.ts";
import { openIdentities } from "./identity_key.ts";
import { createFitters } from "./fit_pool.ts";
import { createPolicyChecks } from "./policy_checks.ts";
import { openLending } from "./lend.ts";
import {
  type DestinationGround,
  parseDestinations,
} from "./configured_destinations.ts";
import { checkSources, parseSources } from "./configured_sources.ts";

/** Version of the engine's code, kept with every model and answered at `/healthz`. */
export const VERSION = "0.1.0";

/** Option of every command that concerns one tenant. */
export const TENANT = { tenant: 'tenant; "default" unless given' } as const;

/** Option of every command that a person answers for. */
export const AS = { as: 'who does it; "cli" unless given' } as const;

/** An engine and what it stands on. */
export interface Opened {
  readonly engine: OperatedEngine;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly connectors: readonly Connector[];
  /** The policies in force; to be renewed while it runs. */
  readonly book: PolicyBook;
  /** What the operator should know of the policies; null for nothing. */
  readonly policyNotice: string | null;
  /** What is wrong with each plugin that was left out, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Opens the engine, runs one command on it, and closes it whatever happens.
 *
 * @returns What the command answers.
 */
export async function withEngine(
  { configuration, terminal }: CommandScope,
  run: (opened: Opened) => Promise<number>,
): Promise<number> {
  const opened = await openEngine(configuration);
  for (const [name, why] of Object.entries(opened.leftOut)) {
    terminal.warn(`plugin ${name} is left out: ${why}`);
  }
  try {
    return await run(opened);
  } finally {
    terminal.done();
    await opened.close();
  }
}

/**
 * Opens stores, plugins and policies and wires them.
 *
 * @param configuration What the operator decided.
 * @param moreSources Sources that push, beside those of the configuration.
 * @returns The engine; to be closed.
 * @throws {EngineError} What is wrong with the configuration, the stores or the policies.
 */
export async function openEngine(
  configuration: Configuration,
  moreSources: readonly ConfiguredSource[] = [],
): Promise<Opened> {
  const { databaseUrl, kvUrl, dataFolder } = configuration;
  const clock = systemClock;
  const ids = createIds(clock);
  const { sources, plugins, destinations } = await readGround(configuration);
  const stores = await openStores({ databaseUrl, kvUrl, dataFolder, clock });
  const budgets = stores.quota;
  const lending = openLending({ clock, budgets, dataFolder });
  const pseudonyms = await openIdentities(configuration, stores)
    .catch(async (error) => {
      await stores.close();
      throw error;
    });
  const fitters = createFitters();
  const checks = createPolicyChecks();
  const switchBoard = createSwitchBoard(dataFolder);
  const book = openPolicyBook(configuration, stores.governance, switchBoard);
  const engine = createEngine({
    ...{ stores, ...plugins, clock, ids, destinations, pseudonyms },
    ...{ policies: book.active, choosePolicies: book.choose, switchBoard },
    ...{ openFitter: fitters.open, findOutPolicies: checks.findOut },
    sources: [...sources, ...moreSources],
    code: VERSION,
    consistency: configuration.consistency,
    lendFiles: lending.files,
    lendHttp: lending.http,
    quota: () => lending.quota.usage(),
  });
  const close = async () => {
    fitters.close();
    checks.close();
    await lending.settle();
    await engine.close();
  };
  try {
    const policyNotice = await putInForce(engine, book, configuration);
    const { leftOut, connectors } = plugins;
    const opened = { engine, stores, clock, ids, leftOut, connectors };
    return { ...opened, book, policyNotice, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the engine stands on beside its stores. */
async function readGround(configuration: Configuration) {
  const sources = await readSources(configuration);
  const plugins = loadPlugins();
  const { connectors } = plugins;
  checkSources(sources, plugins);
  const destinations = await readDestinations(configuration, {
    ...{ connectors, sources, secrets: SECRETS },
  });
  return { sources, plugins, destinations };
}

const SECRETS = {
  variable: (name: string) => Deno.env.get(name),
  file: (path: string) => Deno.readTextFile(path),
};

async function readSources(
  { sourcesFile }: Configuration,
): Promise<ConfiguredSource[]> {
  if (sourcesFile === null) return [];
  return await parseSources(await readJsonFile(sourcesFile), SECRETS);
}

/** Where plans are written: as configured, or to a file in the data folder. */
async function readDestinations(
  { destinationsFile, dataFolder }: Configuration,
  ground: DestinationGround,
): Promise<EngineParts["destinations"]> {
  const byTenant = destinationsFile === null
    ? new Map<string, readonly TenantDestination[]>()
    : await parseDestinations(await readJsonFile(destinationsFile), ground);
  return (tenant) =>
    byTenant.get(tenant) ?? [{
      ...{ source: null, connector: "file" },
      config: { folder: `${dataFolder}/destinations/${tenant}` },
    }];
}
