/**
 * Whatever rule comes, the strict dialect takes it or says why not.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  createChance,
  drawRule,
  ILL_TYPED,
} from "../compat/random_program_test.ts";
import type { Facts } from "../../domain/verdict.ts";
import { compileRuleSet } from "./compile_rule_set.ts";
import { refuseStrictly } from "./refuse_strictly.ts";
import { parseRuleSet } from "./rule_set.ts";

const RULES = 10_000;
const CONTEXT = ILL_TYPED as unknown as Facts;

Deno.test("a random rule is refused with a reason, or evaluates", () => {
  const chance = createChance(7);
  let taken = 0;
  for (let count = 0; count < RULES; count++) {
    const when = drawRule(chance, 3);
    const reason = refuseStrictly(when);
    if (reason !== null) {
      assert.match(reason, /^(at )?rule\S*: ./);
      continue;
    }
    taken++;
    const rules = [{ id: "r", effect: "deny", when }];
    const set = compileRuleSet(parseRuleSet("s.json", { rules }, [CONTEXT]));
    assert.match(set.evaluate(CONTEXT).verdict, /^(deny|allow)$/);
  }
  assert.ok(taken > 100, `${taken} taken`);
});

Deno.test.each([
  { rule: { ">": [{ var: "spend" }, 500] }, says: null },
  { rule: { and: [{ var: "a" }, true], or: [] }, says: /exactly one operator/ },
  { rule: { ">": ["1", 2] }, says: /expected a number, found a string/ },
  { rule: 1, says: /expected a boolean/ },
])("refuseStrictly() says $says of $rule", ({ rule, says }) => {
  const reason = refuseStrictly(rule);
  if (says === null) assert.equal(reason, null);
  else assert.match(reason ?? "", says);
});
