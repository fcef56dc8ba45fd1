/**
 * The nearest change turns the verdict, and nothing nearer does.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic, PolicyDocument } from "../../domain/verdict.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { policy, type RuleSketch } from "../judge/sketch_test.ts";
import { findNearest, isPassing, type NearestChange } from "./nearest.ts";
import { type Question, withFact } from "./question.ts";

function question(facts: Facts, changes: Partial<Question["options"]> = {}) {
  const options = { tenant: "acme", channel: "search", amountMicros: 1000 };
  return { kind: "bid" as const, facts, options: { ...options, ...changes } };
}

function judge(set: PolicySet, { kind, facts, options }: Question) {
  return set.judge(kind, facts, options);
}

function changed(asked: Question, { changes }: NearestChange): Question {
  return changes.reduce<Question>(
    (at, { path, to }) => withFact(at, path, to),
    asked,
  );
}

function nearest(
  rules: readonly RuleSketch[],
  asked: Question,
  changes: Partial<PolicyDocument> = {},
) {
  const set = compilePolicySet([policy(rules, changes)]);
  const found = findNearest(set, asked);
  if (found) {
    const { passes } = found;
    assert.equal(isPassing(judge(set, changed(asked, found))), passes);
    assert.equal(isPassing(judge(set, asked)), !passes);
  }
  return found && found.changes.map(({ path, to }) => [path, to]);
}

const DAY = { var: "constraints.contactsDay" };
const SCORE = { var: "score.ppm" };

Deno.test.each<{ note: string; when: Logic; facts: Facts; want: unknown }>([
  {
    note: "one below a threshold",
    when: { ">=": [DAY, 2] },
    facts: { constraints: { contactsDay: 5 } },
    want: [["constraints.contactsDay", 1]],
  },
  {
    note: "what a caller can change before what he cannot",
    when: { and: [{ ">": [SCORE, 5] }, { ">": [DAY, 1] }] },
    facts: { score: { ppm: 6 }, constraints: { contactsDay: 90 } },
    want: [["constraints.contactsDay", 1]],
  },
  {
    note: "a flag",
    when: { "!": { var: "compliance.consent" } },
    facts: { compliance: { consent: false } },
    want: [["compliance.consent", true]],
  },
  {
    note: "a missing fact, known",
    when: { ">=": [DAY, 2] },
    facts: {},
    want: [["constraints.contactsDay", 0]],
  },
  {
    note: "a limit taken away",
    when: { "!": { missing: ["constraints.maxBidMicros"] } },
    facts: { constraints: { maxBidMicros: 5 } },
    want: [["constraints.maxBidMicros", null]],
  },
  {
    note: "another text",
    when: { in: [{ var: "context.campaign" }, ["a", "other"]] },
    facts: { context: { campaign: "a" } },
    want: [["context.campaign", "another_other"]],
  },
  {
    note: "one text of a list",
    when: { "!": { in: [{ var: "context.campaign" }, ["a", "b"]] } },
    facts: { context: { campaign: "c" } },
    want: [["context.campaign", "a"]],
  },
  {
    note: "the root of a line",
    when: { ">": [{ "/": [{ "*": [SCORE, 6] }, 5] }, 1200] },
    facts: { score: { ppm: 5000 } },
    want: [["score.ppm", 1000]],
  },
  {
    note: "the one value that a line lets pass",
    when: { "!=": [{ "-": [{ "*": [SCORE, 3] }, 9] }, 370_370_358] },
    facts: { score: { ppm: 5000 } },
    want: [["score.ppm", 123_456_789]],
  },
  {
    note: "a fraction, to the thousandth",
    when: { ">": [{ var: "features.v.share" }, 0.25] },
    facts: { features: { v: { share: 0.9 } } },
    want: [["features.v.share", 0.25]],
  },
  {
    note: "the amount",
    when: { ">": [{ var: "amount.micros" }, 600] },
    facts: {},
    want: [["amount.micros", 600]],
  },
  {
    note: "two facts, where one is not enough",
    when: {
      or: [{ ">": [DAY, 1] }, { ">": [SCORE, 1] }],
    },
    facts: { constraints: { contactsDay: 9 }, score: { ppm: 8 } },
    want: [["constraints.contactsDay", 1], ["score.ppm", 1]],
  },
])("a denial turns by $note", ({ when, facts, want }) => {
  assert.deepEqual(nearest([{ effect: "deny", when }], question(facts)), want);
});

Deno.test("two rules that deny are turned by two facts", () => {
  const rules = [DAY, SCORE].map((fact) => ({
    effect: "deny" as const,
    when: { ">": [fact, 1] },
  }));
  const facts = { constraints: { contactsDay: 9 }, score: { ppm: 8 } };
  assert.deepEqual(nearest(rules, question(facts)), [
    ["constraints.contactsDay", 1],
    ["score.ppm", 1],
  ]);
});

Deno.test("the step is turned by the amount, through what adjusts it", () => {
  const rules: RuleSketch[] = [
    { effect: "adjust", byPermille: 1500 },
    { effect: "deny", when: { ">": [{ var: "amount.stepPermille" }, 200] } },
  ];
  const asked = question({}, { currentMicros: 1_000_000_000 });
  const at = withFact(asked, "amount.micros", 900_000_000);
  assert.deepEqual(nearest(rules, at), [["amount.micros", 800_000_000]]);
});

Deno.test("a channel that is not known is named", () => {
  const rules: RuleSketch[] = [{ effect: "deny" }];
  const limited = { appliesTo: { channels: ["email"] } };
  const asked = question({ context: { channel: null } }, { channel: null });
  assert.deepEqual(nearest(rules, asked, limited), [[
    "context.channel",
    "other",
  ]]);
});

Deno.test("what passes is turned the other way", () => {
  const rules: RuleSketch[] = [{ effect: "deny", when: { ">": [DAY, 3] } }];
  const asked = question({ constraints: { contactsDay: 1 } });
  assert.deepEqual(nearest(rules, asked), [["constraints.contactsDay", 4]]);
});

Deno.test("nothing turns what is always denied", () => {
  assert.equal(nearest([{ effect: "deny" }], question({})), null);
});

const PATHS = [
  "constraints.contactsDay",
  "constraints.contactsWeek",
  "counts.sends.daily",
] as const;
const MOST = 8;

const small = fc.integer({ min: 0, max: MOST });
const number = fc.oneof(
  fc.constantFrom(...PATHS).map((path): Logic => ({ var: path })),
  small,
);
const reckoned = fc.oneof(
  number,
  fc.tuple(fc.constantFrom("+", "*", "min", "max"), number, number)
    .map(([how, a, b]): Logic => ({ [how]: [a, b] })),
);
const compared = fc.tuple(
  fc.constantFrom("<", "<=", ">", ">=", "=="),
  reckoned,
  reckoned,
).map(([how, a, b]): Logic => ({ [how]: [a, b] }));
const condition = fc.tuple(
  fc.constantFrom("and", "or"),
  fc.array(compared, { minLength: 1, maxLength: 3 }),
).map(([op, of]): Logic => ({ [op]: of }));
const values = fc.record({
  day: fc.option(small),
  week: fc.option(small),
  sent: fc.option(small),
});

Deno.test("no smaller change of one fact turns the verdict", () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 3 }),
      values,
      (conditions, { day, week, sent }) => {
        const rules = conditions.map((when): RuleSketch => ({
          ...{ effect: "deny", when, onMissing: "deny" },
        }));
        const set = compilePolicySet([policy(rules)]);
        const asked = question({
          constraints: { contactsDay: day, contactsWeek: week },
          counts: { sends: { daily: sent } },
        });
        const passes = isPassing(judge(set, asked));
        const near = findNearest(set, asked);
        const turning = PATHS.flatMap((path, place) => {
          const from = [day, week, sent][place] ?? null;
          const span = Array.from({ length: 90 }, (_, value) => value);
          const gaps = span.filter((to) =>
            to !== from &&
            isPassing(judge(set, withFact(asked, path, to))) !== passes
          ).map((to) => from === null ? 1 : Math.abs(to - from));
          return gaps.length === 0 ? [] : [{ path, gap: Math.min(...gaps) }];
        });
        if (near === null) return assert.deepEqual(turning, []);
        assert.equal(isPassing(judge(set, changed(asked, near))), !passes);
        if (near.changes.length > 1) return assert.deepEqual(turning, []);
        found++;
        const [{ path, from, to } = assert.fail()] = near.changes;
        const nearer = turning.find((one) => one.path === path);
        const gap = from === null || to === null
          ? 1
          : Math.abs(Number(to) - Number(from));
        assert.ok(gap <= (nearer?.gap ?? Infinity), `${path} ${from} ${to}`);
      },
    ),
    { numRuns: 100 },
  );
  assert.ok(found > 20);
});
