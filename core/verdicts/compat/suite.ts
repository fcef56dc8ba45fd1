/**
 * Suites of cases in the forms that the JSON-Logic projects use: `[rule, data, result]`
 * and `{ description, rule, data, result }`, or `error` in place of `result`. Texts
 * between cases are comments; lists of another length than three are suites within.
 *
 * @see https://github.com/json-logic/.github/blob/main/TEST_FORMAT.md, read on 2026-11-26
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { type Answer, applyLogic } from "./apply_logic.ts";

const MAX_NESTING = 16;

/** One case. */
export interface SuiteCase {
  /** Where it stands in the file, such as `[12]` or `[3][0]`. */
  readonly place: string;
  /** The case's own, else the comment before it; empty if there is neither. */
  readonly description: string;
  readonly rule: unknown;
  /** An empty object unless given. */
  readonly data: unknown;
  /** A value, or members that the error must have. */
  readonly want: Answer;
}

/** A case that came out otherwise. */
export interface Difference extends SuiteCase {
  readonly got: Answer;
}

/** What became of a suite. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** One for each failed case, in the order of the file. */
  readonly differences: readonly Difference[];
}

/**
 * Reads a suite.
 *
 * @param file Name of the file, for messages.
 * @param content As parsed from JSON.
 * @returns At least one.
 * @throws {EngineError} `request_invalid`, naming the place of what is no case.
 */
export function parseSuite(
  file: string,
  content: unknown,
): readonly SuiteCase[] {
  const within = suiteWithin(content);
  if (within === null) {
    throw refuseSuite(file, "", "expected a list of cases");
  }
  const cases = parseItems(within, { file, place: "", nesting: 0 });
  if (cases.length === 0) throw refuseSuite(file, "", "it holds no case");
  return cases;
}

/** Applies every rule and compares strictly: no coercion, -0 is not 0. */
export function runSuite(cases: readonly SuiteCase[]): SuiteResult {
  const differences = cases.flatMap((one) => {
    const got = applyLogic(one.rule, one.data);
    return agrees(one.want, got) ? [] : [{ ...one, got }];
  });
  return {
    passed: cases.length - differences.length,
    failed: differences.length,
    differences,
  };
}

interface Spot {
  readonly file: string;
  readonly place: string;
  readonly nesting: number;
}

function parseItems(items: readonly unknown[], spot: Spot): SuiteCase[] {
  if (spot.nesting > MAX_NESTING) {
    throw refuseSuite(spot.file, spot.place, "suites are nested too deep");
  }
  let comment = "";
  return items.flatMap((item, index) => {
    if (typeof item === "string") {
      comment = item;
      return [];
    }
    const here = { ...spot, place: `${spot.place}[${index}]` };
    return parseItem(item, comment, here);
  });
}

function parseItem(item: unknown, comment: string, spot: Spot): SuiteCase[] {
  const { place } = spot;
  if (Array.isArray(item) && item.length === 3) {
    const [rule, data, value] = item;
    return [{ place, description: comment, rule, data, want: { value } }];
  }
  const within = suiteWithin(item);
  if (within !== null) {
    return parseItems(within, { ...spot, nesting: spot.nesting + 1 });
  }
  return [parseObject(item, comment, spot)];
}

/** A list, or what an object without a rule calls `tests` or `cases`. */
function suiteWithin(item: unknown): readonly unknown[] | null {
  if (Array.isArray(item)) return item;
  if (!isObject(item) || Object.hasOwn(item, "rule")) return null;
  const within = item.tests ?? item.cases;
  return Array.isArray(within) ? within : null;
}

function parseObject(item: unknown, comment: string, spot: Spot): SuiteCase {
  const { file, place } = spot;
  if (!isObject(item) || !Object.hasOwn(item, "rule")) {
    const form = "[rule, data, result] or { rule, data, result | error }";
    throw refuseSuite(file, place, `a case is ${form}`);
  }
  const { rule, data = {}, description } = item;
  const fails = Object.hasOwn(item, "error");
  if (!fails && !Object.hasOwn(item, "result")) {
    throw refuseSuite(file, place, 'the case has no "result" and no "error"');
  }
  return {
    place,
    description: typeof description === "string" ? description : comment,
    rule,
    data,
    want: fails ? { error: item.error } : { value: item.result },
  };
}

function refuseSuite(file: string, place: string, reason: string) {
  const at = place === "" ? "" : `at ${place}: `;
  return new EngineError(
    "request_invalid",
    `Cannot read suite "${file}": ${at}${reason}`,
    { facts: { file, place } },
  );
}

function agrees(want: Answer, got: Answer): boolean {
  if ("value" in want) return "value" in got && isSame(want.value, got.value);
  return "error" in got && hasMembers(got.error, want.error);
}

/** A wanted error may be its type alone, or some of its members. */
function hasMembers(error: unknown, want: unknown): boolean {
  const type = isObject(error) ? error.type : undefined;
  if (!isObject(want)) return isSame(error, want) || isSame(type, want);
  return isObject(error) &&
    Object.entries(want).every(([name, value]) =>
      Object.hasOwn(error, name) && isSame(error[name], value)
    );
}

/** Whether two JSON values are the same, member by member. */
export function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => isSame(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length &&
    names.every((name) =>
      Object.hasOwn(right, name) && isSame(left[name], right[name])
    );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
