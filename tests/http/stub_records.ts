/**
 * Records that the stub engine answers with, every member filled.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import type { Decision, DecisionRequest } from "../../core/domain/decision.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { ModelRecord, ModelUse } from "../../core/domain/score.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";

/** When everything of the stub happened. */
export const AT = "2026-01-31T09:00:00.000Z";
const UNTIL = "2026-01-31T09:05:00.000Z";

/** A bid for model `bidder`, an action otherwise. */
export function decisionOf(
  request: DecisionRequest | null,
  id: string,
): Decision {
  const bids = request?.model === "bidder";
  return {
    id,
    at: AT,
    validUntil: UNTIL,
    score: 0.25,
    recommendation: bids
      ? {
        kind: "bid",
        bidMicros: Math.min(request?.constraints.maxBidMicros ?? 2e6, 2e6),
        currency: "EUR",
      }
      : { kind: "action", action: "mens_email" },
    actions: bids ? [] : [
      { action: "mens_email", score: 0.25, worthMicros: 12.4, allowed: true },
      { action: "none", score: 0.1, worthMicros: 0, allowed: true },
    ],
    applied: [{
      rule: "bid_limits@1/cap_display",
      effect: "cap",
      missing: false,
      beforeMicros: 2_000_000,
      afterMicros: 1_500_000,
      reason: "Bids stay below the cap",
    }],
    policySet: "f".repeat(64),
    modelVersion: "email_visit@1",
    rung: "previous",
    falls: [{ from: "champion", cause: "artifact_corrupt" }],
    features: {
      "request.hour": { value: 9, status: "given", at: AT },
      "audience.zip": { value: null, status: "missing", at: null },
    },
  };
}

/** A validated plan for one entity. */
export function planOf(id: string): Plan {
  const operation = {
    id: "op_1",
    target: "campaign:c-1",
    field: "budget_micros_per_day",
    expect: "100",
    set: "200",
  } as const;
  return {
    id,
    state: "validated",
    createdBy: "planner",
    createdAt: AT,
    validity: { from: AT, until: UNTIL },
    period: { from: "2026-02-02", until: "2026-02-09" },
    currency: "EUR",
    totalMicros: 9_007_199_254_740_993n,
    modelVersion: "media_mix@1",
    policySet: "f".repeat(64),
    objective: {
      unit: "revenue_micros",
      outcome: 10,
      currentOutcome: 9,
      upperBound: 10.001,
      gap: 0.0001,
    },
    binding: [{ constraint: "budget", shadowPrice: 1.5 }],
    recommendations: [{
      entity: "campaign:c-1",
      parent: "channel:search",
      budgetMicros: 9_007_199_254_740_993n,
      currentMicros: 700n,
      expectedOutcome: 10,
      marginalOutcome: 1.5,
      boundsMicros: [0n, 9_007_199_254_740_994n],
      applied: [],
      warnings: ["beyond the spend ever seen"],
    }],
    changeSet: {
      id: "c".repeat(64),
      destination: "file",
      operations: [operation],
      inverse: [{ ...operation, expect: "200", set: "100" }],
      rate: { batch: 1, pauseMs: 0 },
    },
    approvedBy: null,
    findings: [],
  };
}

const USES: Record<string, ModelUse> = {
  ["email_visit"]: {
    kind: "action",
    valueMicros: 5_000_000n,
    currency: "USD",
    actions: ["mens_email", "none"],
    costMicros: { ["mens_email"]: 1000n },
    control: "none",
  },
  bidder: {
    kind: "bid",
    valueMicros: 5_000_000n,
    currency: "EUR",
    targetReturnPermille: 4000,
  },
  ["media_mix"]: { kind: "plan", currency: "EUR" },
};

/** A pending version. */
export function modelOf(name: string, version: number): ModelRecord {
  return {
    name,
    version,
    family: "logistic@1.0.0",
    use: USES[name] ?? { kind: "plan", currency: "EUR" },
    schema: {
      inputs: [{
        name: "audience.zip",
        kind: "category",
        vocabulary: ["Rural"],
        fill: null,
        typical: "Rural",
      }, { name: "audience.recency", kind: "number", fill: 0, typical: 4.5 }],
      actions: ["mens_email"],
      crossed: true,
    },
    unit: "probability",
    metrics: { auc: 0.7 },
    lineage: {
      asOf: AT,
      code: "0.1.0",
      seed: 7,
      rows: 100,
      datasetHash: "d",
      views: ["audience@1"],
      spec: "{}",
    },
    artifactKind: "onnx",
    artifactHash: "e",
    status: "pending",
    createdBy: "trainer",
    createdAt: AT,
    reviewedBy: null,
    reviewedAt: null,
  };
}

/** A view of campaigns. */
export const VIEW: FeatureView = {
  name: "campaign_daily",
  version: 2,
  entity: "campaign",
  owner: "growth",
  purposes: ["optimization"],
  about: "Campaigns",
  ttlSeconds: 3600,
  source: { grain: "performance", level: "campaign" },
  features: ["clicks_count_1d", "clicks_count_7d"].map((name) => ({
    name,
    about: "Clicks",
    unit: "count",
    aggregation: { how: "sum", of: "clicks" },
    window: "7d",
  })),
};

const policy: PolicyDocument = {
  policy: "bid_limits",
  version: 1,
  owner: "finance",
  about: "Bids stay below the cap",
  on: ["bid"],
  rules: [{
    id: "cap_display",
    when: { "==": [{ var: "context.channel" }, "display"] },
    effect: "cap",
    to: 1_500_000,
    reason: "Bids stay below the cap",
  }],
  cases: [{
    note: "display is capped",
    facts: { context: { channel: "display" }, amount: { micros: 2_000_000 } },
    want: ["cap_display"],
    wantMicros: 1_500_000,
  }],
};

/** Three policies: of all tenants, of `acme`, and of another. */
export const POLICIES = compilePolicySet([
  policy,
  { ...policy, policy: "ours", appliesTo: { tenants: ["acme"] } },
  { ...policy, policy: "theirs", appliesTo: { tenants: ["rival"] } },
]);

/** Why `dec_1` was taken. */
export const EXPLANATION: Awaited<
  ReturnType<Engine["decisions"]["explain"]>
> = {
  decisionId: "dec_1",
  summary: 'Recommended "mens_email".',
  recommendation: { kind: "action", action: "mens_email" },
  rung: "champion",
  falls: [],
  modelVersion: "email_visit@1",
  score: 0.25,
  attribution: { method: "replace_typical", unit: "score", base: null },
  contributions: [{
    feature: "audience.recency",
    value: 1,
    status: "fresh",
    typical: 4.5,
    scoreAtTypical: 0.2,
    effect: 0.05,
  }],
  applied: [],
  verdicts: [{
    action: "womens_email",
    passes: false,
    rules: [{
      rule: "consent@2/email_without_consent",
      effect: "deny",
      sentence: "An action is refused: No consent to e-mail.",
      holds: true,
      conditions: [{
        text: "not (compliance.consent_email)",
        holds: true,
        facts: { "compliance.consent_email": false },
      }],
      missing: [],
    }],
    nearest: {
      passes: true,
      changes: [{ path: "compliance.consent_email", from: false, to: true }],
      sentence: "It would pass if the flag consent_email were set.",
    },
    largestMicros: null,
  }],
  policySet: "f".repeat(64),
  same: true,
};

/** What `dec_1` was asked for. */
export const REQUEST: DecisionRequest = {
  model: null,
  entities: { campaign: "c-17" },
  zone: null,
  actions: null,
  features: {},
  constraints: {
    maxBidMicros: 1_500_000,
    minBidMicros: null,
    budgetRemainingMicros: null,
    contactsDay: null,
    contactsWeek: null,
    compliance: {},
  },
};
