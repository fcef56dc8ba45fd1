/**
 * What the shipped policies mean: none is idle, every small change is understood; and
 * thirty rules from elsewhere, all pairs.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts, PolicyDocument } from "../../core/domain/verdict.ts";
import {
  defineCatalogue,
  type FieldType,
} from "../../core/verdicts/language/catalogue.ts";
import { parseLogic } from "../../core/verdicts/language/parse_logic.ts";
import {
  compilePolicySet,
  type PolicySet,
} from "../../core/verdicts/judge/policy_set.ts";
import { analyseSet } from "../../core/verdicts/meaning/analyse.ts";
import { compareSets } from "../../core/verdicts/meaning/compare.ts";
import { findWitness } from "../../core/verdicts/meaning/witness.ts";

const SHIPPED = new URL("../../policies/", import.meta.url);
const BENCH = new URL("../../../shared/bench/policy/", import.meta.url);

const documents: PolicyDocument[] = [...Deno.readDirSync(SHIPPED)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".json") && name !== "schema.json")
  .map((name) => JSON.parse(Deno.readTextFileSync(new URL(name, SHIPPED))))
  .filter((content) => "policy" in content);

const shipped = compilePolicySet(documents);

/** The shipped set with one text of one policy replaced. */
function changed(name: string, from: string, to: string): PolicySet {
  return compilePolicySet(documents.map((document) => {
    if (document.policy !== name) return document;
    const text = JSON.stringify(document);
    assert.ok(text.includes(from), `${name} has no ${from}`);
    return JSON.parse(text.replace(from, to));
  }));
}

Deno.test("no shipped rule is idle, and no question about them is open", () => {
  const { open, findings } = analyseSet(shipped);
  assert.equal(open, 0);
  const idle = findings.filter(({ kind }) =>
    ["never fires", "always fires", "shadowed"].includes(kind)
  );
  assert.deepEqual(idle, []);
});

Deno.test.each([
  {
    ...{ policy: "quiet_hours", from: "1260", to: "1200" },
    want: "tightening",
  },
  {
    policy: "contact_frequency",
    from: '{"var":"constraints.contactsDay"},2',
    to: '{"var":"constraints.contactsDay"},3',
    want: "relaxing",
  },
  {
    ...{ policy: "weekend_bid", from: '"byPermille":900' },
    ...{ to: '"byPermille":1100', want: "relaxing" },
  },
  {
    ...{ policy: "consent", from: '["email","sms"]', to: '["email"]' },
    want: "tightening",
  },
  {
    policy: "budget_step",
    from: '{"var":"amount.stepPermille"},200',
    to: '{"var":"amount.stepPermille"},100',
    want: "tightening",
  },
  {
    policy: "budget_step",
    from: '{"var":"amount.stepPermille"},200',
    to: '{"var":"amount.stepPermille"},300',
    want: "equivalent",
  },
])("$policy with $to in place of $from is $want, proven", (one) => {
  const after = changed(one.policy, one.from, one.to);
  const { class: found, proven } = compareSets(shipped, after);
  assert.deepEqual([found, proven], [one.want, true]);
});

/** The thirty rules and a context of each field; null where they are not at hand. */
function readBench(): {
  rules: { id: string; when: unknown }[];
  contexts: Facts[];
} | null {
  try {
    const [set, contexts] = ["policy-set.json", "contexts.json"].map((name) =>
      JSON.parse(Deno.readTextFileSync(new URL(name, BENCH)))
    );
    return { rules: set.rules, contexts };
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw cause;
    return null;
  }
}

function collect(
  group: Facts,
  above: string,
  types: Map<string, FieldType>,
): void {
  for (const [name, value] of Object.entries(group)) {
    const path = `${above}${name}`;
    if (Array.isArray(value)) types.set(path, "strings");
    else if (typeof value === "number") types.set(path, "integer");
    else if (typeof value === "boolean") types.set(path, "boolean");
    else if (typeof value === "string") types.set(path, "string");
    else collect(value as Facts, `${path}.`, types);
  }
}

const bench = readBench();

Deno.test({
  name:
    "of 435 pairs of thirty rules 348 can fire together, and the rest cannot",
  ignore: bench === null,
  fn() {
    const { rules = [], contexts = [] } = bench ?? {};
    const types = new Map<string, FieldType>();
    for (const context of contexts) collect(context, "", types);
    const catalogue = defineCatalogue(
      [...types].map(([path, type]) => ({
        ...{ path, type, unit: null, nullable: true, about: path },
      })),
    );
    const conditions = rules.map(({ id, when }) =>
      parseLogic(when, {
        ...{ type: "boolean", path: "when", catalogue },
        place: { file: "policy-set.json", rule: id },
      })
    );
    const count = { found: 0, impossible: 0, unknown: 0 };
    conditions.forEach((one, index) => {
      for (const other of conditions.slice(index + 1)) {
        const both = [one, other].map((condition) => ({
          ...{ condition, outcome: true },
        }));
        count[findWitness(both, catalogue).answer]++;
      }
    });
    assert.deepEqual(count, { found: 348, impossible: 87, unknown: 0 });
  },
});
