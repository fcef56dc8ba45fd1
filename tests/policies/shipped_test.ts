/**
 * The policies that ship: they load, their cases bite, and the schema is theirs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CATALOGUE } from "../../core/verdicts/language/catalogue.ts";
import { checkPolicies } from "../../core/verdicts/document/check.ts";
import {
  loadPolicies,
  parsePolicyFile,
} from "../../core/verdicts/document/load.ts";
import { OPERATORS } from "../../core/verdicts/language/operators.ts";
import { printPolicySchema } from "../../core/verdicts/document/schema.ts";

const FOLDER = new URL("../../policies/", import.meta.url);

const files = [...Deno.readDirSync(FOLDER)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".json") && name !== "schema.json")
  .map((name) => ({
    name,
    text: Deno.readTextFileSync(new URL(name, FOLDER)),
  }));

const set = loadPolicies(files);

Deno.test("every rule that ships fires in some case and rests in another", () => {
  for (const report of checkPolicies(files)) {
    const { file, failures, neverFired, alwaysFired } = report;
    assert.deepEqual(
      { file, failures, neverFired, alwaysFired },
      { file, failures: [], neverFired: [], alwaysFired: [] },
    );
  }
});

Deno.test("policies/schema.json is up to date", () => {
  const text = Deno.readTextFileSync(new URL("schema.json", FOLDER));
  assert.equal(text, printPolicySchema(), "run deno task gen");
});

Deno.test("policies/README.md names every fact and every operator", () => {
  const text = Deno.readTextFileSync(new URL("README.md", FOLDER));
  const facts = CATALOGUE.fields.map(({ path }) => path)
    .filter((path) => {
      const [group, ...rest] = path.split(".");
      return !text.includes(`\`${group}.`) ||
        !text.includes(`.${rest.join(".")}\``);
    });
  const operators = [...OPERATORS.keys()]
    .filter((name) => !text.includes(`\`${name}\``));
  assert.deepEqual([...facts, ...operators], []);
});

Deno.test("the policy and the guards in policies/README.md may be saved", () => {
  const text = Deno.readTextFileSync(new URL("README.md", FOLDER));
  const [shown = "", guards = ""] = [...text.matchAll(/```json\n([^`]*)```/g)]
    .map(([, block]) => block);
  loadPolicies([{ name: "budget_care.json", text: shown }]);
  const document = JSON.parse(shown);
  const [rule] = document.rules;
  const lines = guards.trim().split("\n");
  assert.ok(lines.length > 3);
  for (const line of lines) {
    const guarded = {
      ...document,
      on: ["action"],
      rules: [{ ...rule, when: JSON.parse(line) }],
    };
    const text = JSON.stringify(guarded);
    parsePolicyFile({ name: "budget_care.json", text });
  }
});

Deno.test("doing nothing is allowed whatever else is unknown", () => {
  const facts = { context: { isControl: true } };
  const options = { tenant: "acme", channel: null, amountMicros: null };
  assert.equal(set.judge("action", facts, options).allowed, true);
});

Deno.test("an e-mail of which nothing is known is not sent", () => {
  const facts = { context: { channel: "email", isControl: false } };
  const options = { tenant: "acme", channel: "email", amountMicros: null };
  const verdict = set.judge("action", facts, options);
  assert.equal(verdict.allowed, false);
  assert.deepEqual(
    verdict.applied.map(({ rule, missing }) => [rule, missing]),
    [
      ["consent@3/email_without_consent", true],
      ["contact_frequency@2/daily", true],
      ["contact_frequency@2/weekly", true],
    ],
  );
});

Deno.test("no spelling of a channel goes out without consent", () => {
  for (const channel of ["EMAIL", "e-mail", "email ", "push", "call"]) {
    const facts = {
      context: { channel, isControl: false },
      constraints: { contactsDay: 0, contactsWeek: 0 },
      time: { localMinute: 720 },
    };
    const options = { tenant: "acme", channel, amountMicros: null };
    assert.equal(set.judge("action", facts, options).allowed, false, channel);
  }
});

Deno.test("a budget has bounds of a fifth before it is planned", () => {
  const { loMicros, hiMicros, denied } = set.bounds("budget", {}, {
    tenant: "acme",
    channel: null,
    currentMicros: 1_000_001,
  });
  assert.deepEqual([loMicros, hiMicros, denied], [800_001, 1_200_001, false]);
});
