/**
 * What facts and their values are called in sentences: a short name for each path of
 * the catalogue, and numbers in the way that people write their unit.
 *
 * @module
 */
import { decimalFromMicros } from "../../domain/money.ts";
import { type Literal } from "../language/expression.ts";

const NAMES: Readonly<Record<string, string>> = {
  "context.channel": "the channel",
  "context.campaign": "the campaign",
  "context.placement": "the placement",
  "context.account": "the account",
  "context.model": "the model",
  "context.action": "the action",
  "context.currency": "the currency",
  "context.isControl": "whether nothing is to be done",
  "time.localMinute": "the local time",
  "time.weekday": "the local weekday",
  "time.dayOfMonth": "the local day of the month",
  "time.localDate": "the local date",
  "amount.micros": "the amount",
  "amount.currentMicros": "the amount in force",
  "amount.stepPermille": "the step from the amount in force",
  "constraints.maxBidMicros": "the caller's highest bid",
  "constraints.minBidMicros": "the caller's lowest bid",
  "constraints.budgetRemainingMicros": "the budget that is left",
  "constraints.contactsDay": "the number of contacts in the last day",
  "constraints.contactsWeek": "the number of contacts in the last 7 days",
  "score.ppm": "the score",
};

const FAMILIES: Readonly<Record<string, (name: string) => string>> = {
  compliance: (name) => `the flag ${name}`,
  counts: (name) => `the count of the limit ${name}`,
  features: (name) => `the feature ${name}`,
};

/** Facts whose truth has words of its own: what holds, and what does not. */
const FLAGS: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  "context.isControl": ["nothing is to be done", "something is to be done"],
};

const WEEKDAY_NAMES = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];

/** Words that a bare text could be mistaken for. */
const GRAMMAR = new Set(
  "and or not nor is if else of one none unknown yes no all".split(" "),
);

/** Names a fact, such as `the amount`; one that has no name is its path. */
export function sayFact(path: string): string {
  const dot = path.indexOf(".");
  const family = FAMILIES[path.slice(0, dot)];
  return NAMES[path] ?? family?.(path.slice(dot + 1)) ?? path;
}

/** Says that a flag holds, or that it does not. */
export function sayFlag(path: string, holds: boolean): string {
  const words = FLAGS[path];
  if (words) return words[holds ? 0 : 1];
  return `${sayFact(path)} is ${holds ? "" : "not "}set`;
}

/**
 * Prints a value as people write it: micros as an amount, permille as percent,
 * millionths as a fraction, minutes as `HH:MM`, weekdays by name.
 *
 * @param unit Unit of a number, as the catalogue has it; null if none.
 */
export function sayValue(value: Literal | null, unit: string | null): string {
  if (value === null) return "unknown";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? sayText(value) : sayNumber(value, unit);
}

function sayText(value: string): string {
  const plain = /^[\w.:/-]+$/.test(value) && !GRAMMAR.has(value);
  return plain ? value : JSON.stringify(value);
}

function sayNumber(value: number, unit: string | null): string {
  switch (unit) {
    case "micros":
      return Number.isSafeInteger(value)
        ? decimalFromMicros(BigInt(value), 2)
        : String(value / 1e6);
    case "permille":
      return `${value / 10}%`;
    case "ppm":
      return String(value / 1e6);
    case "minute":
      return sayMinute(value);
    case "weekday":
      return WEEKDAY_NAMES[value] ?? String(value);
    default:
      return String(value);
  }
}

/** The 1,440th minute is written as a bound: it is the end of the day. */
function sayMinute(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 1440) {
    return `minute ${value}`;
  }
  const [hours, minutes] = [Math.floor(value / 60), value % 60];
  return `${String(hours).padStart(2, "0")}:${
    String(minutes).padStart(2, "0")
  }`;
}

/** Joins words: `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[], by: "and" | "or"): string {
  if (words.length < 2) return words.join();
  return `${words.slice(0, -1).join(", ")} ${by} ${words.at(-1)}`;
}
