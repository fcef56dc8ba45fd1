/**
 * The ports of decisions in memory, for tests: models are plain functions.
 *
 * @module
 */
import type { DecisionRequest } from "../domain/decision.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import { EngineError } from "../domain/error.ts";
import type { EncodingRow } from "../domain/encoding.ts";
import type { ModelRecord, ModelUse } from "../domain/score.ts";
import type { PolicyArchive } from "../ports/decisions.ts";
import type { PolicyDocument } from "../domain/verdict.ts";
import type { Scorer } from "../scores/scorer.ts";
import type { Scores } from "../scores/scores.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { createLimits } from "./limits/limits.ts";
import { createMemoryLimits } from "./limits/memory_limits_test.ts";
import { createDecisions, type DecisionScope } from "./decisions.ts";
import {
  createMemoryLog,
  type MemoryLog,
} from "./log/records/memory_log_test.ts";

/** A model that scores by a function of its inputs and the action. */
export function scorerOf(
  use: ModelUse,
  options: {
    name?: string;
    version?: number;
    score?: (row: EncodingRow) => number;
    artifact?: Uint8Array;
  } = {},
): Scorer {
  const { name = "email_visit", version = 1, score = () => 0.5 } = options;
  const record: ModelRecord = {
    name,
    version,
    family: "propensity_logistic@1.0.0",
    use,
    schema: {
      inputs: [
        { name: "audience.recency", kind: "number", fill: 6, typical: 6 },
        { name: "request.hour", kind: "number", fill: 12, typical: 12 },
      ],
      actions: use.kind === "action" ? use.actions : [],
      crossed: false,
    },
    unit: "probability",
    metrics: {},
    lineage: {
      asOf: AT,
      code: "1",
      seed: 1,
      rows: 1,
      datasetHash: "",
      views: [],
      spec: "{}",
    },
    artifactKind: "onnx",
    artifactHash: "",
    status: "approved",
    createdBy: "trainer",
    createdAt: AT,
    reviewedBy: "reviewer",
    reviewedAt: AT,
  };
  return {
    record,
    score: (rows) => Promise.resolve(Float64Array.from(rows, score)),
    artifact: () => Promise.resolve(options.artifact ?? new Uint8Array()),
  };
}

/** Models by name: the champion first, then the one before it. */
export function scoresOf(...scorers: readonly Scorer[]): Scores {
  const absent = () => new EngineError("model_unavailable", "Cannot use model");
  const by = (name: string) =>
    scorers.filter(({ record }) => record.name === name);
  return {
    champion: async (_tenant, name) => {
      const [champion, previous = null] = await by(name);
      if (!champion) throw absent();
      return { champion, previous };
    },
    version: async (_tenant, ref) => {
      const found = await by(ref.name).find(({ record }) =>
        record.version === ref.version
      );
      if (!found) throw absent();
      return found;
    },
    curves: () => Promise.reject(absent()),
    named: async (_tenant, { kind, name }) => {
      const found = await scorers.find(({ record }) =>
        record.use.kind === kind && (name === null || record.name === name)
      );
      if (!found) throw absent();
      return found.record;
    },
    renew: () => Promise.resolve(),
    compared: () => [],
    close: () => Promise.resolve(),
  };
}

export const AT = "2026-01-31T09:00:30.000Z";

export const BID: ModelUse = {
  kind: "bid",
  valueMicros: 20_000_000n,
  currency: "EUR",
  targetReturnPermille: 4000,
};

export const ACTION: ModelUse = {
  kind: "action",
  valueMicros: 1_000_000n,
  currency: "EUR",
  actions: ["mens", "womens", "none"],
  costMicros: { mens: 10_000n, womens: 10_000n },
  control: "none",
};

export const REQUEST: DecisionRequest = {
  model: "email_visit",
  entities: { channel: "email", subject: "u-1" },
  zone: null,
  actions: null,
  features: {},
  constraints: {
    maxBidMicros: null,
    minBidMicros: null,
    budgetRemainingMicros: null,
    contactsDay: null,
    contactsWeek: null,
    compliance: {},
  },
};

/** A policy with one rule. */
export function policyOf(
  rule: PolicyDocument["rules"][number],
  on: PolicyDocument["on"] = ["bid", "action"],
): PolicyDocument {
  return {
    policy: rule.id,
    version: 1,
    owner: "tests",
    about: "One rule.",
    on,
    rules: [rule],
    cases: [{ note: "not run here", facts: {}, want: [] }],
  };
}

export interface World extends DecisionScope {
  readonly log: MemoryLog;
  readonly archived: Map<string, string>;
}

/** Nothing is paid for by a budget. */
export const NO_BUDGETS: BudgetDesk = {
  ready: () => null,
  payerOf: () => null,
  stand: () => ({ refusal: "not_leased" }),
  reserve: () => ({ refusal: "not_leased" }),
  find: () => Promise.resolve(null),
  withdraw: () => {},
};

/** A whole scope; parts may be replaced. */
export function worldOf(
  given: Partial<Omit<World, "log">> & { documents?: PolicyDocument[] } = {},
): World {
  const log = createMemoryLog();
  const archived = new Map<string, string>();
  const archive: PolicyArchive = {
    save: async (hash, text) => void await archived.set(hash, text),
    load: (hash) => Promise.resolve(archived.get(hash) ?? null),
  };
  const policies = compilePolicySet(given.documents ?? []);
  let count = 0;
  return {
    features: {
      read: (_tenant, { ids }) => Promise.resolve(readingsOf(ids)),
      rebuilding: () => false,
    },
    scores: scoresOf(scorerOf(ACTION)),
    policies: () => policies,
    archive,
    log,
    archived,
    idempotency: log.answers,
    budgets: NO_BUDGETS,
    limits: createLimits(createMemoryLimits()),
    clock: { now: () => AT },
    ids: { next: (prefix) => `${prefix}_${++count}` },
    ...given,
  };
}

export function readingsOf(
  ids: readonly string[],
  value = 3,
  status: "fresh" | "stale" = "fresh",
): FeatureReadings {
  return Object.fromEntries(
    ids.map((id) => [id, { value, status, at: "2026-01-31T00:00:00.000Z" }]),
  );
}

/** Takes one decision without a key. */
export async function decideIn(world: World, request: DecisionRequest) {
  const { decision } = await createDecisions(world).decide("acme", request, {
    by: "tester",
    idempotent: null,
    render: ({ id }) => id,
  });
  if (decision === null) throw new TypeError("It is a first answer");
  return decision;
}
