/**
 * The stub's decisions: `dec_1` of tenant `acme`, whatever was asked for first, and what
 * is told of it.
 *
 * @module
 */
import { createMasking } from "../../core/decisions/log/records/masks.ts";
import { showRecord } from "../../core/decisions/log/records/reading.ts";
import type { Engine } from "../../core/engine.ts";
import type { DecisionRecord } from "../../core/domain/decision.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { DecisionOutcome } from "../../core/domain/log_record.ts";
import type { Idempotent } from "../../core/http/idempotency_key.ts";
import { RECOMMENDED } from "./stub_budgets.ts";
import type { Stub } from "./stub_engine.ts";
import { decisionOf, EXPLANATION, REQUEST } from "./stub_records.ts";

/** Keeps the answers of keys. */
type Once = (
  tenant: string,
  idempotent: Idempotent | null,
  make: () => string,
) => { readonly answer: string; readonly replayed: boolean };

/** Opens the decisions. */
export function openDecisionDesk(
  stub: Pick<Stub, "decided" | "told" | "failure" | "masks">,
  once: Once,
): Engine["decisions"] {
  const masking = () => createMasking(stub.masks);
  const outcomes = new Map<string, DecisionOutcome>();
  let count = 0;

  function logged(tenant: string, id: string) {
    return tenant === "acme" && id === "dec_1"
      ? decisionOf(stub.decided[0] ?? null, "dec_1")
      : null;
  }

  function demand(tenant: string, id: string) {
    const decision = logged(tenant, id);
    if (decision) return decision;
    throw new EngineError("not_found", `Cannot find decision "${id}"`);
  }

  function recordOf(tenant: string): DecisionRecord {
    const decision = demand(tenant, "dec_1");
    const request = {
      ...REQUEST,
      entities: { ...REQUEST.entities, subject: "u-48151623" },
    };
    return { v: 1, kind: "decision", tenant, request, decision, by: "tester" };
  }

  function rowOf(tenant: string) {
    const { decision: { id, at } } = recordOf(tenant);
    const record = JSON.stringify(recordOf(tenant));
    const chain = { seq: 1, prev: "0".repeat(64), hash: "a" };
    return { ...chain, id, at, kind: "decision" as const, record };
  }

  return {
    prepare: () => Promise.resolve(),
    decide(tenant, request, { idempotent, render }) {
      if (stub.failure !== null) return Promise.reject(stub.failure);
      const decision = decisionOf(request, `dec_${++count}`);
      const { answer, replayed } = once(tenant, idempotent, () => {
        stub.decided.push(request);
        return render(decision);
      });
      return Promise.resolve({
        decision: replayed ? null : decision,
        ...{ answer, replayed },
      });
    },
    recommend: (_tenant, { asks }) => {
      stub.told.batches.push(...asks);
      return Promise.resolve(asks.map(() => RECOMMENDED));
    },
    find: (tenant, id) =>
      Promise.resolve(
        logged(tenant, id) && {
          record: recordOf(tenant),
          logged: rowOf(tenant),
        },
      ),
    many: {
      mask: (tenant, record) => masking().apply(tenant, record),
      get isWidelyMasked() {
        return masking().isWide;
      },
      search: (tenant, { entities, masked, limit }) =>
        Promise.resolve(
          tenant === "acme" && entities.includes("campaign:c-17")
            ? [showRecord(rowOf(tenant), tenant, masked ? masking() : null)]
              .slice(0, limit)
            : [],
        ),
      part: () => Promise.reject(new TypeError("not over HTTP")),
    },
    outcomes: {
      tell: async (tenant, { outcome }) => {
        await demand(tenant, outcome.decision);
        const known = outcomes.get(outcome.id);
        outcomes.set(outcome.id, outcome);
        return known === undefined;
      },
      of: () => Promise.resolve([...outcomes.values()]),
    },
    replay(tenant, id) {
      const decision = demand(tenant, id);
      return Promise.resolve({
        ...{ same: true, logged: decision, replayed: decision },
        differences: [],
      });
    },
    explain(tenant, id) {
      demand(tenant, id);
      return Promise.resolve(EXPLANATION);
    },
    verify: () => Promise.reject(new TypeError("not over HTTP")),
  };
}
