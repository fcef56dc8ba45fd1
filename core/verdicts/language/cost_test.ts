/**
 * No evaluation takes more steps than were foretold, and lists count.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { conditions, parseSmall, someFacts } from "./arbitraries_test.ts";
import { admits, MAX_LIST_FACT } from "./catalogue.ts";
import { boundSteps } from "./cost.ts";
import type { Expression } from "./expression.ts";
import { interpret } from "./interpret.ts";

/** The same expression, which tells each time that it is evaluated. */
function counted(expression: Expression, count: () => void): Expression {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(expression)) {
    copy[name] = Array.isArray(value)
      ? value.map((one) => isExpression(one) ? counted(one, count) : one)
      : isExpression(value)
      ? counted(value, count)
      : value;
  }
  const { op } = expression;
  Object.defineProperty(copy, "op", {
    get() {
      count();
      return op;
    },
  });
  return copy as unknown as Expression;
}

function isExpression(value: unknown): value is Expression {
  return typeof value === "object" && value !== null && "op" in value;
}

Deno.test("no evaluation takes more steps than its bound", () => {
  let most = 0;
  fc.assert(
    fc.property(conditions, someFacts, (logic, facts) => {
      const expression = parseSmall(logic, "boolean");
      let steps = 0;
      interpret(counted(expression, () => steps++), facts);
      const bound = boundSteps(expression);
      assert.ok(steps <= bound, `${steps} of ${bound}`);
      most = Math.max(most, steps / bound);
    }),
    { numRuns: 2000 },
  );
  assert.equal(most, 1);
});

Deno.test("a quantifier costs its condition for each item", () => {
  const holds = { ">": [{ var: "" }, { var: "a.i" }] };
  const written = parseSmall({ all: [[1, 2, 3], holds] }, "boolean");
  assert.equal(boundSteps(written), 1 + 1 + 3 * 4);
  const read = parseSmall({ all: [{ var: "l.n" }, holds] }, "boolean");
  assert.equal(boundSteps(read), 1 + 1 + MAX_LIST_FACT * 4);
});

Deno.test("a list fact that is too long is missing", () => {
  const longest = new Array(MAX_LIST_FACT).fill(1);
  assert.ok(admits("numbers", longest));
  assert.ok(!admits("numbers", [...longest, 1]));
  const rule = parseSmall({ in: [1, { var: "l.n" }] }, "boolean");
  assert.equal(interpret(rule, { l: { n: longest } }), true);
  assert.equal(interpret(rule, { l: { n: [...longest, 1] } }), null);
});
