/**
 * Where generated code finds facts: one variable for each group, one read for
 * each fact, and the test that a value is what its field promises.
 *
 * @module
 */
import type { FieldType } from "../language/catalogue.ts";
import type { FactRead } from "../language/expression.ts";

/** JavaScript that reads facts, built up while rules are translated. */
export interface Slots {
  /** Declarations of all groups read so far, in order. */
  groups(): string;
  /** An expression that reads a fact as it is, whatever that be. */
  read(path: string): string;
}

/** What stands for a missing fact where the result is settled anew anyway. */
export const NEUTRAL: Readonly<Record<FieldType, string>> = {
  boolean: "false",
  integer: "0",
  number: "0",
  string: '""',
  scalar: '""',
  strings: "NONE",
  numbers: "NONE",
};

/** JavaScript that is true when a value is of a type. */
export function printTest(type: FieldType, value: string): string {
  switch (type) {
    case "boolean":
    case "string":
      return `typeof ${value} === "${type}"`;
    case "integer":
      return `Number.isSafeInteger(${value})`;
    case "number":
      return `Number.isFinite(${value})`;
    case "scalar":
      return `(typeof ${value} === "string" || Number.isFinite(${value}))`;
    case "strings":
      return `isTexts(${value})`;
    case "numbers":
      return `isNumbers(${value})`;
  }
}

/** JavaScript that is true when each of some facts is of its type. */
export function printPresent(
  facts: readonly FactRead[],
  slots: Slots,
): string {
  return facts.map(({ path, type }) => printTest(type, slots.read(path)))
    .join(" && ");
}

/** Names facts apart by path and by the type they are read as. */
export function keyOf({ path, type }: FactRead): string {
  return `${type} ${path}`;
}

/** Starts with the facts in variable `f`. */
export function createSlots(): Slots {
  const names = new Map<string, string>([["", "f"]]);
  const lines: string[] = [];
  function groupOf(path: string): string {
    const known = names.get(path);
    if (known !== undefined) return known;
    const value = readIn(path);
    const name = `g${names.size}`;
    lines.push(`const ${name} = group(${value});`);
    names.set(path, name);
    return name;
  }
  function readIn(path: string): string {
    const dot = path.lastIndexOf(".");
    const parent = groupOf(path.slice(0, Math.max(dot, 0)));
    return `${parent}[${JSON.stringify(path.slice(dot + 1))}]`;
  }
  return { groups: () => lines.join("\n"), read: readIn };
}
