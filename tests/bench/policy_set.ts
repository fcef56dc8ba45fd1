/**
 * Thirty real rules in one evaluation, against the same rules written by hand.
 *
 * The rules and 1,024 contexts lie beside the checkout in `../shared/bench/policy`;
 * their 56 facts form a catalogue of their own. Both sides must fire the same
 * rules on every context before anything is timed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts } from "../../core/domain/verdict.ts";
import {
  type Catalogue,
  defineCatalogue,
  type FieldType,
} from "../../core/verdicts/catalogue.ts";
import { compileConditions } from "../../core/verdicts/compile.ts";
import { parseLogic } from "../../core/verdicts/parse_logic.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const FOLDER = new URL("../../../shared/bench/policy/", import.meta.url);
const PASSES = 200;
const ROUNDS = 15;

type Evaluate = (facts: Facts) => number;

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}

function present(): boolean {
  try {
    return Deno.statSync(new URL("handwritten.mjs", FOLDER)).isFile;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw cause;
  }
}

function catalogueOf(contexts: readonly Facts[]): Catalogue {
  const types = new Map<string, FieldType>();
  for (const context of contexts) collect(context, "", types);
  return defineCatalogue([...types].map(([path, type]) => ({
    path,
    type,
    unit: null,
    nullable: true,
    about: path,
  })));
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

function compileRules(contexts: readonly Facts[]): Evaluate {
  const { rules } = JSON.parse(read("policy-set.json"));
  const catalogue = catalogueOf(contexts);
  const { evaluate } = compileConditions(
    rules.map((rule: { id: string; when: unknown }) =>
      parseLogic(rule.when, {
        type: "boolean",
        path: "when",
        place: { file: "policy-set.json", rule: rule.id },
        catalogue,
      })
    ),
  );
  const out = new Int32Array(2);
  return (facts) => {
    evaluate(facts, out);
    return out[0] ?? 0;
  };
}

function time(evaluate: Evaluate, contexts: readonly Facts[]): number {
  let fired = 0;
  const from = performance.now();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const context of contexts) fired ^= evaluate(context);
  }
  const seconds = (performance.now() - from) / 1e3;
  assert.equal(fired, 0);
  return seconds;
}

const bench: Bench = {
  name: "policy-set",
  async run(): Promise<readonly Row[]> {
    if (!present()) {
      const absent = "policy-set: skipped, ../shared/bench/policy is absent\n";
      Deno.stderr.writeSync(new TextEncoder().encode(absent));
      return [];
    }
    const contexts: Facts[] = JSON.parse(read("contexts.json"));
    const compiled = compileRules(contexts);
    const { evalMask } = await import(new URL("handwritten.mjs", FOLDER).href);
    for (const context of contexts) {
      assert.equal(compiled(context), evalMask(context));
    }
    const [ours = NaN, byHand = NaN] = await interleave([
      () => time(compiled, contexts),
      () => time(evalMask, contexts),
    ], ROUNDS);
    return [{
      name: "policy-set",
      value: ours / (PASSES * contexts.length) * 1e9,
      unit: "ns",
      against: "the same 30 rules written by hand",
      ratio: ours / byHand,
    }];
  },
};

export default bench;
