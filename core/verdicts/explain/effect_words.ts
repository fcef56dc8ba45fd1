/**
 * What a rule does and of what it speaks, in words.
 *
 * @module
 */
import type {
  BudgetGroup,
  DecisionKind,
  PolicyRule,
  Schedule,
} from "../../domain/verdict.ts";
import type { CheckedRule } from "../document/document.ts";
import { sayTerm } from "./phrase.ts";
import { joinWords, sayValue } from "./spoken.ts";

const KINDS = { bid: "bid", action: "action", budget: "budget" } as const;

/** What is decided, such as `a bid or an action`. */
export function sayKinds(on: readonly DecisionKind[]): string {
  const words = on.map((kind) =>
    `${kind === "action" ? "an" : "a"} ${KINDS[kind]}`
  );
  return joinWords(words, "or");
}

/** The same for several, such as `bids and actions`. */
export function sayPlural(on: readonly DecisionKind[]): string {
  return joinWords(on.map((kind) => `${KINDS[kind]}s`), "and");
}

/** The budgets that a rule bounds together. */
export function sayGroup({ channel, account, campaigns }: BudgetGroup): string {
  const of = [
    ...channel === undefined ? [] : [`channel ${sayValue(channel, null)}`],
    ...account === undefined ? [] : [`account ${sayValue(account, null)}`],
    ...campaigns === undefined
      ? []
      : [`the campaigns on the list ${campaigns.list}`],
  ];
  return of.length === 0
    ? "all budgets together"
    : `the budgets of ${joinWords(of, "and")} together`;
}

/**
 * What becomes of the subject, such as `is refused`.
 *
 * @param on Kinds of decision, which limits count.
 */
export function sayEffect(
  { rule, to }: CheckedRule,
  on: readonly DecisionKind[],
): string {
  switch (rule.effect) {
    case "deny":
      return "is refused";
    case "review":
      return "needs a person's agreement first";
    case "cap":
    case "floor":
      return sayBound(rule, to);
    case "adjust":
      return sayAdjustment(rule.byPermille ?? 1000);
    case "prioritise":
      return sayPriority(rule.by ?? 0);
    case "limit":
      return sayLimit(rule, on);
  }
}

function sayBound(
  { effect, over, toPermille }: PolicyRule,
  to: CheckedRule["to"],
): string {
  const bound = to === null
    ? `${sayValue(toPermille ?? 0, "permille")} of the whole plan`
    : `${sayTerm(to, "micros")}${over ? " a day" : ""}`;
  const word = effect === "cap" ? "at most" : "at least";
  if (over) return `are ${word} ${bound}`;
  return `is ${effect === "cap" ? "lowered to" : "raised to"} ${word} ${bound}`;
}

function sayAdjustment(permille: number): string {
  if (permille === 1000) return "stays as it is";
  const moved = permille < 1000 ? "lowered" : "raised";
  return `is ${moved} by ${sayValue(Math.abs(permille - 1000), "permille")}`;
}

function sayPriority(by: number): string {
  if (by === 0) return "keeps its place";
  return by > 0
    ? `goes before others by ${by} of priority`
    : `goes after others by ${-by} of priority`;
}

function sayLimit(
  { most = 0, of = "decisions", per = [], within = "" }: PolicyRule,
  on: readonly DecisionKind[],
): string {
  const apart = per.length === 0
    ? "over all tenants together"
    : `for each ${joinWords(per, "and")}`;
  const window = `in any ${sayWindow(within)}`;
  return of === "micros"
    ? `is lowered so that no more than ${
      sayValue(most, "micros")
    } is spent ${apart} ${window}`
    : `is refused beyond ${most} ${
      most === 1 ? joinWords(on, "or") : sayPlural(on)
    } ${apart} ${window}`;
}

const UNITS = { s: "second", m: "minute", h: "hour", d: "day" } as const;

function sayWindow(within: string): string {
  const unit = UNITS[within.slice(-1) as keyof typeof UNITS];
  const count = within.slice(0, -1);
  return `${count} ${unit}${count === "1" ? "" : "s"}`;
}

const DAYS = {
  sun: "Sundays",
  mon: "Mondays",
  tue: "Tuesdays",
  wed: "Wednesdays",
  thu: "Thursdays",
  fri: "Fridays",
  sat: "Saturdays",
} as const;

/** When a rule speaks, such as `between 21:00 and 08:00 on Sundays`. */
export function saySchedule(
  { from, to, weekdays, dates }: Schedule,
): string {
  const hours = from !== undefined && to !== undefined
    ? [`between ${from} and ${to}`]
    : from !== undefined
    ? [`from ${from}`]
    : to !== undefined
    ? [`before ${to}`]
    : [];
  const days = weekdays ? [joinWords(weekdays.map((d) => DAYS[d]), "and")] : [];
  return [...hours, ...days.map((named) => `on ${named}`), ...sayDates(dates)]
    .join(" ");
}

function sayDates(dates: Schedule["dates"]): string[] {
  if (dates === undefined) return [];
  return "list" in dates
    ? [`on the days of the list ${dates.list}`]
    : [`on ${joinWords(dates, "and")}`];
}
