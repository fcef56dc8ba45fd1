/**
 * The key behind the pseudonyms of people: from the environment, or a file in the
 * data folder that is made when there is none. All nodes on one database must have
 * the same, or one person would have two pseudonyms; its fingerprint is kept there.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import { EngineError } from "../domain/error.ts";
import type { Stores } from "../ports/stores.ts";
import { openPseudonyms, type Pseudonyms } from "../signals/pseudonym.ts";

const KEY_BYTES = 32;
const MAX_TENANTS = 1000;

/**
 * Opens the pseudonyms of every tenant.
 *
 * @param given The key in hexadecimal, or null for the file.
 * @param dataFolder Where the file is.
 * @param stores What all nodes agree in.
 * @returns Pseudonyms by tenant.
 * @throws {EngineError} `configuration_invalid` if the key is malformed, or another
 * than the one that the data was written with.
 */
export async function openIdentities(
  given: string | null,
  dataFolder: string,
  stores: Pick<Stores, "agree">,
): Promise<(tenant: string) => Pseudonyms> {
  const key = given === null
    ? await readOrMake(`${dataFolder}/identity.key`)
    : parseKey(given, "MOE_IDENTITY_KEY");
  const fingerprint = createHash("sha256").update("identity:").update(key)
    .digest("hex").slice(0, 16);
  if (await stores.agree("identity_key", fingerprint) !== fingerprint) {
    throw new EngineError(
      "configuration_invalid",
      "Cannot open the engine: the key behind pseudonyms is another than the one that the data was written with; give every node the same MOE_IDENTITY_KEY",
    );
  }
  const opened = new Map<string, Pseudonyms>();
  return (tenant) => {
    const known = opened.get(tenant);
    if (known) return known;
    if (opened.size >= MAX_TENANTS) opened.clear();
    const made = openPseudonyms(key, tenant);
    opened.set(tenant, made);
    return made;
  };
}

async function readOrMake(path: string): Promise<Uint8Array> {
  try {
    return parseKey((await Deno.readTextFile(path)).trim(), path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(folder, { recursive: true });
  const text = randomBytes(KEY_BYTES).toString("hex");
  try {
    await Deno.writeTextFile(path, `${text}\n`, {
      mode: 0o600,
      createNew: true,
    });
    return parseKey(text, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return parseKey((await Deno.readTextFile(path)).trim(), path);
  }
}

function parseKey(text: string, where: string): Uint8Array {
  if (/^(?:[0-9a-f]{2}){32,64}$/i.test(text)) return Uint8Array.fromHex(text);
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the key in ${where}: it must be 64 to 128 hexadecimal digits`,
  );
}
