/**
 * Judges the shipped policies on the facts of all their cases, and prints the verdicts:
 * a process of its own, so that it can be started where generated code is forbidden.
 *
 * @module
 */
import { checkRules } from "../../core/verdicts/document/document.ts";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import { compileTraced } from "../../core/verdicts/program/traced.ts";

const FOLDER = new URL("../../policies/", import.meta.url);
const OPTIONS = {
  tenant: "acme",
  channel: "email",
  amountMicros: 1_300_000,
  currentMicros: 1_000_000,
};

function mayGenerate(): boolean {
  try {
    return new Function("return true")();
  } catch (cause) {
    if (cause instanceof EvalError) return false;
    throw cause;
  }
}

const files = [...Deno.readDirSync(FOLDER)]
  .filter(({ name }) => name.endsWith(".json") && name !== "schema.json")
  .map(({ name }) => ({
    name,
    text: Deno.readTextFileSync(new URL(name, FOLDER)),
  }));
const set = loadPolicies(files);
const facts = set.documents.flatMap(({ cases }) => cases)
  .map((one) => one.facts);
const verdicts = (["bid", "action", "budget"] as const).flatMap((kind) =>
  facts.map((seen) => set.judge(kind, seen, OPTIONS))
);
const traced = compileTraced(
  set.documents.flatMap((document) =>
    checkRules(`${document.policy}.json`, document).map(({ when }) => when)
  ),
);
const traces = facts.map((seen) => {
  const out = new Int32Array(traced.length);
  traced.evaluate(seen, out);
  return [...out];
});
const answer = JSON.stringify({ mayGenerate: mayGenerate(), verdicts, traces });
Deno.stdout.writeSync(new TextEncoder().encode(answer));
