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
import type { Spooling } from "../decisions/log/writing/spooling.ts";
import type { DataKeys } from "../encryption/data_keys.ts";
import { createSpoolCipher } from "../encryption/spool_cipher.ts";
import type { Stores } from "../ports/stores.ts";
import { loadPlugins } from "../../plugins/load.ts";
import { createSwitchBoard } from "../store/switch_board.ts";
import { systemClock } from "../store/clock.ts";
import { createIds } from "../store/ids.ts";
import type { PolicyBook } from "../verdicts/in_force/policy_book.ts";
import type { Connector } from "../../plugins/contract.ts";
import type { ActAsked } from "./acts.ts";
import type { CommandScope } from "./command.ts";
import type { Configuration } from "./configuration.ts";
import { type Access, openAccess } from "./configured_access.ts";
import { demandWritable } from "./data_folder.ts";
import { readJsonFile } from "./files.ts";
import { inRounds } from "./rounds.ts";
import { pause } from "../signals/pause.ts";
import { openPolicyBook, putInForce } from "./in_force.ts";
import { openIdentities } from "./identity_key.ts";
import { createFitters } from "./fit_pool.ts";
import { createPolicyChecks } from "./policy_checks.ts";
import { openLending } from "./lend.ts";
import { gatherCheckpoints } from "./log/gather_checkpoints.ts";
import { readMasking } from "./log/masking.ts";
import {
  type DestinationGround,
  parseDestinations,
} from "./configured_destinations.ts";
import {
  checkSources,
  parseSources,
  type Secrets,
} from "./configured_sources.ts";
import { createSecrets, type Keeping, keepOnce } from "./open_kept.ts";
import { openSpooling } from "./open_spooling.ts";

/** Version of the engine's code, kept with every model and answered at `/healthz`. */
export const VERSION = "0.1.0";

/** Pause between two looks at what is in force, while a command runs. */
const RENEW_MS = 500;

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
  /** Keys that what is kept is sealed under; null where nothing is sealed. */
  readonly dataKeys: DataKeys | null;
  /** Writes decisions where the log cannot take them; null where the log alone does. */
  readonly spooling: Spooling | null;
  /** The policies in force; to be renewed while it runs. */
  readonly book: PolicyBook;
  /** What vouches for callers beside keys. */
  readonly access: Access;
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
  { configuration, terminal, act }: CommandScope,
  run: (opened: Opened) => Promise<number>,
): Promise<number> {
  const { databaseUrl, dataFolder } = configuration;
  if (databaseUrl === null) await demandWritable(dataFolder);
  const opened = await openEngine(configuration);
  for (const [name, why] of Object.entries(opened.leftOut)) {
    terminal.warn(`plugin ${name} is left out: ${why}`);
  }
  const ending = new AbortController();
  const renewing = keepRenewed(opened.book, ending.signal);
  try {
    return await onRecord(opened, act ?? null, () => run(opened));
  } finally {
    ending.abort();
    await renewing;
    terminal.done();
    await opened.close();
  }
}

/** Runs a command with its beginning and end in the audit log. */
export async function onRecord<T>(
  { engine, ids }: Opened,
  asked: ActAsked | null,
  run: () => Promise<T>,
): Promise<T> {
  if (asked === null) return await run();
  const act = { ...asked.act, request: ids.next("req") };
  return await engine.acting({ ...asked, act }, run);
}

/** A kill switch stops a command that is under way; what cannot be read stays as it was. */
async function keepRenewed(
  book: PolicyBook,
  ending: AbortSignal,
): Promise<void> {
  await pause(RENEW_MS, ending);
  await inRounds(
    ending,
    { everyMs: RENEW_MS, failed: () => {} },
    async () => void await book.renew(),
  );
}

/**
 * Opens stores, plugins and policies and wires them.
 *
 * @param configuration What the operator decided.
 * @param moreSources Sources that push, beside those of the configuration.
 * @param options Whether it serves, and so may spool decisions on the disk.
 * @returns The engine; to be closed.
 * @throws {EngineError} What is wrong with the configuration, the stores or the policies.
 */
export async function openEngine(
  configuration: Configuration,
  moreSources: readonly ConfiguredSource[] = [],
  { serving = false }: { readonly serving?: boolean } = {},
): Promise<Opened> {
  const clock = systemClock;
  const access = await openAccess(configuration, clock);
  const masking = await readMasking(configuration.maskFile);
  const keeping = keepOnce(configuration, clock);
  const ground = await readGround(configuration, keeping);
  const { stores, dataKeys } = await keeping.open();
  const { spooling, pseudonyms, archiving } = await openBeside(configuration, {
    ...{ stores, dataKeys, clock, serving },
  });
  const sources = [...ground.sources, ...moreSources];
  const wired = wire(configuration, {
    ...{ ...ground, spooling, pseudonyms, sources, stores: archiving },
    ...{ dataKeys, clock, masking },
  });
  const { engine, book, close } = wired;
  try {
    const policyNotice = await putInForce(engine, book, configuration);
    const { leftOut, connectors } = ground.plugins;
    return {
      ...{ ...wired, stores, clock, leftOut, connectors, access },
      ...{ dataKeys, spooling, policyNotice },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the engine of all that is open. */
function wire(
  configuration: Configuration,
  { stores, clock, plugins, spooling, ...parts }:
    & Pick<EngineParts, "destinations" | "pseudonyms" | "sources" | "masking">
    & Pick<Opened, "stores" | "clock" | "dataKeys" | "spooling">
    & { readonly plugins: ReturnType<typeof loadPlugins> },
): Pick<Opened, "engine" | "ids" | "book" | "close"> {
  const { dataFolder, privateHosts, consistency } = configuration;
  const ids = createIds(clock);
  const budgets = stores.quota;
  const lending = openLending({ clock, budgets, dataFolder, privateHosts });
  const fitters = createFitters();
  const checks = createPolicyChecks();
  const switchBoard = createSwitchBoard(dataFolder);
  const book = openPolicyBook(configuration, stores.governance, switchBoard);
  const engine = createEngine({
    ...{ ...parts, ...plugins, stores, clock, ids, consistency, switchBoard },
    ...{ policies: book.active, choosePolicies: book.choose },
    ...{ openFitter: fitters.open, findOutPolicies: checks.findOut },
    ...{ code: VERSION, spooling: spooling ?? undefined },
    ...{ stopping: book.stopping, renewSwitches: book.renewSwitches },
    lendFiles: lending.files,
    lendHttp: lending.http,
    quota: () => lending.quota.usage(),
    checkpointsOf: async (owner) =>
      (await gatherCheckpoints({ configuration }, { stores }, {})).of(owner),
  });
  const close = async () => {
    fitters.close();
    checks.close();
    await lending.settle();
    await spooling?.close();
    await engine.close();
  };
  return { engine, ids, book, close };
}

/** What needs the stores, and closes them if it fails: pseudonyms, and the spool of a server. */
async function openBeside(
  configuration: Configuration,
  { stores, dataKeys, clock, serving }:
    & Pick<Opened, "stores" | "dataKeys" | "clock">
    & { readonly serving: boolean },
) {
  try {
    const pseudonyms = await openIdentities(configuration, stores);
    const cipher = dataKeys === null ? null : createSpoolCipher(dataKeys);
    const ground = { ...stores, clock, cipher };
    const opened = serving ? await openSpooling(configuration, ground) : null;
    const { spooling = null, policies = stores.policies } = opened ?? {};
    return { pseudonyms, spooling, archiving: { ...stores, policies } };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** What the engine stands on beside its stores, which sealed secrets open early. */
async function readGround(configuration: Configuration, keeping: Keeping) {
  try {
    const secrets = createSecrets(keeping);
    const sources = await readSources(configuration, secrets);
    const plugins = loadPlugins();
    const { connectors } = plugins;
    checkSources(sources, plugins);
    const destinations = await readDestinations(configuration, {
      ...{ connectors, sources, secrets },
    });
    return { sources, plugins, destinations };
  } catch (error) {
    await keeping.close();
    throw error;
  }
}

async function readSources(
  { sourcesFile }: Configuration,
  secrets: Secrets,
): Promise<ConfiguredSource[]> {
  if (sourcesFile === null) return [];
  return await parseSources(await readJsonFile(sourcesFile), secrets);
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
