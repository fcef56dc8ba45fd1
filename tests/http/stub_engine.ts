/**
 * An engine in memory, for tests of the HTTP interface alone: it keeps what it is
 * given by tenant, honours idempotency keys, and remembers what reached it.
 *
 * @module
 */
import type { Mask } from "../../core/decisions/log/records/masks.ts";
import { createApiKey } from "../../core/http/access/api_key.ts";
import type { DeliveryJob, Engine } from "../../core/engine.ts";
import { openVerifyActs } from "../../core/engine/verify_acts.ts";
import type { DecisionRequest } from "../../core/domain/decision.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import { type ApiKey, type Scope, SCOPES } from "../../core/ports/access.ts";
import type { Idempotent } from "../../core/http/idempotency_key.ts";
import { saySet } from "../../core/verdicts/explain/sentence.ts";
import { AT, POLICIES } from "./stub_records.ts";
import {
  type ErasureDesk,
  type FeatureDesk,
  openErasureDesk,
  openFeatureDesk,
} from "./stub_features.ts";
import { type BudgetCalls, openBudgetDesk } from "./stub_budgets.ts";
import { openChangeDesk } from "./stub_changes.ts";
import { openDecisionDesk } from "./stub_decisions.ts";
import { openJobDesk } from "./stub_jobs.ts";
import { KEY, openKeyDesk } from "./stub_keys.ts";
import { openModelDesk } from "./stub_models.ts";
import { TRIALS } from "./stub_trials.ts";
import { openPlanDesk } from "./stub_plans.ts";
import { RECEIPT, SIGNALS, TRUST } from "./stub_signals.ts";

/** What the stub lets a test see and set. */
export interface Stub {
  readonly engine: Engine;
  /** Requests that reached the stages, the latest last. */
  readonly decided: DecisionRequest[];
  readonly planned: PlanRequest[];
  /** Why plans were moved. */
  readonly said: string[];
  readonly delivered: DeliveryJob[];
  readonly read: FeatureDesk["read"];
  readonly told: BudgetCalls;
  readonly erased: ErasureDesk["jobs"];
  /** What is wrong with each part. */
  readonly health: Record<string, string | null>;
  /** The present. */
  now: string;
  /** Thrown by the next decision, if set. */
  failure: unknown;
  /** What the operator masks beside the ids of people. */
  masks: readonly Mask[];
  /** How often keys were looked up. */
  lookups: number;
  /** Makes a key and returns its text. */
  grant(grant?: Partial<ApiKey>): string;
  revoke(text: string): void;
}

interface Kept {
  readonly hash: string;
  readonly answer: string;
}

/** Makes a stub with tenant `acme` (a decision, a plan, three models) and others empty. */
export function createStub(): Stub {
  const keys = new Map([[KEY.id, KEY]]);
  const answers = new Map<string, Kept>();
  const desk = openFeatureDesk();
  const erasing = openErasureDesk();
  const spending = openBudgetDesk();
  const changing = openChangeDesk({ now: () => stub.now });
  let requests = 0;

  function once(
    tenant: string,
    idempotent: Idempotent | null,
    make: () => string,
  ): { answer: string; replayed: boolean } {
    const key = `${tenant}/${idempotent?.route}/${idempotent?.key}`;
    const kept = idempotent && answers.get(key);
    if (kept && kept.hash !== idempotent?.requestHash) {
      throw new EngineError("idempotency_key_reused", "Cannot reuse key");
    }
    if (kept) return { answer: kept.answer, replayed: true };
    const answer = make();
    if (idempotent) answers.set(key, { hash: idempotent.requestHash, answer });
    return { answer, replayed: false };
  }

  const stub: Omit<Stub, "engine"> = {
    decided: [],
    planned: [],
    said: [],
    delivered: [],
    read: desk.read,
    told: spending.calls,
    erased: erasing.jobs,
    health: { postgres: null, kv: null },
    now: "2026-01-31T09:00:00.000Z",
    failure: null,
    masks: [],
    lookups: 0,
    grant(grant = {}) {
      const made = createApiKey({
        tenant: "acme",
        name: "tester",
        scopes: SCOPES as readonly Scope[],
        person: true,
        createdAt: stub.now,
        expiresAt: null,
        ...grant,
      });
      keys.set(made.key.id, { ...made.key, ...grant });
      return made.text;
    },
    revoke(text) {
      const id = text.split("_")[1] ?? "";
      const key = keys.get(id);
      if (key) keys.set(id, { ...key, revokedAt: stub.now });
    },
  };

  const engine: Engine = {
    acting: (_act, work) => work(),
    once: async (tenant, idempotent, { run }) => {
      const name = `${tenant}/${idempotent.route}/${idempotent.key}`;
      if (answers.has(name)) {
        const { answer } = once(tenant, idempotent, () => "");
        return { ...JSON.parse(answer), replayed: true };
      }
      const { status, text } = await run();
      const answer = JSON.stringify({ status, text });
      answers.set(name, { hash: idempotent.requestHash, answer });
      return { status, text, replayed: false };
    },
    decisions: openDecisionDesk(stub, once),
    plans: openPlanDesk({
      planned: (request) => void stub.planned.push(request),
      said: (reason) => void stub.said.push(reason),
      once,
    }),
    budgets: spending.budgets,
    features: desk.features,
    erase: erasing.erase,
    erasures: erasing.erasures,
    jobs: openJobDesk(),
    models: openModelDesk(),
    compared: () => [],
    ...{ spooled: () => null, turnedAway: () => 0 },
    lookAt: () => Promise.reject(new Error("no look is asked for over HTTP")),
    looks: {
      latest: (tenant, name) =>
        Promise.resolve(
          tenant === "acme" && name === "bidder"
            ? [{
              ...{ name, version: 1, kind: "look", at: AT },
              findings: { findings: [{ name: "audience.recency" }] },
            }]
            : [],
        ),
    },
    trials: TRIALS,
    trust: TRUST,
    signals: SIGNALS,
    keys: openKeyDesk(keys, () => stub.lookups += 1),
    clock: { now: () => stub.now },
    ids: {
      next: (prefix) => `${prefix}_${String(++requests).padStart(26, "0")}`,
    },
    policies: () => POLICIES,
    ...changing,
    verifyActs: openVerifyActs({}, changing.changes),
    spokenPolicies: (tenant) => saySet(POLICIES, tenant),
    async receive(job) {
      const report = await receiveStub(job);
      stub.delivered.push(job);
      return report;
    },
    actFor: (_tenant, work) => work(),
    tenantOf: () => null,
    pseudonymOf: (tenant, id) =>
      Promise.resolve(id.includes("@") ? `email_of_${tenant}` : id),
    configured: () => [],
    quota: () => [],
    guards: { states: () => [], onUse: () => {} },
    streamLag: () => Promise.resolve([]),
    health: () => Promise.resolve({ ...stub.health }),
    close: () => Promise.resolve(),
  };
  return Object.assign(stub, { engine });
}

function receiveStub({ tenant, source, delivery }: DeliveryJob) {
  if (tenant !== "acme" || source !== "shop") {
    throw new EngineError("not_found", `Cannot find source "${source}"`);
  }
  if (delivery.headers["x-signature"] !== "right") {
    throw new EngineError("signature_invalid", "Cannot accept delivery");
  }
  return Promise.resolve(RECEIPT);
}
