/**
 * Small mistakes that an author can make in a condition or a bound.
 *
 * @module
 */
import type { Logic } from "../../domain/verdict.ts";
import { printLogic } from "./print_logic.ts";

/** A condition or bound with one mistake in it. */
export interface LogicChange {
  /** The whole, changed. */
  readonly logic: Logic;
  /** What was changed to what, such as `200 -> 201`. */
  readonly change: string;
  /** The operation around it, in short; null where the change shows it itself. */
  readonly within: string | null;
}

/** Operators that are taken for one another. */
const CONFUSED: Readonly<Record<string, readonly string[]>> = {
  "<": ["<="],
  "<=": ["<"],
  ">": [">="],
  ">=": [">"],
  "==": ["!="],
  "!=": ["=="],
  "===": ["!=="],
  "!==": ["==="],
  "and": ["or"],
  "or": ["and"],
  "some": ["all", "none"],
  "all": ["some"],
  "none": ["all"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["/"],
  "min": ["max"],
  "max": ["min"],
};

const MANY = new Set(["and", "or", "+", "*", "min", "max", "missing"]);
const JOINING = new Set(["and", "or", "!", "!!", "if", "?:"]);
const NOT_NEGATED = new Set([...JOINING, "!=", "!==", "==", "==="]);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Lists every single change of an expression.
 *
 * @param logic JSON-logic that passes the checks; what is changed may not.
 * @param isCondition Whether it must hold or not; else it is a number or a text.
 */
export function changesOf(
  logic: Logic,
  isCondition: boolean,
): readonly LogicChange[] {
  if (Array.isArray(logic)) return changeItems(logic);
  if (typeof logic !== "object" || logic === null) {
    return otherLiterals(logic).map((other) => replace(logic, other));
  }
  const [entry] = Object.entries(logic as Record<string, Logic>);
  if (!entry) return [];
  const [name, operand] = entry;
  const args = Array.isArray(operand) ? operand as Logic[] : [operand];
  const node = { name, args, logic };
  return [
    ...isCondition && !NOT_NEGATED.has(name) ? [negate(logic)] : [],
    ...changeOperator(node),
    ...dropOperands(node),
    ...changeOperands(node, isCondition),
  ];
}

interface Node {
  readonly name: string;
  readonly args: readonly Logic[];
  readonly logic: Logic;
}

/** Values an author could have meant in place of a literal. */
function otherLiterals(literal: Logic): readonly Logic[] {
  if (typeof literal === "boolean") return [!literal];
  if (typeof literal === "number") return [literal - 1, literal + 1];
  if (typeof literal !== "string") return [];
  return [DAY.test(literal) ? nextDay(literal) : `${literal}_other`];
}

function nextDay(day: string): string {
  const at = Date.parse(day) + 86_400_000;
  return Number.isNaN(at) ? day : new Date(at).toISOString().slice(0, 10);
}

function replace(was: Logic, is: Logic): LogicChange {
  const change = `${printLogic(was)} -> ${printLogic(is)}`;
  return { logic: is, change, within: null };
}

function negate(logic: Logic): LogicChange {
  const change = `"${printLogic(logic)}" negated`;
  return { logic: { "!": [logic] }, change, within: null };
}

function changeItems(items: readonly Logic[]): readonly LogicChange[] {
  const [only = null] = items;
  if (items.length < 2) {
    return otherLiterals(only).map((other) => ({
      ...replace(only, other),
      logic: [other],
    }));
  }
  return items.map((item, index) => ({
    logic: items.toSpliced(index, 1),
    change: `${printLogic(item)} dropped`,
    within: printLogic(items),
  }));
}

function changeOperator({ name, args, logic }: Node): readonly LogicChange[] {
  const joins = name === "and" || name === "or";
  if (joins && args.length < 2) return [];
  return (CONFUSED[name] ?? []).map((other) => ({
    logic: { [other]: args },
    change: `"${name}" -> "${other}"`,
    within: printLogic(logic),
  }));
}

/** Leaves out an operand, a branch, a negation or the value for a missing fact. */
function dropOperands({ name, args, logic }: Node): readonly LogicChange[] {
  function keep(kept: Logic, dropped: string): LogicChange {
    const change = `${dropped} dropped`;
    return { logic: kept, change, within: printLogic(logic) };
  }
  const [first = null, second = null, third = null] = args;
  if (MANY.has(name) && args.length > 1) {
    const joins = name === "and" || name === "or";
    return args.map((arg, index) => {
      const kept = { [name]: args.toSpliced(index, 1) };
      const change = keep(kept, `"${printLogic(arg)}"`);
      return joins ? { ...change, within: null } : change;
    });
  }
  if (name === "!" || (name === "-" && args.length === 1)) {
    return [keep(first, name === "!" ? '"not"' : '"-"')];
  }
  if ((name === "if" || name === "?:") && args.length === 3) {
    return [keep(second, '"else"'), keep(third, '"then"')];
  }
  if (name !== "var" || args.length < 2) return [];
  return [keep({ var: first }, `"or ${printLogic(second)}"`)];
}

function changeOperands(
  { name, args, logic }: Node,
  isCondition: boolean,
): readonly LogicChange[] {
  return args.flatMap((arg, index) => {
    if (!isChanged(name, index)) return [];
    const condition = isConditionAt({ name, args, logic }, index, isCondition);
    return changesOf(arg, condition).map(({ logic: inner, change, within }) => {
      const whole = { [name]: args.with(index, inner) };
      const shown = printLogic(logic);
      const isLiteral = typeof arg !== "object";
      return { logic: whole, change, within: isLiteral ? shown : within };
    });
  });
}

/** Whether an operand is an expression or a literal of its own, and not a name. */
function isChanged(name: string, index: number): boolean {
  if (name === "var") return index === 1;
  if (name === "missing_some") return index === 0;
  return name !== "missing" && name !== "list";
}

function isConditionAt(
  { name, args }: Node,
  index: number,
  isCondition: boolean,
): boolean {
  if (name === "and" || name === "or" || name === "!!") return true;
  if (name === "some" || name === "all" || name === "none") return index === 1;
  if (name !== "if" && name !== "?:") return false;
  const branch = index % 2 === 1 || index === args.length - 1;
  return branch ? isCondition : true;
}
