/**
 * A policy set to compare: a folder of policies and lists, or one policy.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { soundLists } from "../../verdicts/document/check.ts";
import { parsePolicyFile, sortFiles } from "../../verdicts/document/load.ts";
import {
  compilePolicySet,
  type PolicySet,
} from "../../verdicts/judge/policy_set.ts";
import { readPolicies } from "../files.ts";
import { readPolicyFile } from "./policy_file.ts";

/**
 * Reads and checks policies without running their cases.
 *
 * @param path Folder or file.
 * @throws {EngineError} `file_unreadable` if there is none, `policy_invalid` if one is
 * unsound.
 */
export async function readPolicySet(path: string): Promise<PolicySet> {
  if (!await isFolder(path)) {
    const { document, lists } = await readPolicyFile(path);
    return compilePolicySet([document], { lists: [...lists.values()] });
  }
  const files = await readPolicies(path);
  const { policies } = sortFiles(files);
  const lists = soundLists(files);
  return compilePolicySet(
    policies.map((file) => parsePolicyFile(file, lists)),
    { lists: [...lists.values()] },
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read policies "${path}": it does not exist or may not be read`,
      { cause },
    );
  }
}
