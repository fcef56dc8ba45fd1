/**
 * Kill switches as a kind of change. A switch stops everything that is all of what it
 * names, so one that names less stops more; one that is off stops nothing.
 *
 * @module
 */
import type { ChangeClass } from "../domain/change.ts";
import { covers, findSwitchFault } from "../domain/kill_switch.ts";
import type { Switch, SwitchScope } from "../domain/verdict.ts";
import type { ChangeAdapter, Findings } from "../ports/governance.ts";

/** Text of a switch that is off. */
export const SWITCH_OFF = "null";

/** Judges switches; releasing one takes those who `owners` names. */
export function createSwitchAdapter(
  owners: readonly string[] = [],
): ChangeAdapter {
  return {
    kind: "switch",
    requires: ["meaning"],
    check: (content, base, { subject }) =>
      Promise.resolve(findOut(content, { base, subject, owners })),
    recheck: () => Promise.resolve([]),
    merge: (content) => content,
  };
}

/**
 * Reads the text of a switch.
 *
 * @returns Null for one that is off.
 * @throws {SyntaxError} If it is neither.
 */
export function parseSwitch(text: string): Switch | null {
  const parsed: unknown = JSON.parse(text);
  if (parsed === null) return null;
  const fault = findFault(parsed);
  if (fault === null) return parsed as Switch;
  throw new SyntaxError(`Cannot read switch: ${fault}`);
}

/** What a switch does in place of another; null for one that is off. */
export function compareSwitches(
  before: Switch | null,
  after: Switch | null,
): ChangeClass {
  const wider = after !== null &&
    (before === null || covers(after.stops, before.stops));
  const narrower = before !== null &&
    (after === null || covers(before.stops, after.stops));
  if (before === after || (wider && narrower)) return "equivalent";
  if (wider) return "tightening";
  return narrower ? "relaxing" : "mixed";
}

function findOut(
  content: string,
  { base, subject, owners }: {
    readonly base: string | null;
    readonly subject: string;
    readonly owners: readonly string[];
  },
): Findings {
  const found = { proven: true, owners, guardians: [] };
  try {
    const after = parseSwitch(content);
    const before = base === null ? null : parseSwitch(base);
    const kind = compareSwitches(before, after);
    const named = after === null || subject === `switch:${after.id}`;
    return {
      ...found,
      class: kind,
      items: [{ name: "meaning", passed: true, summary: `It is ${kind}` }],
      problems: named ? [] : ["the switch has another id than the subject"],
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ...found, class: "mixed", items: [], problems: [error.message] };
  }
}

/** What is wrong with a switch; null if it is one. */
function findFault(value: unknown): string | null {
  const form = "it has id, stops and reason";
  if (typeof value !== "object" || value === null) return form;
  const { id, stops, reason, ...rest } = value as Record<string, unknown>;
  const whole = typeof id === "string" && typeof reason === "string" &&
    Object.keys(rest).length === 0 && isOfTexts(stops);
  return whole ? findSwitchFault(stops) : form;
}

function isOfTexts(value: unknown): value is SwitchScope {
  return typeof value === "object" && value !== null &&
    Object.values(value).every((of) => typeof of === "string");
}
