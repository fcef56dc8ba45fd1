/**
 * Thirty real rules in one evaluation, against the same rules written by hand and
 * against the libraries that evaluate JSON-logic.
 *
 * The rules and 1,024 contexts lie beside the checkout in `../shared/bench/policy`;
 * their 56 facts form a catalogue of their own. All must fire the same rules on every
 * context before anything is timed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LogicEngine } from "json-logic-engine";
import jsonLogic from "json-logic-js";
import type { Facts } from "../../core/domain/verdict.ts";
import {
  type Catalogue,
  defineCatalogue,
  type FieldType,
} from "../../core/verdicts/language/catalogue.ts";
import type { Expression } from "../../core/verdicts/language/expression.ts";
import {
  closeConditions,
  compileConditions,
  type Conditions,
} from "../../core/verdicts/program/compile.ts";
import { compileTraced } from "../../core/verdicts/program/traced.ts";
import { parseLogic } from "../../core/verdicts/language/parse_logic.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const FOLDER = new URL("../../../shared/bench/policy/", import.meta.url);
/** Passes of one trial, which is shorter than a turn of a busy machine. */
const PASSES = 4;
const ROUNDS = 201;
const WARM_MS = 300;
/** Contexts for those that are slow. */
const FEW = 16;

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

interface Rule {
  readonly id: string;
  readonly when: JsonLogic;
}

type JsonLogic = Parameters<typeof jsonLogic.apply>[0];

function checkRules(
  rules: readonly Rule[],
  contexts: readonly Facts[],
): Expression[] {
  const catalogue = catalogueOf(contexts);
  return rules.map(({ id, when }) =>
    parseLogic(when, {
      type: "boolean",
      path: "when",
      place: { file: "policy-set.json", rule: id },
      catalogue,
    })
  );
}

/** Answers a bit for each rule that fires. */
function fire({ evaluate }: Conditions, length: number): Evaluate {
  const out = new Int32Array(length);
  return instantiate(
    "(facts) => { evaluate(facts, out); return out[0]; }",
    { evaluate, out },
  );
}

/**
 * Makes a function that shares nothing with others of the same text, so that no
 * contestant pays for what the host has learnt from another.
 */
function instantiate<T>(
  code: string,
  given: Readonly<Record<string, unknown>>,
): T {
  const body = `return ${code}; // ${crypto.randomUUID()}`;
  return new Function(...Object.keys(given), body)(...Object.values(given));
}

function each(fires: readonly ((facts: Facts) => unknown)[]): Evaluate {
  return (facts) => {
    let fired = 0;
    for (let rule = 0; rule < fires.length; rule++) {
      if (fires[rule]?.(facts)) fired |= 1 << rule;
    }
    return fired;
  };
}

function createContestants(contexts: readonly Facts[]): Contestant[] {
  const { rules }: { rules: Rule[] } = JSON.parse(read("policy-set.json"));
  const checked = checkRules(rules, contexts);
  const traced = compileTraced(checked);
  const engine = new LogicEngine();
  const few = contexts.slice(0, FEW);
  return [
    { contexts, evaluate: fire(compileConditions(checked), 2) },
    { contexts, evaluate: fire(traced, traced.length) },
    {
      contexts: contexts.map(withoutContact),
      evaluate: fire(compileConditions(checked), 2),
    },
    { contexts: few, evaluate: fire(closeConditions(checked), 2) },
    {
      contexts: few,
      evaluate: each(rules.map(({ when }) => engine.build(when) as Evaluate)),
    },
    {
      contexts: few,
      evaluate: each(
        rules.map(({ when }) => (facts) => jsonLogic.apply(when, facts)),
      ),
    },
  ];
}

/** The facts without one that a rule reads, as a source that is late leaves them. */
function withoutContact(facts: Facts): Facts {
  return JSON.parse(
    JSON.stringify(
      facts,
      (name, value) => name === "minutesSinceContact" ? undefined : value,
    ),
  );
}

/** One of the ways to evaluate all rules. */
interface Contestant {
  readonly evaluate: Evaluate;
  /** What it goes over in one trial. */
  readonly contexts: readonly Facts[];
}

/** Times one evaluation, in seconds; a pass before is for the caches. */
function createTimer({ evaluate, contexts }: Contestant): () => number {
  const loop = instantiate<() => number>(
    `() => {
      let fired = 0;
      for (const context of contexts) fired += evaluate(context);
      return fired;
    }`,
    { evaluate, contexts },
  );
  return () => {
    loop();
    const from = performance.now();
    for (let pass = 0; pass < PASSES; pass++) assert.ok(loop() > 0);
    const seconds = (performance.now() - from) / 1e3;
    return seconds / (PASSES * contexts.length);
  };
}

/** Runs until the host has had time to optimise, on a busy machine too. */
function warm(timer: () => number): void {
  const until = performance.now() + WARM_MS;
  while (performance.now() < until) timer();
}

async function measure(contexts: readonly Facts[]): Promise<Row[]> {
  const { evalMask } = await import(new URL("handwritten.mjs", FOLDER).href);
  const contestants = createContestants(contexts);
  for (const { evaluate } of contestants) {
    for (const context of contexts) {
      assert.equal(evaluate(context), evalMask(context));
    }
  }
  const byHand = { contexts, evaluate: evalMask };
  const timers = [byHand, ...contestants].map(createTimer);
  timers.forEach(warm);
  const [hand = NaN, ...times] = await interleave(timers, ROUNDS);
  const [ours = NaN, explained = NaN, lacking = NaN, closed = NaN] = times;
  const [engine = NaN, js = NaN] = times.slice(4);
  function row(name: string, seconds: number, against: [string, number]): Row {
    const ratio = seconds / against[1];
    return {
      name,
      value: seconds * 1e9,
      unit: "ns",
      against: against[0],
      ratio,
    };
  }
  const written: [string, number] = ["the same 30 rules written by hand", hand];
  return [
    row("policy-set", ours, written),
    row("policy-set-explained", explained, written),
    row("policy-set-lacking", lacking, ["the same with all facts", ours]),
    row("policy-set-closures", closed, written),
    row("policy-set-engine", ours, ["json-logic-engine 5, compiled", engine]),
    row("policy-set-js", ours, ["json-logic-js 2", js]),
  ];
}

const bench: Bench = {
  name: "policy-set",
  async run(): Promise<readonly Row[]> {
    if (!present()) {
      const absent = "policy-set: skipped, ../shared/bench/policy is absent\n";
      Deno.stderr.writeSync(new TextEncoder().encode(absent));
      return [];
    }
    return await measure(JSON.parse(read("contexts.json")));
  },
};

export default bench;
