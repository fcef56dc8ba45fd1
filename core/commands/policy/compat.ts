/**
 * `moe policy compat`: runs a suite of JSON-logic cases in the compatibility mode.
 *
 * @module
 */
import type { Answer } from "../../verdicts/compat/apply_logic.ts";
import {
  type Difference,
  parseSuite,
  runSuite,
  type SuiteResult,
} from "../../verdicts/compat/suite.ts";
import { refuseStrictly } from "../../verdicts/foreign/refuse_strictly.ts";
import type { Command } from "../command.ts";
import { readJsonFile } from "../files.ts";

/** Longest text of a rule or a value in what people read. */
const MOST_CHARACTERS = 400;
/** How deep a value may be nested to be printed whole. */
const MOST_DEPTH = 600;

/** Runs a suite, and says of every case that fails what was wanted and what came. */
export const policyCompat: Command = {
  name: "policy compat",
  about: "run a suite of JSON-logic cases as json-logic-js would",
  operands: ["SUITE.json"],
  options: {
    "strict-report!": "say which rules the strict dialect refuses, and why",
    "json!": "print passed, failed and differences as JSON",
  },
  async run({ terminal }, [file = ""], options) {
    const cases = parseSuite(file, await readJsonFile(file));
    const result = runSuite(cases);
    const strict = options["strict-report"] === true
      ? cases.flatMap(({ place, rule }) => {
        const reason = refuseStrictly(rule);
        return reason === null ? [] : [{ place, reason }];
      })
      : null;
    if (options.json === true) {
      const differences = result.differences.map(differenceToJson);
      const report = { ...result, differences, ...strict && { strict } };
      terminal.line(JSON.stringify(report, null, 2));
    } else {
      printReport(result, strict).forEach(terminal.line);
    }
    return result.failed === 0 ? 0 : 1;
  },
};

/** A rule that the strict dialect refuses, and why. */
interface Refused {
  readonly place: string;
  readonly reason: string;
}

function printReport(
  { passed, failed, differences }: SuiteResult,
  strict: readonly Refused[] | null,
): string[] {
  return [
    ...differences.flatMap(printDifference),
    ...(strict ?? []).map(({ place, reason }) => `${place} strict: ${reason}`),
    ...strict === null ? [] : [
      `${strict.length} of ${
        passed + failed
      } rules refused by the strict dialect`,
    ],
    `${passed} passed, ${failed} failed`,
  ];
}

function printDifference(
  { place, description, rule, data, want, got }: Difference,
): string[] {
  return [
    description === "" ? place : `${place} ${description}`,
    `  rule    ${printValue(rule)}`,
    `  data    ${printValue(data)}`,
    `  wanted  ${printAnswer(want)}`,
    `  got     ${printAnswer(got)}`,
  ];
}

function printAnswer(answer: Answer): string {
  return "value" in answer
    ? printValue(answer.value)
    : `error ${printValue(answer.error)}`;
}

function printValue(value: unknown): string {
  const printable = toPrintable(value);
  const told = typeof value === typeof printable;
  const text = told ? JSON.stringify(printable) : String(printable);
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}…`
    : text;
}

function differenceToJson({ want, got, ...one }: Difference) {
  const { place, description } = one;
  return {
    ...{ place, description },
    rule: toPrintable(one.rule),
    data: toPrintable(one.data),
    wanted: answerToJson(want),
    got: answerToJson(got),
  };
}

function answerToJson(answer: Answer) {
  return "value" in answer
    ? { result: toPrintable(answer.value) }
    : { error: toPrintable(answer.error) };
}

/** A value with what JSON has not, such as NaN, -0 and undefined, as text. */
function toPrintable(value: unknown, depth = 0): unknown {
  if (Object.is(value, -0)) return "-0";
  const strange = typeof value === "number" && !Number.isFinite(value);
  if (value === undefined || strange) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MOST_DEPTH) return "…";
  if (Array.isArray(value)) {
    return value.map((item) => toPrintable(item, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      toPrintable(member, depth + 1),
    ]),
  );
}
