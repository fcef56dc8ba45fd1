/**
 * What speaks for a model on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  Estimate,
  Interval,
  MixChannel,
  MixEvidence,
  ModelEvidence,
  ReferenceColumn,
} from "../../domain/evidence.ts";

const interval = z.tuple([z.number(), z.number()]).openapi({
  description: "Low and high end at 90 percent",
});
const estimate = z.object({ mean: z.number(), interval });
const measures = z.record(z.string(), z.number().nullable());

const referenceColumn = z.object({
  name: z.string(),
  kind: z.enum(["number", "category"]),
  edges: z.array(z.number()),
  words: z.array(z.string()),
  counts: z.array(z.int()),
}).openapi("ReferenceColumn");

const mixSchema = z.object({
  channels: z.array(z.object({
    name: z.string(),
    contribution: estimate,
    roas: estimate,
    marginal_roas: estimate,
  })),
  decomposition: z.record(z.string(), z.array(z.number())),
  method: z.string(),
  r_hat: z.number().nullable(),
  effective_draws: z.number().nullable(),
  divergences: z.number().nullable(),
});

/** All that speaks for a version. */
export const evidenceSchema = z.object({
  intervals: z.record(z.string(), interval),
  reliability: z.array(
    z.object({ said: z.number(), happened: z.number(), rows: z.int() }),
  ),
  slices: z.array(z.object({
    by: z.string(),
    value: z.string(),
    rows: z.int(),
    metrics: measures,
  })),
  importance: z.array(z.object({ name: z.string(), share: z.number() })),
  reference: z.object({
    inputs: z.array(referenceColumn),
    score: referenceColumn,
  }).nullable(),
  findings: z.array(z.object({
    code: z.string(),
    input: z.string().nullable(),
    text: z.string(),
  })),
  gates: z.array(z.object({
    metric: z.string(),
    bound: z.enum(["min", "max"]),
    limit: z.number(),
    value: z.number().nullable(),
    holds: z.boolean(),
  })),
  trials: z.array(z.object({
    number: z.int(),
    params: z.record(z.string(), z.unknown()),
    loss: z.number().nullable(),
    effort: z.number(),
  })),
  mix: mixSchema.nullable(),
}).openapi("ModelEvidence");

/**
 * Prints what speaks for a version.
 *
 * @param evidence What does.
 * @returns JSON-like value.
 */
export function evidenceToJson(
  evidence: ModelEvidence,
): z.input<typeof evidenceSchema> {
  const { reference, mix } = evidence;
  return {
    intervals: Object.fromEntries(
      Object.entries(evidence.intervals).map((
        [name, ends],
      ) => [name, printInterval(ends)]),
    ),
    reliability: [...evidence.reliability],
    slices: evidence.slices.map(({ by, value, rows, metrics }) => ({
      ...{ by, value, rows },
      metrics: { ...metrics },
    })),
    importance: [...evidence.importance],
    reference: reference && {
      inputs: reference.inputs.map(columnToJson),
      score: columnToJson(reference.score),
    },
    findings: [...evidence.findings],
    gates: [...evidence.gates],
    trials: evidence.trials.map(({ number, params, loss, effort }) => ({
      ...{ number, loss, effort },
      params: { ...params },
    })),
    mix: mix && mixToJson(mix),
  };
}

function columnToJson(column: ReferenceColumn) {
  const { name, kind, counts } = column;
  return {
    ...{ name, kind },
    edges: column.kind === "number" ? [...column.edges] : [],
    words: column.kind === "category" ? [...column.words] : [],
    counts: [...counts],
  };
}

function mixToJson(mix: MixEvidence): z.input<typeof mixSchema> {
  return {
    channels: mix.channels.map(channelToJson),
    decomposition: Object.fromEntries(
      Object.entries(mix.decomposition).map(([part, means]) => [
        part,
        [...means],
      ]),
    ),
    method: mix.method,
    r_hat: mix.rHat,
    effective_draws: mix.effectiveDraws,
    divergences: mix.divergences,
  };
}

function channelToJson({ name, contribution, roas, marginalRoas }: MixChannel) {
  return {
    name,
    contribution: estimateToJson(contribution),
    roas: estimateToJson(roas),
    marginal_roas: estimateToJson(marginalRoas),
  };
}

function estimateToJson({ mean, interval }: Estimate) {
  return { mean, interval: printInterval(interval) };
}

function printInterval([low, high]: Interval): [number, number] {
  return [low, high];
}
