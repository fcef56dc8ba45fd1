/**
 * The key that checkpoints are signed with: the first line of a file that the operator
 * named, or of one of the data folder, made where the data lies beside it. Further lines
 * are keys that signed before it, and are trusted as it is: they are kept with it as
 * whoever writes the database must not be able to add one.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import {
  makeSigningKey,
  type NoteSigner,
  type NoteVerifier,
  parseSigningKey,
  parseVerifiers,
  publicLines,
} from "../../decisions/log/checkpoints/signed_note.ts";
import { EngineError } from "../../domain/error.ts";
import type { Configuration } from "../configuration.ts";
import { readKeyFile, readOrMakeKeyFile } from "../key_file.ts";

type KeyPlace = Pick<
  Configuration,
  "checkpointKeyFile" | "databaseUrl" | "dataFolder"
>;

/** What an operator should know where nothing is signed. */
export const UNSIGNED =
  "the logs have no checkpoints: there is no key; make one with `moe checkpoint key` and give every node MOE_CHECKPOINT_KEY_FILE";

/**
 * Opens the key.
 *
 * @returns Null where there is none.
 * @throws {EngineError} `configuration_invalid` if the file has none; `file_unreadable`.
 */
export async function openCheckpointKey(
  { checkpointKeyFile, databaseUrl, dataFolder }: KeyPlace,
): Promise<NoteSigner | null> {
  if (checkpointKeyFile !== null) {
    const text = await readKeyFile(checkpointKeyFile);
    if (text !== null) return readSigner(text, checkpointKeyFile);
    throw unreadable(checkpointKeyFile);
  }
  if (databaseUrl !== null) return null;
  const path = ownKey({ dataFolder });
  const make = () => makeSigningKey(`moe-${randomBytes(4).toString("hex")}`);
  return readSigner(await readOrMakeKeyFile(path, make), path);
}

/** The keys before it are looked at as well: at start, and not when they are needed. */
function readSigner(text: string, path: string): NoteSigner {
  publicLines(text, path);
  return parseSigningKey(text, path);
}

/**
 * Keys that checkpoints are verified with: that of now, and those before it.
 *
 * @param file File of public keys, a line each; undefined for that of the signing key.
 * @throws {EngineError} As {@link openCheckpointKey}.
 */
export async function readVerifiers(
  place: KeyPlace,
  file: string | undefined,
): Promise<readonly NoteVerifier[]> {
  if (file !== undefined) {
    const text = await readKeyFile(file);
    if (text === null) throw unreadable(file);
    return parseVerifiers(text, file);
  }
  const lines = await readPublicLines(place);
  return lines.length === 0 ? [] : parseVerifiers(lines.join("\n"), "its file");
}

/**
 * The public lines of all keys that this engine signed with, that of now first.
 *
 * @returns None where there is no key.
 * @throws {EngineError} `configuration_invalid` if the file has none.
 */
export async function readPublicLines(
  place: KeyPlace,
): Promise<readonly string[]> {
  const path = place.checkpointKeyFile ?? ownKey(place);
  const text = await readKeyFile(path);
  return text === null ? [] : publicLines(text, path);
}

/**
 * Makes a key in a file; one that is there is left as it is.
 *
 * @param after File of the keys before it; null for none.
 * @returns Public lines of all keys in the file.
 * @throws {EngineError} `file_unreadable`; `configuration_invalid` if a file has none;
 * `request_invalid` if the file that is there has a key of another name, or lacks one of
 * those before it.
 */
export async function makeCheckpointKey(
  path: string,
  { name, after }: { readonly name: string; readonly after: string | null },
): Promise<readonly string[]> {
  const before = after === null ? [] : await readBefore(after);
  const make = () => [makeSigningKey(name), ...before].join("\n");
  const text = await readOrMakeKeyFile(path, make);
  const lines = publicLines(text, path);
  const known = parseSigningKey(text, path).name;
  const reason = known !== name
    ? "has one of another name"
    : before.every((line) => lines.slice(1).includes(line))
    ? null
    : "is there already, without the keys before it";
  if (reason === null) return lines;
  throw new EngineError(
    "request_invalid",
    `Cannot make key "${name}": the file ${reason}`,
  );
}

async function readBefore(path: string): Promise<readonly string[]> {
  const text = await readKeyFile(path);
  if (text === null) throw unreadable(path);
  return publicLines(text, path);
}

function ownKey({ dataFolder }: Pick<KeyPlace, "dataFolder">): string {
  return `${dataFolder}/checkpoint.key`;
}

function unreadable(path: string): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${path}": it does not exist`,
  );
}
