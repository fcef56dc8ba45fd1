/**
 * What a reviewer looks at: the change with its evidence, what an approval of it signs,
 * and who has yet to agree.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Change, ChangeEvidence, Signature } from "../../domain/change.ts";
import type { Engine } from "../../engine.ts";
import {
  changeClassField,
  changeSchema,
  changeToJson,
  hashText,
} from "./change_json.ts";
import { instantField } from "./fields.ts";

/** What an approval is bound to, in the words of the wire and of the engine alike. */
export const signatureSchema = z.strictObject({
  content: z.string().max(64),
  base: z.string().max(64).nullable(),
  evidence: z.string().max(64),
  cycle: z.int().min(0),
}).openapi("ChangeSignature");

const itemSchema = z.object({
  name: z.string().openapi({ example: "mutation" }),
  passed: z.boolean(),
  summary: z.string(),
  report: z.unknown().optional().openapi({
    description: "All of it; left out where the summary says it",
  }),
});

const evidenceSchema = z.object({
  hash: hashText,
  class: changeClassField,
  proven: z.boolean().openapi({
    description: "Whether the class is proven; else it is reviewed as mixed",
  }),
  owners: z.array(z.string()),
  guardians: z.array(z.string()),
  items: z.array(itemSchema),
  problems: z.array(z.string()).openapi({
    description: "What must be mended before it is reviewed",
  }),
}).openapi("ChangeEvidence");

/** A change with all that a reviewer needs. */
export const reviewedChangeSchema = changeSchema.extend({
  evidence: evidenceSchema.nullable(),
  difference: z.array(z.string()).openapi({
    description: "What changes, in sentences",
  }),
  counterexamples: z.array(z.string()).openapi({
    description: "Decisions that come out otherwise, in sentences",
  }),
  quorum: z.object({
    approvals: z.int(),
    groups: z.array(z.string()),
  }).nullable(),
  signs: signatureSchema.nullable().openapi({
    description: "What an approval given now has to sign: send it back as is",
  }),
  approvals: z.array(z.object({
    by: z.string(),
    groups: z.array(z.string()),
    at: instantField,
    reason: z.string(),
  })).openapi({ description: "Consents that hold" }),
  missing: z.string().nullable().openapi({
    description: "Who has yet to agree; null if nobody",
    example: "it needs 1 more approval",
  }),
  permitted: z.array(z.string()).openapi({
    description: "Steps that the caller may try, as the paths name them",
  }),
}).openapi("ReviewedChange");

/** How a review stands. */
export type ReviewState = ReturnType<Engine["changes"]["review"]>;

/**
 * Prints a change for review.
 *
 * @param change The change.
 * @param told How its review stands, and what the caller may do.
 * @returns JSON-like value.
 */
export function reviewedChangeToJson(
  change: Change,
  { review, permitted }: {
    readonly review: ReviewState;
    readonly permitted: readonly string[];
  },
): z.input<typeof reviewedChangeSchema> {
  const { evidence, quorum } = change;
  return {
    ...changeToJson(change),
    evidence: evidence && evidenceToJson(evidence),
    ...sentencesOf(evidence),
    quorum: quorum &&
      { approvals: quorum.approvals, groups: [...quorum.groups] },
    signs: review.signs && signatureToJson(review.signs),
    approvals: review.approvals.map(({ by, groups, at, reason }) => ({
      ...{ by, at, reason },
      groups: [...groups],
    })),
    missing: review.missing,
    permitted: [...permitted],
  };
}

const MeaningReport = z.object({
  sentences: z.array(z.string()).default([]),
  counterexamples: z.array(z.object({ sentence: z.string() })).default([]),
});

/**
 * What the evidence says of a change in sentences.
 *
 * @param evidence The evidence; null for none.
 * @returns Nothing where it says nothing.
 */
export function sentencesOf(
  evidence: ChangeEvidence | null,
): { difference: string[]; counterexamples: string[] } {
  const meaning = evidence?.items.find(({ name }) => name === "meaning");
  const { data } = MeaningReport.safeParse(meaning?.report);
  return {
    difference: data?.sentences ?? [],
    counterexamples: data?.counterexamples.map((one) => one.sentence) ?? [],
  };
}

function evidenceToJson(
  { hash, proven, owners, guardians, items, problems, ...evidence }:
    ChangeEvidence,
): z.input<typeof evidenceSchema> {
  return {
    ...{ hash, class: evidence.class, proven },
    owners: [...owners],
    guardians: [...guardians],
    items: items.map((item) => ({ ...item })),
    problems: [...problems],
  };
}

function signatureToJson({ content, base, evidence, cycle }: Signature) {
  return { content, base, evidence, cycle };
}
