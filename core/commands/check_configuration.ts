/**
 * What is wrong with the configuration and the files that it names, all of it at once.
 *
 * Nothing is opened, made or changed. What is sealed cannot be read without the database,
 * so that where a file depends on it, the file is checked when it is opened.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { nearestName } from "../domain/nearest_name.ts";
import { loadPlugins } from "../../plugins/load.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { Configuration } from "./configuration.ts";
import { parseHolders } from "./configured_access.ts";
import { parseDestinations } from "./configured_destinations.ts";
import { parseQuotas } from "./configured_quotas.ts";
import {
  checkSources,
  parseSources,
  type Secrets,
} from "./configured_sources.ts";
import { VARIABLES } from "./environment.ts";
import { readJsonFile } from "./files.ts";
import { demandPrivacy } from "./listen.ts";
import { openCheckpointKey } from "./log/checkpoint_key.ts";
import { readMasking } from "./log/masking.ts";
import { readRetentionRules } from "./log/retention_rules.ts";
import { parseNightlyPlans } from "./nightly_plans.ts";
import { readMasterKeys } from "./open_kept.ts";
import { readTls } from "./tls_files.ts";

const PREFIX = "MOE_";

/**
 * Finds what is wrong.
 *
 * @param configuration As it was read from the environment.
 * @param names Names of the variables that are set.
 * @returns A sentence for each, without secrets; empty if nothing is.
 */
export async function findProblems(
  configuration: Configuration,
  names: readonly string[] = Object.keys(Deno.env.toObject()),
): Promise<readonly string[]> {
  const found = await Promise.all(
    checksOf(configuration).map(async (check) => {
      try {
        await check();
        return [];
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return [error.message];
      }
    }),
  );
  return [...misspelt(names), ...found.flat()];
}

/**
 * Refuses a configuration that something is wrong with.
 *
 * @throws {EngineError} `configuration_invalid`, with all of it.
 */
export async function demandSound(configuration: Configuration): Promise<void> {
  const problems = await findProblems(configuration);
  if (problems.length === 0) return;
  throw new EngineError(
    "configuration_invalid",
    `Cannot serve: ${problems.join("; ")}`,
  );
}

/**
 * Refuses a configuration whose variables are wrong, and tells what is wrong with its files
 * as well.
 *
 * @param problems What is wrong with the variables.
 * @throws {EngineError} `configuration_invalid`, with all of it, unless there is none.
 */
export async function demandReadable(
  configuration: Configuration,
  problems: readonly string[],
): Promise<void> {
  if (problems.length === 0) return;
  const all = [...problems, ...await findProblems(configuration)];
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the configuration: ${all.join("; ")}`,
  );
}

/** Variables of ours that nothing reads, and that are close to one that is read. */
function misspelt(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (!name.startsWith(PREFIX) || VARIABLES.includes(name)) return [];
    const nearest = nearestName(
      name.slice(PREFIX.length),
      VARIABLES.filter((known) => known.startsWith(PREFIX))
        .map((known) => known.slice(PREFIX.length)),
    );
    return nearest === null ? [] : [
      `Cannot read ${name}: there is no such variable; did you mean ${PREFIX}${nearest}?`,
    ];
  });
}

function checksOf(
  configuration: Configuration,
): readonly (() => unknown)[] {
  const { plansFile, quotasFile, maskFile, tls, clientCertsFile } =
    configuration;
  const { masterKey, checkpointKeyFile } = configuration;
  return [
    () => unlessSealed((secrets) => readSources(configuration, secrets)),
    () => unlessSealed((secrets) => checkDestinations(configuration, secrets)),
    () => masterKey.file !== null && readMasterKeys(masterKey.file),
    () => checkpointKeyFile !== null && openCheckpointKey(configuration),
    async () =>
      plansFile !== null && parseNightlyPlans(await readJsonFile(plansFile)),
    async () =>
      quotasFile !== null && parseQuotas(await readJsonFile(quotasFile)),
    () => readRetentionRules(configuration),
    () => readMasking(maskFile),
    () => tls !== null && readTls(tls),
    async () =>
      clientCertsFile !== null &&
      parseHolders(await readJsonFile(clientCertsFile)),
    () => demandPrivacy(configuration),
  ];
}

async function readSources(
  { sourcesFile }: Configuration,
  secrets: Secrets,
): Promise<readonly ConfiguredSource[]> {
  const sources = sourcesFile === null
    ? []
    : await parseSources(await readJsonFile(sourcesFile), secrets);
  checkSources(sources, loadPlugins());
  return sources;
}

/** What is wrong with the sources that they name is told of the sources. */
async function checkDestinations(
  configuration: Configuration,
  secrets: Secrets,
): Promise<void> {
  const { destinationsFile } = configuration;
  if (destinationsFile === null) return;
  const file = await readJsonFile(destinationsFile);
  const sources = await readSources(configuration, secrets).catch(() => null);
  if (sources === null) return;
  const { connectors } = loadPlugins();
  await parseDestinations(file, { connectors, sources, secrets });
}

async function unlessSealed(
  check: (secrets: Secrets) => Promise<unknown>,
): Promise<void> {
  let isSealed = false;
  try {
    await check({
      variable: (name) => Deno.env.get(name),
      file: (path) => Deno.readTextFile(path),
      sealed: () => {
        isSealed = true;
        return Promise.resolve("sealed");
      },
    });
  } catch (error) {
    if (!isSealed) throw error;
  }
}
