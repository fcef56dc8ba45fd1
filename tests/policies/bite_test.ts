/**
 * The policies that ship, and the samples beside them, are proven by their cases: no
 * condition is left unshown, and hardly a mistake would go unnoticed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { coverConditions } from "../../core/verdicts/coverage/cover_conditions.ts";
import { scoreMutants } from "../../core/verdicts/coverage/mutation_score.ts";
import {
  printGoal,
  printMutant,
} from "../../core/verdicts/coverage/propose_cases.ts";
import {
  checkPolicies,
  soundLists,
} from "../../core/verdicts/document/check.ts";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import { EFFECTS } from "../../core/domain/verdict.ts";

/** Least share of mistakes that the cases must notice. */
const LEAST = 0.95;

const SHIPPED = filesOf("../../policies/");
const SAMPLES = filesOf("../../policies/samples/");

function filesOf(folder: string) {
  const url = new URL(folder, import.meta.url);
  return [...Deno.readDirSync(url)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json") && name !== "schema.json")
    .map((name) => ({ name, text: Deno.readTextFileSync(new URL(name, url)) }));
}

function policiesOf(files: typeof SHIPPED) {
  const lists = soundLists(files);
  return checkPolicies(files).flatMap(({ document }) =>
    document === null ? [] : [{ policy: document.policy, document, lists }]
  );
}

const POLICIES = [...policiesOf(SHIPPED), ...policiesOf(SAMPLES)];

Deno.test.each(POLICIES)("$policy: its cases bite", ({ document, lists }) => {
  const { survivors, killed, score } = scoreMutants(document, lists);
  const passing = survivors.map(({ mutant }) => printMutant(mutant));
  assert.ok(killed.length > 0, "no mistake was made");
  assert.ok(score >= LEAST, `${score}: ${passing.join("; ")}`);
  const { open, met } = coverConditions(document, lists);
  assert.deepEqual([open.map(printGoal), met > 0], [[], true]);
});

Deno.test("the samples load, and show the effects that no shipped policy has", () => {
  const shown = [SHIPPED, SAMPLES].flatMap((files) =>
    loadPolicies(files).documents.flatMap(({ rules }) =>
      rules.map(({ effect }) => effect)
    )
  );
  const missing = EFFECTS.filter((effect) => !shown.includes(effect));
  assert.deepEqual(missing, []);
});

Deno.test("the samples are not in force: their folder is not the policies'", () => {
  const shipped = SHIPPED.map(({ name }) => name);
  const both = SAMPLES.filter(({ name }) => shipped.includes(name));
  assert.deepEqual(both, []);
});
