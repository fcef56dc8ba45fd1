/**
 * The key behind the pseudonyms of people: from the environment, or a file in the
 * data folder. All nodes on one database must have the same, or one person would have
 * two pseudonyms; its fingerprint is kept there.
 *
 * A file is made only where the data lies beside it: beside a database server the
 * folder of a node may be gone at its next start, and the key with it for ever.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { EngineError } from "../domain/error.ts";
import type { Stores } from "../ports/stores.ts";
import { openPseudonyms, type Pseudonyms } from "../signals/pseudonym.ts";
import type { Configuration } from "./configuration.ts";
import { readKeyFile, readOrMakeKeyFile } from "./key_file.ts";

const MAX_TENANTS = 1000;

/**
 * Opens the pseudonyms of every tenant. A key that is there is compared at once; one
 * that is not is made, or missed, when the first person comes.
 *
 * @param configuration The key in hexadecimal, where its file is, and the database.
 * @param stores What all nodes agree in.
 * @returns Pseudonyms by tenant; rejects while there is no key to make them with.
 * @throws {EngineError} `configuration_invalid` if the key is malformed, or another
 * than the one that the data was written with.
 */
export async function openIdentities(
  { identityKey, databaseUrl, dataFolder }: Pick<
    Configuration,
    "identityKey" | "databaseUrl" | "dataFolder"
  >,
  stores: Pick<Stores, "agree">,
): Promise<(tenant: string) => Promise<Pseudonyms>> {
  const path = `${dataFolder}/identity.key`;
  const known = identityKey === null
    ? await readKey(path)
    : parseKey(identityKey, "MOE_IDENTITY_KEY");
  if (known) await demandAgreement(known, stores);
  let opening: Promise<Uint8Array> | null = known && Promise.resolve(known);
  const opened = new Map<string, Pseudonyms>();
  return async (tenant) => {
    if (opening === null && databaseUrl !== null) throw missing();
    opening ??= makeKey(path, stores).catch((error) => {
      opening = null;
      throw error;
    });
    const key = await opening;
    const made = opened.get(tenant) ?? openPseudonyms(key, tenant);
    if (opened.size >= MAX_TENANTS) opened.clear();
    opened.set(tenant, made);
    return made;
  };
}

function missing(): EngineError {
  return new EngineError(
    "configuration_invalid",
    "Cannot make pseudonyms: there is no key; give every node the MOE_IDENTITY_KEY that the data was written with, or for new data make one with `openssl rand -hex 32` and keep it: without it the data can no longer be added to",
  );
}

async function makeKey(
  path: string,
  stores: Pick<Stores, "agree">,
): Promise<Uint8Array> {
  const key = parseKey(await readOrMakeKeyFile(path), path);
  await demandAgreement(key, stores);
  return key;
}

async function demandAgreement(
  key: Uint8Array,
  stores: Pick<Stores, "agree">,
): Promise<void> {
  const fingerprint = createHash("sha256").update("identity:").update(key)
    .digest("hex").slice(0, 16);
  if (await stores.agree("identity_key", fingerprint) === fingerprint) return;
  throw new EngineError(
    "configuration_invalid",
    "Cannot make pseudonyms: the key is another than the one that the data was written with; give every node the same MOE_IDENTITY_KEY",
  );
}

async function readKey(path: string): Promise<Uint8Array | null> {
  const text = await readKeyFile(path);
  return text === null ? null : parseKey(text, path);
}

function parseKey(text: string, where: string): Uint8Array {
  if (/^(?:[0-9a-f]{2}){32,64}$/i.test(text)) return Uint8Array.fromHex(text);
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the key in ${where}: it must be 64 to 128 hexadecimal digits`,
  );
}
