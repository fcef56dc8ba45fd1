/**
 * A rule set from files: a policy, a folder of policies, or a rule set of others.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Facts } from "../../domain/verdict.ts";
import {
  loadPolicies,
  type PolicySource,
} from "../../verdicts/document/load.ts";
import { compileRuleSet } from "../../verdicts/foreign/compile_rule_set.ts";
import type { EvaluatedSet } from "../../verdicts/foreign/evaluated_set.ts";
import {
  type OwnOptions,
  ownPolicies,
} from "../../verdicts/foreign/own_policies.ts";
import { parseRuleSet } from "../../verdicts/foreign/rule_set.ts";
import { refusePolicy } from "../../verdicts/language/refusal.ts";
import { findRepeatedKey } from "../../verdicts/language/repeated_key.ts";
import { readPolicies } from "../files.ts";
import { isSharedList, refuseSharedList } from "./policy_file.ts";

/** How a rule set is read and evaluated. */
export interface SetOptions extends OwnOptions {
  /** Tell the types of facts that a set of others does not. */
  readonly contexts: readonly Facts[];
}

/**
 * Reads a rule set. Policies are loaded as the engine would: with their cases, and
 * the shared lists of their folder.
 *
 * @param path A file or a folder.
 * @throws {EngineError} `file_unreadable` or `policy_invalid`, naming the file.
 */
export async function readRuleSet(
  path: string,
  options: SetOptions,
): Promise<EvaluatedSet> {
  if (await isFolder(path)) {
    return ownPolicies(loadPolicies(await readPolicies(path)), options);
  }
  const [, folder = ".", name = path] = /^(?:(.*)\/)?([^/]*)$/.exec(path) ?? [];
  const file = { name, text: await readSetText(path) };
  const content = parseSet(file);
  refuseSharedList(path, file);
  if (!isPolicy(content)) {
    return compileRuleSet(parseRuleSet(name, content, options.contexts));
  }
  const lists = file.text.includes('"list"')
    ? (await readPolicies(folder)).filter(isSharedList)
    : [];
  return ownPolicies(loadPolicies([file, ...lists]), options);
}

function isPolicy(content: unknown): boolean {
  return typeof content === "object" && content !== null &&
    Object.hasOwn(content, "policy");
}

function parseSet({ name, text }: PolicySource): unknown {
  const place = { file: name, rule: null };
  try {
    const content = JSON.parse(text);
    const repeated = findRepeatedKey(text);
    if (repeated === null) return content;
    const reason = `member "${repeated}" is given twice in one object`;
    throw refusePolicy(place, "", reason);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw refusePolicy(place, "", `no JSON: ${(cause as Error).message}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readSetText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read rule set "${path}": it does not exist or may not be read`,
    { cause },
  );
}
