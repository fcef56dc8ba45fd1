/**
 * Models of the stub engine: tenant acme has three, one with a proposal by its trainer
 * and a champion that was taken out of service.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { ModelEvidence } from "../../core/domain/evidence.ts";
import type { ModelEvent } from "../../core/domain/model_event.ts";
import {
  GENESIS,
  hashEvent,
  holderBefore,
  holdersOf,
  rolesAt,
} from "../../core/domain/model_log.ts";
import type { ModelRecord, ModelRef } from "../../core/domain/score.ts";
import { AT, modelOf } from "./stub_records.ts";

type StubModels = Engine["models"];

/** Everything that can speak for a version. */
export const EVIDENCE: ModelEvidence = {
  intervals: { auc: [0.6, 0.8] },
  reliability: [{ said: 0.1, happened: 0.2, rows: 10 }],
  slices: [{
    by: "audience.zip",
    value: "Rural",
    rows: 5,
    metrics: { auc: 1 },
  }],
  importance: [{ name: "audience.recency", share: 1 }],
  reference: {
    inputs: [{
      ...{ name: "audience.zip", kind: "category" },
      ...{ words: ["Rural"], counts: [1, 2, 0] },
    }],
    score: { name: "score", kind: "number", edges: [0.5], counts: [1, 2, 0] },
  },
  findings: [{ code: "missing_often", input: null, text: "half is missing" }],
  gates: [
    { metric: "auc", bound: "min", limit: 0.6, value: 0.7, holds: true },
  ],
  trials: [{ number: 1, params: { rounds: 5 }, loss: 0.4, effort: 1 }],
  mix: {
    channels: [{
      name: "channel:tv",
      contribution: { mean: 0.2, interval: [0.1, 0.3] },
      roas: { mean: 2, interval: [1, 3] },
      marginalRoas: { mean: 1, interval: [0, 2] },
    }],
    decomposition: { baseline: [1, 2] },
    method: "nuts",
    rHat: 1.001,
    effectiveDraws: 900,
    divergences: 0,
  },
};

type Entry = Pick<ModelEvent, "kind" | "version" | "by"> & Partial<ModelEvent>;

/** Opens the desk. */
export function openModelDesk(): StubModels {
  const models = new Map<string, ModelRecord>();
  const logs = new Map<string, ModelEvent[]>();
  function add(tenant: string, name: string, entry: Entry): ModelEvent {
    const log = logs.get(`${tenant}/${name}`) ?? [];
    const event = {
      ...{ at: AT, alias: null, reason: "", settles: null },
      ...entry,
      ...{ name, seq: log.length + 1 },
    };
    const hash = hashEvent(tenant, event, log.at(-1)?.hash ?? GENESIS);
    const added = { ...event, hash };
    logs.set(`${tenant}/${name}`, [...log, added]);
    return added;
  }
  const eventsOf = (tenant: string, name: string) =>
    logs.get(`${tenant}/${name}`) ?? [];
  for (const name of ["email_visit", "media_mix", "bidder"]) {
    models.set(place("acme", { name, version: 1 }), modelOf(name, 1));
    add("acme", name, { kind: "registered", version: 1, by: "trainer" });
  }
  const wish = { version: 1, alias: "champion", by: "trainer" } as const;
  add("acme", "email_visit", { ...wish, kind: "proposed" });
  add("acme", "email_visit", { ...wish, kind: "assigned" });
  add("acme", "email_visit", { ...wish, kind: "assigned", version: null });
  return {
    find: (tenant, ref) =>
      Promise.resolve(models.get(place(tenant, ref)) ?? null),
    list: (tenant) =>
      Promise.resolve(
        [...models].filter(([key]) => key.startsWith(`${tenant}/`))
          .map(([, model]) => model),
      ),
    evidence: () => Promise.resolve(EVIDENCE),
    events: (tenant, name) => Promise.resolve(eventsOf(tenant, name)),
    roles: (tenant, name, at) =>
      Promise.resolve(rolesAt(eventsOf(tenant, name), at)),
    // deno-lint-ignore require-await -- what is thrown is told by the promise
    async review(tenant, ref, { by, at, approve, alias = "champion" }) {
      const model = models.get(place(tenant, ref));
      if (model?.status !== "pending" || model.createdBy === by) {
        throw new EngineError("approval_invalid", "Cannot review model");
      }
      const status = approve ? "approved" as const : "rejected" as const;
      const reviewed = { ...model, status, reviewedBy: by, reviewedAt: at };
      models.set(place(tenant, ref), reviewed);
      const { name, version } = ref;
      add(tenant, name, { kind: status, version, by });
      if (approve && alias !== null) {
        add(tenant, name, { kind: "assigned", version, alias, by });
      }
      return reviewed;
    },
    propose: (tenant, { name, ...change }) =>
      Promise.resolve(add(tenant, name, { ...change, kind: "proposed" })),
    // deno-lint-ignore require-await -- what is thrown is told by the promise
    async settle(tenant, { name, seq }, { by, approve }) {
      const events = eventsOf(tenant, name);
      const proposal = events.find((event) => event.seq === seq);
      if (proposal?.kind !== "proposed") {
        throw new EngineError("not_found", "Cannot settle proposal");
      }
      if (approve && proposal.by === by) {
        throw new EngineError("approval_invalid", "Cannot settle proposal");
      }
      const { version, alias } = proposal;
      const kind = approve ? "assigned" : "declined";
      return add(tenant, name, { kind, version, alias, by, settles: seq });
    },
    // deno-lint-ignore require-await -- what is thrown is told by the promise
    async rollBack(tenant, { name, alias, by, reason }) {
      const version = holderBefore(holdersOf(eventsOf(tenant, name), alias));
      if (version === null) {
        throw new EngineError("approval_invalid", "Cannot roll back");
      }
      const kind = "rolled_back";
      return add(tenant, name, { kind, version, alias, by, reason });
    },
  };
}

function place(tenant: string, { name, version }: ModelRef): string {
  return `${tenant}/${name}@${version}`;
}
