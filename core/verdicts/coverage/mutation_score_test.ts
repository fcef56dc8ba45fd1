/**
 * What is said of mistakes is true: those noticed, those proven to mean the same, and
 * those that a proposed case would show.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  Logic,
  PolicyCase,
  PolicyDocument,
} from "../../domain/verdict.ts";
import { NO_LISTS } from "../document/document.ts";
import { findFailure, openCases } from "../document/cases.ts";
import { vetDocument } from "../document/vet.ts";
import type { Mutant } from "./mutate.ts";
import { printMutant, proposeCases } from "./propose_cases.ts";
import { scoreMutants } from "./mutation_score.ts";
import { questionsOn, smallPolicies } from "./small_policies_test.ts";
import { answer, openTrial, type Question, stateCase } from "./trial.ts";

function holds(document: PolicyDocument, cases: readonly PolicyCase[]) {
  const judge = openCases(document, NO_LISTS);
  return cases.every((one) => findFailure(one, judge(one).result) === null);
}

/** The first question on which a policy and a mutant differ; null if there is none. */
function findTelling(
  document: PolicyDocument,
  mutant: Mutant,
  questions: readonly Question[],
): Question | null {
  const original = openTrial(document, NO_LISTS);
  const trial = openTrial(mutant.document, NO_LISTS);
  return questions.find((question) => {
    const [is, would] = [original, trial].map((one) => answer(one, question));
    return JSON.stringify(is) !== JSON.stringify(would);
  }) ?? null;
}

Deno.test("a mistake is killed by a case, survives all of them, or means the same", () => {
  let equivalents = 0;
  let survived = 0;
  let missed = 0;
  fc.assert(
    fc.property(smallPolicies, (document) => {
      const { killed, survivors, equivalent } = scoreMutants(
        document,
        NO_LISTS,
      );
      const all = questionsOn(document);
      for (const mutant of killed) {
        assert.ok(!holds(mutant.document, document.cases), printMutant(mutant));
      }
      for (const { mutant, witness } of survivors) {
        survived++;
        assert.ok(holds(mutant.document, document.cases), printMutant(mutant));
        const tried = witness ? [witness] : all;
        const telling = findTelling(document, mutant, tried);
        if (witness !== null) assert.ok(telling, printMutant(mutant));
        else if (telling !== null) missed++;
      }
      equivalents += equivalent.length;
      for (const mutant of equivalent) {
        const telling = findTelling(document, mutant, all);
        assert.equal(telling, null, printMutant(mutant));
      }
    }),
    { numRuns: 25 },
  );
  assert.ok(missed * 50 <= survived, `${missed} of ${survived} not shown`);
  assert.ok(equivalents > 5, `${equivalents} equivalent, too few to tell`);
});

Deno.test("proposed cases hold, would be saved, and notice what none did", () => {
  fc.assert(
    fc.property(smallPolicies, (document) => {
      const before = scoreMutants(document, NO_LISTS);
      const { cases } = proposeCases(document, NO_LISTS);
      assert.ok(holds(document, cases));
      for (const { mutant, witness } of before.survivors) {
        if (witness === null) continue;
        assert.ok(!holds(mutant.document, cases), printMutant(mutant));
      }
      const more = { ...document, cases: [...document.cases, ...cases] };
      vetDocument("small.json", more, NO_LISTS);
      assert.ok(scoreMutants(more, NO_LISTS).score >= before.score);
    }),
    { numRuns: 15 },
  );
});

const STEP: PolicyDocument = {
  ...{ policy: "step", version: 1, owner: "test", about: "test" },
  on: ["action"],
  onMissing: "deny",
  rules: [{
    id: "too_many",
    effect: "deny",
    when: { ">": [{ var: "constraints.contactsDay" }, 2] },
    reason: "because",
  }],
  cases: [
    { note: "none", facts: { constraints: { contactsDay: 0 } }, want: [] },
    {
      note: "many",
      facts: { constraints: { contactsDay: 9 } },
      want: ["too_many"],
    },
  ],
};

Deno.test("scoreMutants() shows what passes every case, and facts that would not", () => {
  const { survivors, score } = scoreMutants(STEP, NO_LISTS);
  assert.deepEqual(
    survivors.map(({ mutant, witness }) => [
      printMutant(mutant),
      witness?.facts,
    ]),
    [
      [
        'too_many: ">" -> ">=" in constraints.contactsDay > 2',
        { constraints: { contactsDay: 2 } },
      ],
      [
        "too_many: 2 -> 1 in constraints.contactsDay > 2",
        { constraints: { contactsDay: 2 } },
      ],
      [
        "too_many: 2 -> 3 in constraints.contactsDay > 2",
        { constraints: { contactsDay: 3 } },
      ],
      ['too_many: "onMissing" deny -> skip', {}],
    ],
  );
  assert.equal(score, 3 / 7);
});

Deno.test("proposeCases() completes a policy with as few cases as will do", () => {
  const { cases, left } = proposeCases(STEP, NO_LISTS);
  assert.deepEqual(left, []);
  assert.deepEqual(
    cases.map(({ facts, want }) => [facts, want]),
    [
      [{ constraints: { contactsDay: 2 } }, []],
      [{ constraints: { contactsDay: 3 } }, ["too_many"]],
      [{}, ["too_many"]],
    ],
  );
  const complete = { ...STEP, cases: [...STEP.cases, ...cases] };
  assert.equal(scoreMutants(complete, NO_LISTS).score, 1);
});

Deno.test("scoreMutants() leaves out what the language refuses", () => {
  const [rule] = STEP.rules;
  const rules = [{
    ...rule,
    when: { ">": [{ var: "constraints.contactsDay" }, 0] },
  }] as PolicyDocument["rules"];
  const { refused } = scoreMutants({ ...STEP, rules }, NO_LISTS);
  assert.equal(refused, 2, '0 -> -1, and ">=" 0, which is always true');
});

const DAY = { var: "constraints.contactsDay" };
const WEEK = { var: "constraints.contactsWeek" };

/** A policy of one denial, with one case in which it fires and one in which it rests. */
function denyWhen(when: Logic, cases: readonly PolicyCase[]): PolicyDocument {
  const rules = STEP.rules.map((rule) => ({ ...rule, when }));
  return { ...STEP, rules, cases };
}

function contacts(
  contactsDay: number,
  contactsWeek: number,
  want: readonly string[],
): PolicyCase {
  const facts = { constraints: { contactsDay, contactsWeek } };
  return { note: "case", facts, want };
}

const PRODUCT = { "*": [{ "+": [DAY, 5] }, { "+": [WEEK, 5] }] };

Deno.test.each<{ note: string; when: Logic; many: number }>([
  { note: "a product", when: { ">": [PRODUCT, 90] }, many: 100 },
  {
    note: "a remainder",
    when: { "==": [{ "%": [PRODUCT, 97] }, 41] },
    many: 56,
  },
])("what $note tells apart far from every literal is not the same", ({
  when,
  many,
}) => {
  const policy = denyWhen(when, [
    contacts(0, 0, []),
    contacts(many, many, []),
  ]);
  const trial = openTrial(policy, NO_LISTS);
  const cases = policy.cases.map((one) => stateCase(trial, one.note, one));
  const { equivalent } = scoreMutants({ ...policy, cases }, NO_LISTS);
  assert.deepEqual(equivalent.map(printMutant), []);
});

Deno.test("what differs only where two facts do is not taken for the same", () => {
  const { survivors, equivalent } = scoreMutants(
    denyWhen({ and: [{ "<=": [DAY, WEEK] }, { "<=": [WEEK, DAY] }] }, [
      contacts(1, 1, ["too_many"]),
      contacts(2, 1, []),
    ]),
    NO_LISTS,
  );
  assert.deepEqual(equivalent.map(printMutant), []);
  const [dropped] = survivors.filter(({ mutant: { change } }) =>
    change === '"constraints.contactsWeek <= constraints.contactsDay" dropped'
  );
  assert.ok(dropped?.witness, "a day of fewer contacts than the week shows it");
});

Deno.test("what another rule hides is no proof that it means the same", () => {
  const document: PolicyDocument = {
    ...STEP,
    on: ["bid"],
    rules: [
      { id: "low", effect: "cap", to: 3, reason: "because" },
      {
        id: "high",
        effect: "deny",
        when: { ">": [{ "*": [{ var: "amount.micros" }, 7] }, 100] },
        reason: "because",
      },
    ],
    cases: [{
      note: "low",
      facts: { amount: { micros: 5 } },
      want: ["low"],
      wantMicros: 3,
    }],
  };
  const { survivors } = scoreMutants(document, NO_LISTS);
  const hidden = survivors.filter(({ witness }) => witness === null)
    .map(({ mutant }) => mutant.change);
  assert.ok(hidden.includes("7 -> 8"), hidden.join());
});
