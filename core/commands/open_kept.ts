/**
 * Opens what is kept, sealed wherever there is a master key: as given, or beside the
 * embedded database, where its file is made.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { createDataKeys, type DataKeys } from "../encryption/data_keys.ts";
import {
  type MasterKey,
  otherMaster,
  parseMasterKeys,
} from "../encryption/master_key.ts";
import { openSecret } from "../encryption/sealed_secret.ts";
import { sealStores } from "../encryption/seal_stores.ts";
import type { Clock } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import { openStores } from "../store/open.ts";
import type { Configuration } from "./configuration.ts";
import type { Secrets } from "./configured_sources.ts";
import { createCommandMaster } from "./key_command.ts";
import { readOrMakeKeyFile } from "./key_file.ts";

/** What is kept, and the keys that it is sealed under. */
export interface Kept {
  readonly stores: Stores;
  /** Null where nothing is sealed. */
  readonly dataKeys: DataKeys | null;
}

/** What an operator should know where nothing is sealed. */
export const UNSEALED =
  "what is kept is not sealed: there is no master key; give every node MOE_MASTER_KEY_FILE or MOE_MASTER_KEY_COMMAND";

/** What is kept, opened when it is first asked for. */
export interface Keeping {
  open(): Promise<Kept>;
  /** Closes it, if it was opened. */
  close(): Promise<void>;
}

/** Opens what is kept once, at the first need. */
export function keepOnce(configuration: Configuration, clock: Clock): Keeping {
  let kept: Promise<Kept> | null = null;
  return {
    open: () => kept ??= openKept(configuration, clock),
    async close() {
      const opened = await kept?.catch(() => null);
      await opened?.stores.close();
    },
  };
}

/**
 * Secrets from where sources and destinations say they are; sealed ones need the keys.
 *
 * @throws {EngineError} From `sealed`, `configuration_invalid` where nothing is sealed.
 */
export function createSecrets({ open }: Pick<Keeping, "open">): Secrets {
  return {
    variable: (name) => Deno.env.get(name),
    file: (path) => Deno.readTextFile(path),
    async sealed(tenant, text) {
      const { dataKeys } = await open();
      if (dataKeys !== null) return await openSecret(dataKeys, tenant, text);
      throw new EngineError(
        "configuration_invalid",
        `Cannot open a sealed secret: ${UNSEALED}`,
      );
    },
  };
}

/**
 * Opens stores and keys.
 *
 * @throws {EngineError} `configuration_invalid` if the master key is malformed, missing
 * or another than the one that wraps the keys on record; what `openStores` throws.
 */
async function openKept(
  configuration: Configuration,
  clock: Clock,
): Promise<Kept> {
  const { databaseUrl, kvUrl, dataFolder } = configuration;
  const master = await openMasterKey(configuration);
  const waits = configuration.logWrites !== "postgres";
  const stores = await openStores({
    ...{ databaseUrl, kvUrl, dataFolder, clock },
    limits: { waits, clocked: true },
  });
  try {
    await demandMaster(stores, master);
  } catch (error) {
    await stores.close();
    throw error;
  }
  if (master === null) return { stores, dataKeys: null };
  const dataKeys = createDataKeys({ store: stores.dataKeys, master, clock });
  return { stores: sealStores(stores, dataKeys), dataKeys };
}

async function openMasterKey(
  { masterKey, databaseUrl, dataFolder }: Configuration,
): Promise<MasterKey | null> {
  const { command, file } = masterKey;
  const held = command === null ? [] : [createCommandMaster(command)];
  if (file !== null) return joinMasters([...held, await readMasterKeys(file)]);
  if (held.length > 0 || databaseUrl !== null) return joinMasters(held);
  const path = `${dataFolder}/master.key`;
  return parseMasterKeys(await readOrMakeKeyFile(path), path);
}

/**
 * Reads master keys, one a line.
 *
 * @throws {EngineError} `configuration_invalid` if the file cannot be read, or is none.
 */
export async function readMasterKeys(path: string): Promise<MasterKey> {
  let text = "";
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot read the master key: the file "${path}" cannot be read`,
      { cause },
    );
  }
  return parseMasterKeys(text, path);
}

/** The first wraps, all unwrap. */
function joinMasters(masters: readonly MasterKey[]): MasterKey | null {
  const [first] = masters;
  if (first === undefined) return null;
  return {
    ...first,
    knows: (wrapper) => masters.some((master) => master.knows(wrapper)),
    unwrap: (wrapped, wrapper) => {
      const master = masters.find((one) => one.knows(wrapper));
      return (master ?? first).unwrap(wrapped, wrapper);
    },
  };
}

async function demandMaster(
  { dataKeys }: Stores,
  master: MasterKey | null,
): Promise<void> {
  const unknown = (await dataKeys.living())
    .find(({ wrapper }) => !master?.knows(wrapper));
  if (unknown !== undefined) throw otherMaster(unknown.wrapper);
}
