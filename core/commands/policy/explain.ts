/**
 * `moe policy explain`: says a policy in sentences, or what it makes of some facts.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../../domain/error.ts";
import { decimalFromMicros } from "../../domain/money.ts";
import type {
  DecisionKind,
  Facts,
  PolicyDocument,
  Verdict,
} from "../../domain/verdict.ts";
import {
  explainPolicyOn,
  type PolicyAnswer,
} from "../../verdicts/explain/answer.ts";
import { findStrayFacts } from "../../verdicts/document/case_facts.ts";
import { printExplanation } from "../../verdicts/explain/explain.ts";
import type { Question } from "../../verdicts/explain/question.ts";
import { sayPolicy } from "../../verdicts/explain/sentence.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { readJsonFile } from "../files.ts";
import { readPolicyFile } from "./policy_file.ts";
import { printStray } from "./print_verdicts.ts";

type PolicyFile = Awaited<ReturnType<typeof readPolicyFile>>;

const Micros = z.int().nonnegative().nullable().default(null);
const GivenForm = z.object({
  amount: z.looseObject({ micros: Micros, currentMicros: Micros })
    .prefault({}),
  context: z.looseObject({ channel: z.string().nullable().default(null) })
    .prefault({}),
});

/** Facts, with what of them the judge is told beside them. */
type Given = z.infer<typeof GivenForm> & { readonly facts: Facts };

/** Says each rule as a sentence, or condition by condition what it makes of some facts. */
export const policyExplain: Command = {
  name: "policy explain",
  about: "say each rule of a policy as a sentence, or what it makes of facts",
  operands: ["FILE"],
  options: {
    facts: "JSON file of facts, grouped as in a policy's cases",
    on:
      "bid, action or budget; the first that the policy speaks of unless given",
    tenant: "whose decision; the first that the policy names unless given",
    "json!": "print JSON",
  },
  async run({ terminal }, [path = ""], options) {
    refuseWithoutFacts(options);
    const file = await readPolicyFile(path);
    const given = typeof options.facts === "string"
      ? parseFacts(await readJsonFile(options.facts))
      : null;
    const lines = given !== null
      ? explainFacts(file, given, options)
      : options.json === true
      ? [printJson(printed(file))]
      : printSentences(file);
    lines.forEach(terminal.line);
    if (given !== null) {
      printStray(findStrayFacts(given.facts)).forEach(terminal.warn);
    }
    return 0;
  },
};

/** Sentences are of a policy as it is, whoever asks. */
function refuseWithoutFacts(options: Options): void {
  if (options.facts !== undefined) return;
  const stray = ["on", "tenant"].find((name) => options[name] !== undefined);
  if (stray === undefined) return;
  throw new EngineError(
    "request_invalid",
    `Cannot use --${stray} "${
      options[stray]
    }": give --facts, the facts to explain, or leave it out`,
    { facts: { option: stray } },
  );
}

function printed({ document, lists }: PolicyFile) {
  const { scope, rules, lists: named } = sayPolicy(document, lists);
  const { policy, version, owner, about } = document;
  return {
    ...{ policy, version, owner, about, scope },
    rules: rules.map(({ rule, sentence }) => ({ rule, sentence })),
    lists: named,
  };
}

function printSentences({ document, lists }: PolicyFile): string[] {
  const { policy, version, owner, about } = document;
  const { scope, rules, lists: named } = sayPolicy(document, lists);
  return [
    `${policy}@${version} (${owner}): ${about}`,
    scope,
    "",
    ...rules.map(({ id, sentence }) => `${id}: ${sentence}`),
    ...named.map(({ list, about, items }) =>
      `list ${list} (${about}): ${items}`
    ),
  ];
}

function explainFacts(
  { document, lists }: PolicyFile,
  given: Given,
  options: Options,
): string[] {
  const question = questionOf(document, given, options);
  const answer = explainPolicyOn(document, question, lists);
  return options.json === true
    ? [printJson(answer)]
    : printAnswer(answer, question);
}

function parseFacts(content: unknown): Given {
  const parsed = GivenForm.safeParse(content);
  if (parsed.success) return { ...parsed.data, facts: content as Facts };
  throw new EngineError(
    "request_invalid",
    "Cannot read facts: give one JSON object of groups, as in a policy's cases; amounts are whole micros",
  );
}

function questionOf(
  { on, appliesTo }: PolicyDocument,
  { facts, amount, context }: Given,
  options: Options,
): Question {
  const [first = "bid"] = on;
  return {
    kind: kindOf(textOption(options, "on", first), on),
    facts,
    options: {
      tenant: textOption(options, "tenant", appliesTo?.tenants?.[0] ?? "any"),
      channel: context.channel,
      amountMicros: amount.micros,
      currentMicros: amount.currentMicros,
    },
  };
}

function kindOf(given: string, on: readonly DecisionKind[]): DecisionKind {
  const kind = on.find((one) => one === given);
  if (kind) return kind;
  throw new EngineError(
    "request_invalid",
    `Cannot explain a policy on "${given}": it speaks of ${on.join(", ")}`,
  );
}

function printAnswer(
  { rules, verdict, nearest, largestMicros }: PolicyAnswer,
  { options: { amountMicros } }: Question,
): string[] {
  const flips = nearest?.sentence ??
    "No change of one fact or of two turns this.";
  return [
    ...rules.map(printExplanation),
    sayVerdict(verdict, amountMicros),
    flips,
    ...largestMicros === null ? [] : [
      `The largest amount that passes unchanged is ${money(largestMicros)}.`,
    ],
  ];
}

function sayVerdict(verdict: Verdict, proposed: number | null): string {
  const { allowed, amountMicros, review } = verdict;
  if (!allowed) return "It is refused.";
  if (review) return "It needs a person's agreement first.";
  return amountMicros === proposed || amountMicros === null
    ? "It passes."
    : `It passes with ${money(amountMicros)} in place of ${
      money(proposed ?? 0)
    }.`;
}

function money(micros: number): string {
  return decimalFromMicros(BigInt(micros), 2);
}

function printJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
