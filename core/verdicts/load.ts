/**
 * From policy files to the set in force: all or nothing.
 *
 * @module
 */
import type { PolicyDocument } from "../domain/verdict.ts";
import { runCases } from "./cases.ts";
import { parseDocument } from "./document.ts";
import { findRepeatedKey } from "./repeated_key.ts";
import { compilePolicySet, type PolicySet } from "./policy_set.ts";
import { refusePolicy } from "./refusal.ts";

/** A policy file as read. */
export interface PolicySource {
  /** Name of the file, such as `budget_step.json`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Loads policies and proves each by its own cases.
 *
 * @param files In any order.
 * @throws {EngineError} policy_invalid, if one file is unsound or fails a case: it
 * says which, what was wanted, what came, and why.
 */
export function loadPolicies(files: readonly PolicySource[]): PolicySet {
  return compilePolicySet(files.map((file) => {
    const document = parsePolicyFile(file);
    const failed = runCases(document).find(({ failure }) => failure !== null);
    if (failed) {
      const { index, note, failure } = failed;
      throw refusePolicy(
        { file: file.name, rule: null },
        `cases[${index}]`,
        `case "${note}" ${failure}`,
      );
    }
    return document;
  }));
}

/** Reads and checks one file without running its cases. */
export function parsePolicyFile({ name, text }: PolicySource): PolicyDocument {
  const place = { file: name, rule: null };
  const content = parseJson(name, text);
  const repeated = findRepeatedKey(text);
  if (repeated !== null) {
    const reason = `member "${repeated}" is given twice in one object`;
    throw refusePolicy(place, "", reason);
  }
  const document = parseDocument(name, content);
  if (name !== `${document.policy}.json`) {
    const reason = `the file must be named ${document.policy}.json`;
    throw refusePolicy(place, "policy", reason);
  }
  return document;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw refusePolicy({ file: name, rule: null }, "", `no JSON: ${reason}`);
  }
}
