/**
 * The key that checkpoints are signed with: a file that the operator named, or one of the
 * data folder, made where the data lies beside it.
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
    if (text !== null) return parseSigningKey(text, checkpointKeyFile);
    throw unreadable(checkpointKeyFile);
  }
  if (databaseUrl !== null) return null;
  const path = ownKey({ dataFolder });
  const make = () => makeSigningKey(`moe-${randomBytes(4).toString("hex")}`);
  return parseSigningKey(await readOrMakeKeyFile(path, make), path);
}

/**
 * Keys that checkpoints are verified with.
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
  const path = place.checkpointKeyFile ?? ownKey(place);
  const text = await readKeyFile(path);
  if (text === null) return [];
  return parseVerifiers(parseSigningKey(text, path).verifier, path);
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
