/**
 * Rule sets of others: what is refused, and that a set says what its rules say.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { conditions, SMALL, someFacts } from "../language/arbitraries_test.ts";
import { interpret } from "../language/interpret.ts";
import { compileRuleSet } from "./compile_rule_set.ts";
import { parseRuleSet } from "./rule_set.ts";

const DECLARED = {
  ...Object.fromEntries(
    SMALL.fields.filter(({ path }) => !path.includes("<"))
      .map(({ path, type }) => [path, { type }]),
  ),
  "c.m": { type: "scalar" },
  "c.k": { type: "scalar" },
};

const rule = fc.record({
  effect: fc.constantFrom("deny", "flag", "suppress", "__proto__"),
  priority: fc.integer({ min: -2, max: 2 }),
  onMissing: fc.constantFrom(undefined, "deny", "apply", "skip"),
  when: conditions,
});

interface Drawn {
  readonly effect: string;
  readonly priority: number;
  readonly onMissing?: string | undefined;
  readonly when: Logic;
}

/** Rule by rule, by the specification. */
function evaluateNaively(
  drawn: readonly Drawn[],
  facts: Facts,
  otherwise: string,
) {
  const parsed = parseRuleSet("s.json", setOf(drawn, otherwise), []);
  const holds = parsed.map(({ when }) => interpret(when, facts));
  const fired = parsed.filter((_, index) =>
    holds[index] === true ||
    (holds[index] === null &&
      (drawn[index]?.onMissing ?? otherwise) !== "skip")
  );
  const strongest =
    [...fired].sort((a, b) =>
      Number(b.effect === "deny") - Number(a.effect === "deny") ||
      b.priority - a.priority
    )[0];
  return {
    verdict: strongest?.effect ?? "allow",
    fired: fired.map(({ id }) => id),
    unknown: parsed.filter((_, index) => holds[index] === null)
      .map(({ id }) => id),
  };
}

function setOf(drawn: readonly Drawn[], onMissing: string) {
  const rules = drawn.map((one, index) => ({ id: `r${index}`, ...one }));
  return { name: "drawn", onMissing, facts: DECLARED, rules };
}

Deno.test("compileRuleSet() says what each rule says by the specification", () => {
  fc.assert(fc.property(
    fc.array(rule, { minLength: 1, maxLength: 40 }),
    fc.constantFrom("deny", "apply", "skip"),
    fc.array(someFacts, { maxLength: 4 }),
    (drawn, onMissing, contexts) => {
      const set = compileRuleSet(
        parseRuleSet("s.json", setOf(drawn, onMissing), []),
      );
      for (const context of contexts) {
        const { effects = {}, ...said } = set.evaluate(context);
        assert.deepEqual(said, evaluateNaively(drawn, context, onMissing));
        const others = said.fired.filter((id) =>
          set.rules.find((one) => one.id === id)?.effect !== "deny"
        );
        const told = Object.values(effects).flatMap((of) => Object.keys(of));
        assert.deepEqual(told.sort(), [...others].sort());
        assert.deepEqual(
          set.explain(context).filter(({ holds }) => holds === null)
            .map(({ rule }) => rule),
          said.unknown,
        );
      }
    },
  ));
});

const WHEN = { ">": [{ var: "spend" }, 1] };
const RULE = { id: "a", effect: "deny", when: WHEN };

Deno.test("a missing fact denies unless the rule or the set says otherwise", () => {
  const rules = [
    RULE,
    { ...RULE, id: "b", onMissing: "skip" },
    { ...RULE, id: "c", effect: "flag", onMissing: "apply" },
  ];
  const byDefault = compileRuleSet(parseRuleSet("s", { rules }, []));
  const skipping = compileRuleSet(
    parseRuleSet("s", { rules, onMissing: "skip" }, []),
  );
  assert.deepEqual(byDefault.evaluate({}), {
    verdict: "deny",
    fired: ["a", "c"],
    unknown: ["a", "b", "c"],
    effects: { flag: { c: true } },
  });
  assert.deepEqual(skipping.evaluate({ spend: "9" }), {
    verdict: "flag",
    fired: ["c"],
    unknown: ["a", "b", "c"],
    effects: { flag: { c: true } },
  });
});

Deno.test.each<{ note: string; set: unknown; says: RegExp }>([
  { note: "no object", set: [RULE], says: /Cannot load policy "s.json"/ },
  { note: "no rules", set: { name: "s", rules: [] }, says: /at rules/ },
  {
    note: "a rule without condition",
    set: { name: "s", rules: [{ id: "a", effect: "deny" }] },
    says: /rule "a", at rules\[0\]\.when: the rule has no condition/,
  },
  {
    note: "two rules of one id",
    set: { name: "s", rules: [RULE, RULE] },
    says: /rule "a", at rules: its id is used twice/,
  },
  {
    note: "an unknown operator",
    set: { name: "s", rules: [{ ...RULE, when: { starts: ["a", "b"] } }] },
    says: /rule "a", at rules\[0\]\.when: operator "starts" is unknown; use/,
  },
  {
    note: "a text in a text",
    set: { name: "s", rules: [{ ...RULE, when: { in: ["a", "abc"] } }] },
    says: /looks into a list/,
  },
  {
    note: "a text against a number",
    set: {
      name: "s",
      rules: [RULE, {
        ...RULE,
        id: "b",
        when: { "==": [{ var: "spend" }, "1"] },
      }],
    },
    says:
      /rule "b", at .*fact "spend" is used as a string here and as a number/,
  },
  {
    note: "a fact that the set does not declare",
    set: { name: "s", facts: { spent: { type: "number" } }, rules: [RULE] },
    says: /fact "spend" is unknown; did you mean "spent"\?/,
  },
  {
    note: "units that differ",
    set: {
      name: "s",
      facts: {
        spend: { type: "number", unit: "micros" },
        age: { type: "number", unit: "days" },
      },
      rules: [{ ...RULE, when: { ">": [{ var: "spend" }, { var: "age" }] } }],
    },
    says: /units differ: micros and days/,
  },
  {
    note: "a declared name that is no name",
    set: { name: "s", facts: { "a-b": { type: "number" } }, rules: [RULE] },
    says: /at facts: Cannot define fact "a-b"/,
  },
  {
    note: "an onMissing that nobody knows",
    set: { name: "s", rules: [{ ...RULE, onMissing: "allow" }] },
    says: /rule "a", at rules\[0\]\.onMissing/,
  },
])("parseRuleSet() refuses $note", ({ set, says }) => {
  assert.throws(() => parseRuleSet("s.json", set, []), {
    code: "policy_invalid",
    message: says,
  });
});
