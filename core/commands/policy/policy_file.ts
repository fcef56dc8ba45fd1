/**
 * One policy file, with the shared lists that lie beside it.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { EngineError } from "../../domain/error.ts";
import type { PolicyDocument } from "../../domain/verdict.ts";
import { soundLists } from "../../verdicts/document/check.ts";
import type { Lists } from "../../verdicts/document/document.ts";
import {
  parsePolicyFile,
  type PolicySource,
  sortFiles,
} from "../../verdicts/document/load.ts";
import { readPolicies } from "../files.ts";

/**
 * Reads and checks one policy without running its cases.
 *
 * @param path Path of the file.
 * @throws {EngineError} `file_unreadable` if there is none, `policy_invalid` if it is
 * unsound.
 */
export async function readPolicyFile(
  path: string,
): Promise<{ document: PolicyDocument; lists: Lists }> {
  const files = await readPolicies(dirname(path));
  const file = files.find(({ name }) => name === basename(path));
  if (!file) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read policy "${path}": it does not exist or is no .json file`,
    );
  }
  refuseSharedList(path, file);
  const lists = soundLists(files);
  return { document: parsePolicyFile(file, lists), lists };
}

/** Whether a file holds a list that policies share, and no policy. */
export function isSharedList(file: PolicySource): boolean {
  return sortFiles([file]).lists.length === 1;
}

/**
 * Refuses a shared list where a policy is wanted.
 *
 * @throws {EngineError} `policy_invalid`, naming the file.
 */
export function refuseSharedList(path: string, file: PolicySource): void {
  if (!isSharedList(file)) return;
  throw new EngineError(
    "policy_invalid",
    `Cannot read policy "${path}": it is a shared list; name a policy that uses it`,
    { facts: { file: file.name } },
  );
}
