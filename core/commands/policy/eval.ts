/**
 * `moe policy eval`: what a rule set says of contexts from a file.
 *
 * @module
 */
import type { DecisionKind, Facts } from "../../domain/verdict.ts";
import type {
  EvaluatedSet,
  SetVerdict,
} from "../../verdicts/foreign/evaluated_set.ts";
import { EngineError } from "../../domain/error.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { tenantOption } from "../option.ts";
import type { Terminal } from "../terminal.ts";
import { readContexts } from "./context_file.ts";
import {
  printRuleTotals,
  printRuleTrace,
  printStray,
  printVerdicts,
} from "./print_verdicts.ts";
import { readRuleSet } from "./rule_set_file.ts";

interface Evaluated {
  readonly set: EvaluatedSet;
  readonly contexts: readonly Facts[];
  readonly verdicts: readonly SetVerdict[];
  readonly explain: boolean;
}

/** Evaluates a rule set on every context of a file. */
export const policyEval: Command = {
  name: "policy eval",
  about: "say what a rule set makes of contexts from a file",
  operands: [],
  options: {
    "set*": "a policy file, a folder of them, or a rule set of your own",
    "contexts*": "JSON array, one object, or JSON lines of facts",
    tenant: "whose policies speak; default unless given",
    kind: "bid, action or budget, for policies; as the facts are unless given",
    "explain!": "say of every rule which condition holds, and what it saw",
    "json!": "print a JSON array, one object a line for each context",
  },
  async run({ terminal }, _operands, options) {
    const contexts = await readContexts(textOption(options, "contexts", ""));
    const set = await readRuleSet(textOption(options, "set", ""), {
      contexts,
      tenant: tenantOption(options),
      kind: kindOption(options),
    });
    const verdicts = contexts.map(set.evaluate);
    const explain = options.explain === true;
    const evaluated = { set, contexts, verdicts, explain };
    if (options.json === true) printJson(terminal, evaluated);
    else printText(terminal, evaluated);
    printStray(contexts.flatMap(set.findStray)).forEach(terminal.warn);
    return 0;
  },
};

const KINDS: readonly DecisionKind[] = ["bid", "action", "budget"];

function kindOption(options: Options): DecisionKind | null {
  const text = textOption(options, "kind", "");
  if (text === "") return null;
  const kind = KINDS.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw new EngineError(
    "request_invalid",
    `Cannot use --kind "${text}": give ${KINDS.join(", ")}`,
    { facts: { option: "kind" } },
  );
}

function printJson(
  terminal: Terminal,
  { set, contexts, verdicts, explain }: Evaluated,
): void {
  terminal.line("[");
  verdicts.forEach((verdict, context) => {
    const rules = explain
      ? { rules: set.explain(contexts[context] ?? {}) }
      : {};
    const comma = context === verdicts.length - 1 ? "" : ",";
    terminal.line(JSON.stringify({ context, ...verdict, ...rules }) + comma);
  });
  terminal.line("]");
}

function printText(
  terminal: Terminal,
  { set, contexts, verdicts, explain }: Evaluated,
): void {
  if (explain) {
    contexts.forEach((context, index) => {
      terminal.line(`context ${index}: ${verdicts[index]?.verdict}`);
      set.explain(context).flatMap(printRuleTrace)
        .forEach(terminal.line);
      terminal.line("");
    });
  }
  printVerdicts(verdicts).forEach(terminal.line);
  terminal.line("");
  printRuleTotals(set, verdicts).forEach(terminal.line);
}
