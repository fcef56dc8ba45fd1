/**
 * Random policies over few facts of few values, and all questions about them.
 *
 * @module
 */
import fc from "fast-check";
import type {
  Fact,
  Logic,
  PolicyDocument,
  PolicyRule,
} from "../../domain/verdict.ts";
import { NO_LISTS } from "../document/document.ts";
import { actingRules } from "./acting_rule.ts";
import { assign } from "./assignment.ts";
import { readBy } from "./search.ts";
import { openTrial, type Question, stateCase } from "./trial.ts";

/** Every value that a small policy can tell apart, and one more; null is missing. */
const DOMAINS: Readonly<Record<string, readonly Fact[]>> = {
  "time.weekday": [0, 1, 2, 3, 4, 5, 6],
  "context.channel": ["sms", "call", "mail", null],
  "compliance.x": [true, false, null],
  "constraints.contactsDay": [0, 1, 2, 3, 4, 5, null],
  "constraints.maxBidMicros": [0, 1, 2, 3, 4, 5, null],
  "counts.small.r0": [0, 1, 2, 3, 4, 5, null],
  "counts.small.r1": [0, 1, 2, 3, 4, 5, null],
  "amount.micros": [0, 1, 2, 3, 4, 5, 6],
};

const flag = fc.constantFrom<Logic>(
  { var: "compliance.x" },
  { var: ["compliance.x", false] },
  { missing: ["constraints.contactsDay"] },
);
const small = fc.integer({ min: 1, max: 3 });
const ordering = fc.constantFrom("<", "<=", ">", ">=");
const comparison = fc.oneof(
  fc.tuple(ordering, fc.constantFrom("time.weekday"), small),
  fc.tuple(ordering, fc.constantFrom("constraints.contactsDay"), small),
).map(([how, path, than]): Logic => ({ [how]: [{ var: path }, than] }));
const lookup = fc.constantFrom<Logic>(
  { "==": [{ var: "context.channel" }, "sms"] },
  { in: [{ var: "context.channel" }, ["sms", "call"]] },
  { in: [{ var: "time.weekday" }, [0, 6]] },
);

const condition = fc.letrec<{ when: Logic }>((tie) => ({
  when: fc.oneof(
    { depthIdentifier: "when", maxDepth: 2 },
    fc.oneof(flag, comparison, lookup),
    fc.tuple(tie("when")).map(([of]): Logic => ({ "!": [of] })),
    fc.tuple(fc.constantFrom("and", "or"), tie("when"), tie("when"))
      .map(([how, ...of]): Logic => ({ [how]: of })),
  ),
})).when;

const onBid = fc.constantFrom<Logic>(
  { "<=": [{ var: "amount.micros" }, 3] },
  { ">": [{ var: "amount.micros" }, { var: "constraints.maxBidMicros" }] },
);
const bound = fc.constantFrom<Logic>(
  2,
  { var: "constraints.maxBidMicros" },
  { max: [{ var: "constraints.maxBidMicros" }, 2] },
);
const onMissing = fc.constantFrom("deny", "apply", "skip");

function effectsOf(kind: "bid" | "action"): fc.Arbitrary<object> {
  const both = [
    fc.constant({ effect: "deny" }),
    fc.constant({ effect: "review" }),
    fc.constant({ effect: "limit", most: 2, within: "24h" }),
  ];
  const by = fc.constantFrom(-1, 2)
    .map((by) => ({ effect: "prioritise", by }));
  const shaping = fc.oneof(
    fc.tuple(fc.constantFrom("cap", "floor"), bound)
      .map(([effect, to]) => ({ effect, to })),
    fc.constant({ effect: "adjust", byPermille: 500 }),
    fc.constant({ effect: "limit", of: "micros", most: 4, within: "24h" }),
  );
  return fc.oneof(...both, kind === "bid" ? shaping : by);
}

function ruleOf(kind: "bid" | "action"): fc.Arbitrary<object> {
  const when = kind === "bid" ? fc.oneof(condition, onBid) : condition;
  return fc.record({ when, effect: effectsOf(kind), onMissing })
    .map(({ when, effect, onMissing }) => ({ ...effect, when, onMissing }));
}

/** Policies of one or two rules, with cases that hold. */
export const smallPolicies: fc.Arbitrary<PolicyDocument> = fc
  .constantFrom("bid" as const, "action" as const)
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      rules: fc.array(ruleOf(kind), { minLength: 1, maxLength: 2 }),
      seeds: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      scoped: fc.boolean(),
    })
  ).map(({ kind, rules, seeds, scoped }) => {
    const document: PolicyDocument = {
      ...{ policy: "small", version: 1, owner: "test", about: "test" },
      on: [kind],
      ...scoped ? { appliesTo: { channels: ["sms", "call"] } } : {},
      rules: rules.map((rule, index) =>
        ({ id: `r${index}`, reason: "because", ...rule }) as PolicyRule
      ),
      cases: [{ note: "none", facts: {}, want: [] }],
    };
    const all = questionsOn(document);
    const trial = openTrial(document, NO_LISTS);
    const cases = seeds.map((seed, index) =>
      stateCase(trial, `case ${index}`, all[seed % all.length] ?? { facts: {} })
    );
    return { ...document, cases };
  });

/** Every question over the facts that a small policy reads. */
export function questionsOn(document: PolicyDocument): readonly Question[] {
  const read = readBy(actingRules(document, NO_LISTS));
  const scope = document.appliesTo ? ["context.channel"] : [];
  const amount = document.on.includes("bid") ? ["amount.micros"] : [];
  let all: Question["facts"][] = [{}];
  for (const path of new Set([...read, ...scope, ...amount])) {
    const values = DOMAINS[path] ?? [];
    all = all.flatMap((facts) =>
      values.map((value) => assign(facts, new Map([[path, value]])))
    );
  }
  return all.map((facts) => ({ facts }));
}
