/**
 * What happened to changes, and the audit log of it, as printed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { AuditHead, AuditRecord } from "../../domain/audit_log.ts";
import type { ChangeEvent } from "../../domain/change_event.ts";
import type { Engine } from "../../engine.ts";
import { changeClassField, changeStateField, hashText } from "./change_json.ts";
import { instantField } from "./fields.ts";

/** One thing that happened to a change. */
export const changeEventSchema = z.object({
  version: z.int(),
  act: z.string().openapi({ example: "approve" }),
  from: changeStateField.nullable().openapi({
    description: "null: it was proposed",
  }),
  to: changeStateField,
  by: z.string(),
  human: z.boolean(),
  groups: z.array(z.string()),
  at: instantField,
  reason: z.string(),
  cycle: z.int(),
  content: hashText,
  base: hashText.nullable(),
  evidence: hashText.nullable(),
  class: changeClassField.nullable(),
  quorum: z.object({
    approvals: z.int(),
    groups: z.array(z.string()),
  }).nullable(),
  moved: z.object({
    seq: z.int(),
    before: hashText.nullable(),
    after: hashText.nullable(),
    trial: hashText.nullable(),
  }).nullable().openapi({
    description: "What ran before, runs after, and is on trial; null: the same",
  }),
  findings: z.unknown().openapi({
    description:
      "What an approval signed, what ended a trial; null for nothing",
  }),
}).openapi("ChangeEvent");

const headSchema = z.object({ seq: z.int(), hash: hashText });

/** A part of the audit log. */
export const auditSchema = z.object({
  records: z.array(
    z.object({
      seq: z.int(),
      prev: hashText,
      hash: hashText.openapi({
        description: "SHA-256 over the lines `prev`, `seq` and `record`",
      }),
      record: z.string().openapi({
        description:
          "What happened, as canonical JSON: the text that is hashed",
      }),
    }),
  ),
  head: headSchema.openapi({
    description: "Where the log ends: a copy elsewhere tells if it is cut off",
  }),
}).openapi("AuditLog");

/** What is wrong with the audit log. */
export const auditVerdictSchema = z.object({
  sound: z.boolean().openapi({
    description: "Whether there are neither damages nor faults",
  }),
  head: headSchema,
  anchor: headSchema.openapi({
    description: "Acts up to this record were retired; 0: none were",
  }),
  covered: z.int().openapi({
    description:
      "The last record that a checkpoint which can be trusted signed; 0 without one",
  }),
  damages: z.array(z.object({
    seq: z.int(),
    kind: z.enum(["removed", "changed", "unlogged"]),
    about: z.string().nullable().openapi({
      description: "Change or subject that it is about",
    }),
  })),
  faults: z.array(z.object({
    seq: z.int().openapi({
      description: "Record that a checkpoint signed; 0 where it cannot be read",
    }),
    kind: z.enum([
      ...["form", "key", "signature", "origin"] as const,
      ...["forked", "rewritten", "cut"] as const,
    ]).openapi({
      description:
        "What is wrong with a checkpoint itself; forked: two tell of different logs; rewritten: another record stands there, and may do so from the checkpoint before on; cut: the log ends before",
    }),
    detail: z.string(),
  })).openapi({
    description:
      "What checkpoints speak against, the first record that differs first",
  }),
}).openapi("AuditVerdict");

/**
 * Prints what happened to a change.
 *
 * @param event The event.
 * @returns JSON-like value.
 */
export function changeEventToJson(
  { change: _change, kind: _kind, subject: _subject, ...event }: ChangeEvent,
): z.input<typeof changeEventSchema> {
  const { groups, quorum, moved } = event;
  return {
    ...event,
    groups: [...groups],
    quorum: quorum && { ...quorum, groups: [...quorum.groups] },
    moved: moved && { ...moved },
  };
}

/**
 * Prints a part of the audit log.
 *
 * @param records In order.
 * @param head Where the log ends.
 * @returns JSON-like value.
 */
export function auditToJson(
  records: readonly AuditRecord[],
  head: AuditHead,
): z.input<typeof auditSchema> {
  return {
    records: records.map(({ seq, prev, hash, record }) => ({
      ...{ seq, prev, hash, record },
    })),
    head: headToJson(head),
  };
}

/**
 * Prints what is wrong with the audit log.
 *
 * @param found What verifying it found.
 * @returns JSON-like value.
 */
export function auditVerdictToJson(
  found: Awaited<ReturnType<Engine["verifyActs"]>>,
): z.input<typeof auditVerdictSchema> {
  const { sound, head, anchor, covered, damages, faults } = found;
  return {
    ...{ sound, head: headToJson(head), anchor: headToJson(anchor), covered },
    faults: faults.map(({ seq, kind, detail }) => ({ seq, kind, detail })),
    damages: damages.map(({ seq, kind, about }) => ({ seq, kind, about })),
  };
}

function headToJson({ seq, hash }: AuditHead) {
  return { seq, hash };
}
