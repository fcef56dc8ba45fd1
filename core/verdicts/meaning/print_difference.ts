/**
 * A difference between two verdicts as a sentence.
 *
 * @module
 */
import { decimalFromMicros } from "../../domain/money.ts";
import type { Fact, Facts, Verdict } from "../../domain/verdict.ts";

/** A decision and what both sets say of it. */
export interface Judged {
  readonly kind: "bid" | "action" | "budget";
  readonly facts: Facts;
  readonly tenant: string;
  readonly amountMicros: number | null;
  readonly currentMicros: number | null;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** Says what was decided before and what is decided now: `a bid of 2.00 with …`. */
export function printDifference(judged: Judged): string {
  const { before, after, kind, tenant, amountMicros, currentMicros } = judged;
  const article = kind === "action" ? "an" : "a";
  const facts = listFacts(judged.facts);
  const asks = [
    ...amountMicros === null ? [] : [`of ${printMicros(amountMicros)}`],
    ...tenant === "anyone" ? [] : [`of tenant ${tenant}`],
    ...currentMicros === null
      ? []
      : [`where ${printMicros(currentMicros)} is in force`],
    ...facts.length === 0 ? [] : [`with ${facts.join(", ")}`],
  ];
  const subject = [article, kind, ...asks].join(" ");
  return `${subject} was ${printVerdict(before)} and is ${printVerdict(after)}${
    printReason(before, after)
  }`;
}

function printVerdict(
  { allowed, amountMicros, review, priority }: Verdict,
): string {
  if (!allowed) return "denied";
  return [
    review ? "left to a person" : "allowed",
    ...amountMicros === null ? [] : [`at ${printMicros(amountMicros)}`],
    ...priority === undefined ? [] : [`with priority ${priority}`],
  ].join(" ");
}

/** The reason of the first rule that only one of the verdicts has. */
function printReason(before: Verdict, after: Verdict): string {
  const told = before.applied.map((one) => JSON.stringify(one));
  const heard = after.applied.map((one) => JSON.stringify(one));
  const added = after.applied.find((_, index) =>
    !told.includes(heard[index] ?? "")
  );
  const gone = before.applied.find((_, index) =>
    !heard.includes(told[index] ?? "")
  );
  if (added) return `: ${added.rule} says "${added.reason}"`;
  return gone ? `: ${gone.rule} no longer says "${gone.reason}"` : "";
}

/** Facts by path, each with its value. */
export function listFacts(group: Facts, above = ""): string[] {
  return Object.entries(group).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    const isGroup = typeof value === "object" && value !== null &&
      !Array.isArray(value);
    if (isGroup) return listFacts(value as Facts, `${path}.`);
    return [`${path} ${printFact(path, value as Fact)}`];
  });
}

function printFact(path: string, value: Fact): string {
  if (/micros$/i.test(path) && typeof value === "number") {
    return printMicros(value);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Currency units: two decimals, more where there are more. */
function printMicros(micros: number): string {
  return decimalFromMicros(BigInt(micros), 2);
}
