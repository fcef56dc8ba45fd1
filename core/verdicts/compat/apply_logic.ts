/**
 * JSON-logic as json-logic-js 2.0.5 has it, for rules of others: untyped, coercing,
 * a missing value is null. What the engine decides by is the strict dialect.
 *
 * It answers what json-logic-js answers, but for this, on purpose:
 * - inherited members, such as `constructor`, are no data and no operators;
 * - cost is bounded: steps, depth and the length of texts;
 * - `log` prints nothing, and `method` is unknown;
 * - where json-logic-js throws, the answer is an error with a type;
 * - operators that it does not know, and the community has agreed on, are known.
 *
 * @module
 */
import { COMMUNITY_EAGER, COMMUNITY_LAZY } from "./community_operators.ts";
import { EAGER_OPERATORS } from "./eager_operators.ts";
import { LAZY_OPERATORS } from "./lazy_operators.ts";
import {
  failLogic,
  LogicFailure,
  LogicLimit,
  type Machine,
  MAX_DEPTH,
  MAX_STEPS,
  type Operator,
  type Scope,
  weigh,
} from "./machine.ts";

const EAGER = new Map([...COMMUNITY_EAGER, ...EAGER_OPERATORS]);
const LAZY = new Map([...COMMUNITY_LAZY, ...LAZY_OPERATORS]);

/** What a rule came to: a value, or why there is none. */
export type Answer =
  | { readonly value: unknown }
  /** As JSON, usually an object with a member `type`. */
  | { readonly error: unknown };

/**
 * Applies a rule to data; neither is changed.
 *
 * @param rule JSON-logic, as parsed from JSON.
 * @param data Any JSON value.
 * @param maxSteps Steps after which it is given up.
 * @returns A value that may share parts with the data, or an error; neither is nested
 * deeper than rules may be.
 */
export function applyLogic(
  rule: unknown,
  data: unknown,
  maxSteps: number = MAX_STEPS,
): Answer {
  const machine = createMachine(maxSteps);
  try {
    const answer = attempt(rule, data, machine);
    const [told] = Object.values(answer);
    weigh(told, { spend: machine.spend, whole: true });
    return answer;
  } catch (thrown) {
    if (thrown instanceof LogicLimit) return { error: { type: thrown.type } };
    throw thrown;
  }
}

function attempt(rule: unknown, data: unknown, machine: Machine): Answer {
  try {
    return {
      value: machine.evaluate(rule, { data, frame: null, outer: null }),
    };
  } catch (thrown) {
    if (thrown instanceof LogicFailure) return { error: thrown.error };
    throw thrown;
  }
}

function createMachine(maxSteps: number): Machine {
  let steps = 0;
  let depth = 0;
  const machine: Machine = { evaluate, spend };
  function spend(more: number): void {
    steps += more;
    if (steps > maxSteps) throw new LogicLimit("Too Many Steps");
  }
  function evaluate(logic: unknown, scope: Scope): unknown {
    spend(1);
    if (typeof logic !== "object" || logic === null) return logic;
    if (depth >= MAX_DEPTH) throw new LogicLimit("Nested Too Deep");
    depth++;
    try {
      if (Array.isArray(logic)) {
        return logic.map((part) => evaluate(part, scope));
      }
      return operate(logic, scope, machine);
    } finally {
      depth--;
    }
  }
  return machine;
}

/** An object of exactly one member is an operation; any other is itself. */
function operate(logic: object, scope: Scope, machine: Machine): unknown {
  const members = Object.entries(logic);
  const [member] = members;
  if (members.length !== 1 || member === undefined) return logic;
  const [name, given] = member;
  const operands: readonly unknown[] = Array.isArray(given) ? given : [given];
  const lazy = LAZY.get(name);
  if (lazy) return lazy(operands, scope, machine);
  const values = operands.map((operand) => machine.evaluate(operand, scope));
  const eager = EAGER.get(name);
  if (!eager) return failLogic("Unknown Operator");
  weigh(values, machine);
  return coerce(eager, values, { scope, machine });
}

/** Calls an operator; what JavaScript cannot coerce or take is an invalid argument. */
function coerce(
  operator: Operator,
  values: readonly unknown[],
  { scope, machine }: { scope: Scope; machine: Machine },
): unknown {
  try {
    return operator(values, scope, machine);
  } catch (thrown) {
    if (!(thrown instanceof TypeError || thrown instanceof RangeError)) {
      throw thrown;
    }
    return failLogic("Invalid Arguments");
  }
}
