/**
 * What the policies said to one thing that was weighed, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { EFFECTS } from "../../domain/verdict.ts";
import type { Engine } from "../../engine.ts";
import { microsText } from "./fields.ts";

type Verdict = Awaited<
  ReturnType<Engine["decisions"]["explain"]>
>["verdicts"][number];

const fact = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
]).openapi({ description: "Null where it is missing" });

const holds = z.boolean().nullable().openapi({
  description: "Null where it is unknown",
});

const ruleSchema = z.object({
  rule: z.string().openapi({ example: "budget_step@3/step_too_large" }),
  effect: z.enum(EFFECTS),
  sentence: z.string(),
  holds,
  conditions: z.array(z.object({
    text: z.string().openapi({ example: "constraints.contactsDay >= 2" }),
    holds,
    facts: z.record(z.string(), fact),
  })),
  missing: z.array(z.string()).openapi({
    description: "Facts without which it cannot be known",
  }),
});

const nearestSchema = z.object({
  sentence: z.string(),
  changes: z.array(z.object({ fact: z.string(), from: fact, to: fact })),
});

/** Part of the answer of `GET /decisions/{id}/explanation`. */
export const explainedVerdictSchema = z.object({
  action: z.string().openapi({ description: "`bid` where a bid is decided" }),
  passes: z.boolean().openapi({
    description: "Whether the policies let it pass, without asking a person",
  }),
  rules: z.array(ruleSchema).openapi({
    description: "Those that spoke, every condition with the values it saw",
  }),
  nearest: nearestSchema.nullable().openapi({
    description:
      "The nearest change of one fact, or of two, that would let it pass; null where it passes, or nothing near does",
  }),
  largest_micros: microsText.nullable().openapi({
    description:
      "The largest bid that passes unchanged; null where the one proposed does, or none",
  }),
}).openapi("ExplainedVerdict");

/**
 * Prints what the policies said.
 *
 * @param verdict What they said to one action, or to the bid.
 * @returns JSON-like value.
 */
export function explainedVerdictToJson(
  { action, passes, rules, nearest, largestMicros }: Verdict,
): z.input<typeof explainedVerdictSchema> {
  return {
    action,
    passes,
    rules: rules.map(({ conditions, missing, ...rule }) => ({
      ...rule,
      conditions: conditions.map(({ text, holds, facts }) => ({
        text,
        holds,
        facts: Object.fromEntries(
          Object.entries(facts).map(([path, value]) => [path, copy(value)]),
        ),
      })),
      missing: [...missing],
    })),
    nearest: nearest && {
      sentence: nearest.sentence,
      changes: nearest.changes.map(({ path, from, to }) => ({
        fact: path,
        from: copy(from),
        to: copy(to),
      })),
    },
    ["largest_micros"]: largestMicros === null ? null : String(largestMicros),
  };
}

type Value = z.input<typeof fact>;

function copy(value: Value | readonly (string | number)[]): Value {
  return Array.isArray(value) ? [...value] : value as Value;
}
