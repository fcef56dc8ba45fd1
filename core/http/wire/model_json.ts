/**
 * A model's record on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { ModelInput } from "../../domain/encoding.ts";
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import type { ModelUse } from "../../domain/score.ts";
import { instantField, moneyText } from "./fields.ts";

const useSchema = z.object({
  kind: z.enum(["bid", "win", "action", "plan"]),
  currency: z.string(),
  value: moneyText.nullable().openapi({
    description:
      "Worth of one outcome; null where the score is money already, and for win and plan",
  }),
  target_return_permille: z.number().nullable(),
  landscape: z.string().nullable().openapi({
    description: "Model for use win by which bids are shaded",
  }),
  actions: z.array(z.string()),
  costs: z.record(z.string(), moneyText),
  control: z.string().nullable(),
});

/** One version of a model. */
export const modelSchema = z.object({
  model_version: z.string().openapi({ example: "email_visit@3" }),
  name: z.string(),
  version: z.int(),
  family: z.string(),
  use: useSchema,
  inputs: z.array(z.object({
    name: z.string(),
    kind: z.enum(["number", "category"]),
    vocabulary: z.array(z.string()),
    fill: z.number().nullable(),
    typical: z.union([z.number(), z.string(), z.null()]),
  })),
  actions: z.array(z.string()),
  crossed: z.boolean(),
  unit: z.string(),
  metrics: z.record(z.string(), z.number().nullable()),
  lineage: z.object({
    as_of: instantField,
    code: z.string(),
    seed: z.number(),
    rows: z.int(),
    dataset_hash: z.string(),
    views: z.array(z.string()),
    spec: z.string(),
  }),
  artifact: z.object({ kind: z.enum(["onnx", "curves"]), hash: z.string() }),
  status: z.enum(["pending", "approved", "rejected"]),
  created_by: z.string(),
  created_at: instantField,
  reviewed_by: z.string().nullable(),
  reviewed_at: instantField.nullable(),
}).openapi("Model");

/** How a view that a model reads was served in the last days. */
const consistencySchema = z.object({
  view: z.string().openapi({ example: "orders@2" }),
  checked: z.int(),
  mismatched: z.int(),
  upper_bound: z.number().openapi({
    description:
      "At most that share of the served vectors differs from the signals, at 95 percent; few checks say little",
  }),
}).openapi("Consistency");

/** A version that was reviewed. */
export const reviewedSchema = modelSchema.extend({
  consistency: z.array(consistencySchema),
}).openapi("ReviewedModel");

/**
 * Prints how a view was served.
 *
 * @param report What the comparisons say.
 * @returns JSON-like value.
 */
export function consistencyToJson(
  { name, version, checked, mismatched, upper }: {
    readonly name: string;
    readonly version: number;
    readonly checked: number;
    readonly mismatched: number;
    readonly upper: number;
  },
): z.input<typeof consistencySchema> {
  const view = printModelRef({ name, version });
  return { view, checked, mismatched, upper_bound: upper };
}

/**
 * Prints a model's record.
 *
 * @param model The record.
 * @returns JSON-like value.
 */
export function modelToJson(model: ModelRecord): z.input<typeof modelSchema> {
  return {
    model_version: printModelRef(model),
    name: model.name,
    version: model.version,
    family: model.family,
    use: useToJson(model.use),
    inputs: model.schema.inputs.map(inputToJson),
    actions: [...model.schema.actions],
    crossed: model.schema.crossed,
    unit: model.unit,
    metrics: { ...model.metrics },
    lineage: lineageToJson(model.lineage),
    artifact: { kind: model.artifactKind, hash: model.artifactHash },
    status: model.status,
    created_by: model.createdBy,
    created_at: model.createdAt,
    reviewed_by: model.reviewedBy,
    reviewed_at: model.reviewedAt,
  };
}

function lineageToJson(lineage: ModelRecord["lineage"]) {
  const { asOf, code, seed, rows, datasetHash, views, spec } = lineage;
  return {
    as_of: asOf,
    code,
    seed,
    rows,
    dataset_hash: datasetHash,
    views: [...views],
    spec,
  };
}

function inputToJson({ name, kind, vocabulary, fill, typical }: ModelInput) {
  return { name, kind, vocabulary: [...vocabulary ?? []], fill, typical };
}

function useToJson(use: ModelUse): z.input<typeof useSchema> {
  const { kind, currency } = use;
  const money = (micros: bigint) => ({ micros: `${micros}`, currency });
  const action = kind === "action" ? use : null;
  const costs = Object.entries(action?.costMicros ?? {});
  const worth = kind === "bid" || kind === "action" ? use.valueMicros : null;
  return {
    kind,
    currency,
    value: worth === null ? null : money(worth),
    target_return_permille: kind === "bid" ? use.targetReturnPermille : null,
    landscape: kind === "bid" ? use.landscape ?? null : null,
    actions: [...action?.actions ?? []],
    costs: Object.fromEntries(
      costs.map(([name, micros]) => [name, money(micros)]),
    ),
    control: action?.control ?? null,
  };
}
