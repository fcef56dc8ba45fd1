/**
 * The policies that ship: they load, their cases bite, and the schema is theirs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CATALOGUE } from "../../core/verdicts/catalogue.ts";
import { checkPolicies } from "../../core/verdicts/check.ts";
import { loadPolicies } from "../../core/verdicts/load.ts";
import { OPERATORS } from "../../core/verdicts/operators.ts";
import { printPolicySchema } from "../../core/verdicts/schema.ts";

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
      ["consent@2/email_without_consent", true],
      ["contact_frequency@1/daily", true],
      ["contact_frequency@1/weekly", true],
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
