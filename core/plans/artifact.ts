/**
 * A plan as the file that automation reads: its writes, what undoes them, and a
 * hash of it all.
 *
 * Money is text in micros. `remainder_micros` is what a budget for the period holds
 * beyond its daily budget times the days.
 *
 * @module
 */
import * as z from "zod";
import { digest } from "../domain/canonical.ts";
import { countDays, isDay } from "../domain/day.ts";
import { type EntityKey, parseEntityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type { ChangeOperation, Plan } from "../domain/plan.ts";
import { identify } from "./change_set.ts";

const micros = z.string().regex(/^\d+$/);
const day = z.string().refine(isDay);
const entity = z.string().refine(isEntityKey).transform((key) =>
  key as EntityKey
);
const operation = z.strictObject({
  id: z.string(),
  target: entity,
  field: z.string(),
  expect: z.string().nullable(),
  set: z.string().nullable(),
});

const Body = z.strictObject({
  schema_version: z.literal(1),
  plan_id: z.string(),
  validity: z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime() }),
  period: z.strictObject({ from: day, until: day }),
  currency: z.string(),
  model_version: z.string(),
  policy_set: z.string(),
  total_micros: micros,
  recommendations: z.array(z.strictObject({
    entity,
    parent: entity.nullable(),
    budget_micros: micros,
    budget_micros_per_day: micros,
    remainder_micros: micros,
    current_micros: micros,
    bounds_micros: z.tuple([micros, micros]),
    expected_outcome: z.number(),
    marginal_outcome: z.number(),
    rules: z.array(z.string()),
    warnings: z.array(z.string()),
  })),
  change_set: z.strictObject({
    id: z.string(),
    destination: z.string(),
    operations: z.array(operation),
    inverse: z.array(operation),
  }),
});

const Artifact = Body.extend({ content_hash: z.string() });

/** The file's content, names as in the file. */
export type PlanArtifact = z.infer<typeof Artifact>;

/** Prints a plan's artifact. */
export function printArtifact(plan: Plan): string {
  const body = buildBody(plan);
  return JSON.stringify({ ...body, content_hash: digest(body) }, null, 2) +
    "\n";
}

/**
 * Reads an artifact; the inverse of {@link printArtifact}.
 *
 * @throws {EngineError} `artifact_corrupt` if it is none, or was changed.
 */
export function parseArtifact(text: string): PlanArtifact {
  const artifact = readArtifact(text);
  const { content_hash: hash, ...body } = artifact;
  const { id, destination, operations } = artifact.change_set;
  if (digest(body) !== hash || identify(destination, operations) !== id) {
    throw new EngineError(
      "artifact_corrupt",
      `Cannot read artifact of plan "${artifact.plan_id}": its content does not have its hash; print it again`,
      { facts: { plan: artifact.plan_id } },
    );
  }
  return artifact;
}

function readArtifact(text: string): PlanArtifact {
  try {
    return Artifact.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(
      "artifact_corrupt",
      "Cannot read plan artifact: it is not an artifact of schema version 1",
      { cause },
    );
  }
}

function buildBody(plan: Plan): z.infer<typeof Body> {
  const days = BigInt(countDays(plan.period));
  return {
    schema_version: 1,
    plan_id: plan.id,
    validity: plan.validity,
    period: plan.period,
    currency: plan.currency,
    model_version: plan.modelVersion,
    policy_set: plan.policySet,
    total_micros: `${plan.totalMicros}`,
    recommendations: plan.recommendations.map((row) => ({
      entity: row.entity,
      parent: row.parent,
      budget_micros: `${row.budgetMicros}`,
      budget_micros_per_day: `${row.budgetMicros / days}`,
      remainder_micros: `${row.budgetMicros % days}`,
      current_micros: `${row.currentMicros}`,
      bounds_micros: [`${row.boundsMicros[0]}`, `${row.boundsMicros[1]}`],
      expected_outcome: row.expectedOutcome,
      marginal_outcome: row.marginalOutcome,
      rules: row.applied.map(({ rule }) => rule),
      warnings: [...row.warnings],
    })),
    change_set: {
      id: plan.changeSet.id,
      destination: plan.changeSet.destination,
      operations: plan.changeSet.operations.map(copyOperation),
      inverse: plan.changeSet.inverse.map(copyOperation),
    },
  };
}

function copyOperation(
  { id, target, field, expect, set }: ChangeOperation,
): z.infer<typeof operation> {
  return { id, target, field, expect, set };
}

function isEntityKey(key: string): boolean {
  try {
    parseEntityKey(key);
    return true;
  } catch {
    return false;
  }
}
