/**
 * Small policy files for tests.
 *
 * @module
 */
import type { PolicyDocument, PolicyList } from "../../domain/verdict.ts";
import { policy } from "../judge/sketch_test.ts";
import { loadPolicies, parsePolicyFile, type PolicySource } from "./load.ts";

/** For policies of budgets. */
export const BUDGET = { on: ["budget"] as const };

/** A calendar. */
export const HOLIDAYS: PolicyList = {
  list: "holidays",
  version: 1,
  owner: "test",
  about: "Days off",
  items: ["2026-12-25", "2027-01-01"],
};

/** The content of a file with one rule, r0, a denial unless told otherwise. */
export function contentOf(
  rule: Record<string, unknown>,
  changes: Partial<PolicyDocument> = {},
): PolicyDocument {
  const rules = [{ id: "r0", effect: "deny", reason: "because", ...rule }];
  return { ...policy([], changes), rules } as PolicyDocument;
}

function fileOf(content: object): PolicySource {
  const { policy, list } = content as { policy?: string; list?: string };
  return { name: `${policy ?? list}.json`, text: JSON.stringify(content) };
}

/** Loads policies and lists as if they were files. */
export function load(...contents: readonly object[]) {
  return loadPolicies(contents.map(fileOf));
}

/** Saves a policy: checks all but its cases' outcomes. */
export function save(content: object): PolicyDocument {
  const lists = new Map([[HOLIDAYS.list, HOLIDAYS]]);
  return parsePolicyFile(fileOf(content), lists);
}
