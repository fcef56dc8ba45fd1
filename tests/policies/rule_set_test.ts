/**
 * Rule sets on files: thirty real rules as written by hand, and the shipped policies on
 * their own cases.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts } from "../../core/domain/verdict.ts";
import { readPolicies } from "../../core/commands/files.ts";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import { compileRuleSet } from "../../core/verdicts/foreign/compile_rule_set.ts";
import { ownPolicies } from "../../core/verdicts/foreign/own_policies.ts";
import { parseRuleSet } from "../../core/verdicts/foreign/rule_set.ts";
import { ROOT } from "../architecture/paths.ts";

const FOLDER = new URL("../../../shared/bench/policy/", import.meta.url);

function present(): boolean {
  try {
    return Deno.statSync(new URL("handwritten.mjs", FOLDER)).isFile;
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw cause;
    return false;
  }
}

function read(name: string): unknown {
  return JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
}

const found = present();

Deno.test({
  name:
    "a rule set fires what the same rules do by hand (needs ../shared/bench)",
  ignore: !found,
  async fn() {
    const { evalIds } = await import(new URL("handwritten.mjs", FOLDER).href);
    const contexts = read("contexts.json") as readonly Facts[];
    const file = "policy-set.json";
    const set = compileRuleSet(parseRuleSet(file, read(file), []));
    assert.equal(contexts.length, 1024);
    assert.equal(set.rules.length, 30);
    for (const context of contexts) {
      const { fired, unknown } = set.evaluate(context);
      assert.deepEqual(fired, evalIds(context));
      assert.deepEqual(unknown, []);
    }
  },
});

Deno.test({
  name:
    "without facts no constraint passes by accident (needs ../shared/bench)",
  ignore: !found,
  fn() {
    const file = "policy-set.json";
    const set = compileRuleSet(parseRuleSet(file, read(file), []));
    const { verdict, fired, unknown } = set.evaluate({});
    assert.equal(verdict, "deny");
    assert.equal(fired.length, 30);
    assert.equal(unknown.length, 30);
  },
});

Deno.test("the shipped policies fire on files what their cases want", async () => {
  const files = await readPolicies(`${ROOT}policies`);
  let cases = 0;
  for (const document of loadPolicies(files).documents) {
    const lists = files.filter(({ text }) => text.includes('"items"'));
    const file = files.find(({ name }) => name === `${document.policy}.json`);
    assert.ok(file);
    const set = ownPolicies(loadPolicies([file, ...lists]), {
      tenant: document.appliesTo?.tenants?.[0] ?? "default",
      kind: document.on[0] ?? null,
    });
    const order = document.rules.map(({ id }) => id);
    for (const { note, facts, want, ...more } of document.cases) {
      const { wantMicros: _, ...supposed } = more;
      if (Object.keys(supposed).length > 0) continue;
      const fired = set.evaluate(facts).fired
        .map((rule) => rule.replace(/^.*\//, ""))
        .sort((a, b) => order.indexOf(a) - order.indexOf(b));
      assert.deepEqual(fired, want, `${document.policy}: ${note}`);
      cases++;
    }
  }
  assert.ok(cases > 20);
});
