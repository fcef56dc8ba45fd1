/**
 * From policy files to the set in force: all or nothing.
 *
 * @module
 */
import type { PolicyDocument, PolicyList } from "../../domain/verdict.ts";
import { runCases } from "./cases.ts";
import { type Lists, NO_LISTS, parseDocument } from "./document.ts";
import { ListFile, parseForm } from "./form.ts";
import { findIllegible } from "./legible.ts";
import { isNestedTooDeep, MAX_LEVELS } from "./nesting.ts";
import { refuseStrayCounts, vetDocument, vetList } from "./vet.ts";
import { findRepeatedKey } from "../language/repeated_key.ts";
import { compilePolicySet, type PolicySet } from "../judge/policy_set.ts";
import { refusePolicy } from "../language/refusal.ts";

/** A policy file as read. */
export interface PolicySource {
  /** Name of the file, such as `budget_step.json`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Loads policies and shared lists, and tries each policy on its own cases.
 *
 * @param files In any order; one whose first member is `list` is a shared list.
 * @throws {EngineError} policy_invalid, if one file is unsound or fails a case: it
 * says which, what was wanted, what came, and why.
 */
export function loadPolicies(files: readonly PolicySource[]): PolicySet {
  const { lists, policies } = sortFiles(files);
  const shared = new Map(lists.map((one) => [one.list, one]));
  const documents = policies.map((file) => {
    const document = parsePolicyFile(file, shared);
    const failed = runCases(document, shared)
      .find(({ failure }) => failure !== null);
    if (failed) {
      const { index, note, failure } = failed;
      throw refusePolicy(
        { file: file.name, rule: null },
        `cases[${index}]`,
        `case "${note}" ${failure}`,
      );
    }
    return document;
  });
  refuseStrayCounts(documents, shared);
  return compilePolicySet(documents, { lists });
}

/** Tells shared lists from policies. */
export function sortFiles(
  files: readonly PolicySource[],
): { lists: PolicyList[]; policies: PolicySource[] } {
  const lists: PolicyList[] = [];
  const policies: PolicySource[] = [];
  for (const file of files) {
    const content = parseJson(file.name, file.text);
    const isList = typeof content === "object" && content !== null &&
      Object.hasOwn(content, "list");
    if (isList) lists.push(parseListFile(file, content));
    else policies.push(file);
  }
  return { lists, policies };
}

function parseListFile({ name, text }: PolicySource, content: unknown) {
  refuseRepeatedKey(name, text);
  refuseIllegible(name, content);
  const { $schema: _, ...list } = parseForm(name, ListFile, content);
  refuseOtherName(name, list.list);
  vetList(name, list);
  return list;
}

/** Reads and checks one file without running its cases. */
export function parsePolicyFile(
  { name, text }: PolicySource,
  lists: Lists = NO_LISTS,
): PolicyDocument {
  const content = parseJson(name, text);
  refuseRepeatedKey(name, text);
  refuseIllegible(name, content);
  const document = parseDocument(name, content, lists);
  refuseOtherName(name, document.policy);
  vetDocument(name, document, lists);
  return document;
}

function refuseRepeatedKey(file: string, text: string): void {
  const repeated = findRepeatedKey(text);
  if (repeated === null) return;
  const reason = `member "${repeated}" is given twice in one object`;
  throw refusePolicy({ file, rule: null }, "", reason);
}

function refuseIllegible(file: string, content: unknown): void {
  const found = findIllegible(content);
  if (found === null) return;
  throw refusePolicy({ file, rule: null }, found.path, found.reason);
}

function refuseOtherName(file: string, name: string): void {
  if (file === `${name}.json`) return;
  const reason = `the file must be named ${name}.json`;
  throw refusePolicy({ file, rule: null }, "policy", reason);
}

function parseJson(name: string, text: string): unknown {
  const place = { file: name, rule: null };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw refusePolicy(place, "", `no JSON: ${reason}`);
  }
  if (isNestedTooDeep(content)) {
    const reason = `it nests deeper than ${MAX_LEVELS} levels`;
    throw refusePolicy(place, "", reason);
  }
  return content;
}
