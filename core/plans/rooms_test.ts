/**
 * A small company for tests of plans: real policies, a destination and a plan
 * store that are maps.
 *
 * @module
 */
import type { Setting } from "../../plugins/contract.ts";
import { addDays } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type { Plan } from "../domain/plan.ts";
import type { PlanRequest } from "../domain/plan_request.ts";
import type { FittedCurve, ModelRecord } from "../domain/score.ts";
import type { PolicyDocument, PolicyRule } from "../domain/verdict.ts";
import { EngineError } from "../domain/error.ts";
import type { ChangeJournal } from "../ports/changes.ts";
import type { PlanStore } from "../ports/decisions.ts";
import type { LeaseStore } from "../ports/stores.ts";
import type { MetricSeries, SeriesQuery } from "../ports/training_sets.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import {
  createMapJournal,
  createMapLeases,
  createMapStore,
} from "./life/memory_ports_test.ts";
import type { PlansScope } from "./life/scope.ts";
import { createPlans, type Plans } from "./plans.ts";

/** The present in these tests. */
export const NOW = "2026-03-02T09:00:00.000Z";

/** Today's spend and curve of one channel. */
export interface Channel {
  readonly name: string;
  readonly spendMicros: number;
  readonly curve: FittedCurve["curve"];
  readonly seenMicros?: number;
  readonly parent?: EntityKey;
}

/** Three channels with room to improve. */
export const CHANNELS: readonly Channel[] = [
  {
    name: "search",
    spendMicros: 40_000_000,
    curve: { type: "hill", ceiling: 900, half: 50_000_000, slope: 0.8 },
    parent: "account:online",
  },
  {
    name: "social",
    spendMicros: 30_000_000,
    curve: { type: "michaelis_menten", ceiling: 700, half: 60_000_000 },
    parent: "account:online",
  },
  {
    name: "tv",
    spendMicros: 30_000_001,
    curve: { type: "hill", ceiling: 1500, half: 70_000_000, slope: 2.4 },
  },
];

/** A company and what happens to it. */
export interface Company {
  readonly plans: Plans;
  readonly store: PlanStore;
  readonly journal: ChangeJournal;
  readonly leases: LeaseStore;
  /** Plans of another node on the same stores. */
  node(also?: Partial<PlansScope>): Plans;
  /** Values at the destination, by target. */
  readonly live: Map<EntityKey, string>;
  readonly writes: string[];
  readonly faults: Faults;
  readonly clock: { at: string };
  /** Puts other rules in force. */
  rule(rules: readonly PolicyRule[]): void;
}

/** What goes wrong. */
export interface Faults {
  /** The destination forgets what it is told. */
  forgets: boolean;
  /** Targets for which the destination refuses writes. */
  refuses: ReadonlySet<EntityKey>;
  /** Version of the champion. */
  champion: number;
  /** Awaited before each write. */
  beforeWrite(): Promise<void>;
  /** What was reported; thirty equal days of spend unless set. */
  series: PlansScope["history"]["series"] | null;
}

/** Founds a company. */
export function found(
  channels: readonly Channel[] = CHANNELS,
  rules: readonly PolicyRule[] = [],
): Company {
  const live = new Map<EntityKey, string>();
  const writes: string[] = [];
  const faults: Faults = {
    forgets: false,
    refuses: new Set(),
    champion: 3,
    beforeWrite: () => Promise.resolve(),
    series: null,
  };
  const clock = { at: NOW };
  const { plans: store, idempotency } = createMapStore();
  const journal = createMapJournal();
  const leases = createMapLeases();
  let count = 0;
  let nodes = 0;
  let policies = compile(rules);
  const scope: PlansScope = {
    scores: { curves: () => Promise.resolve(fit(channels, faults.champion)) },
    models: {
      artifact: () =>
        Promise.resolve(
          new TextEncoder().encode(
            JSON.stringify(fit(channels, faults.champion).curves),
          ),
        ),
    },
    policies: () => policies,
    history: {
      series: (query) =>
        faults.series?.(query) ?? Promise.resolve(history(channels, query)),
    },
    archive: {
      save: () => Promise.resolve(),
      load: () => Promise.resolve(null),
    },
    ...{ store, idempotency, journal, leases },
    destination: () => ({
      name: "map",
      read: (targets) =>
        Promise.resolve(targets.map((at): Setting => ({
          ...at,
          value: live.get(at.target) ?? null,
        }))),
      write: async ({ id, settings }) => {
        await faults.beforeWrite();
        const refused = settings.find(({ target }) =>
          faults.refuses.has(target)
        );
        if (refused) throw new EngineError("source_refused", "Cannot write");
        writes.push(id);
        if (!faults.forgets) settings.forEach((one) => put(live, one));
      },
    }),
    clock: { now: () => clock.at },
    ids: {
      next: (prefix) =>
        prefix === "node" ? `node_${++nodes}` : `${prefix}_${++count}`,
    },
    sleep: () => Promise.resolve(),
  };
  return {
    plans: createPlans(scope),
    node: (also) => createPlans({ ...scope, ...also }),
    ...{ store, journal, leases, live, writes, faults, clock },
    rule: (rules) => policies = compile(rules),
  };
}

function compile(rules: readonly PolicyRule[]) {
  return compilePolicySet(rules.length === 0 ? [] : [policy(rules)]);
}

/** A request for the week from 2026-03-09. */
export function ask(change: Partial<PlanRequest> = {}): PlanRequest {
  return {
    model: null,
    entities: null,
    period: { from: "2026-03-09", until: "2026-03-16" },
    totalMicros: null,
    currency: "EUR",
    spend: "all",
    bounds: {},
    ...change,
  };
}

/** Makes a plan for Ann. */
export async function makePlan(
  { plans }: Company,
  change: Partial<PlanRequest> = {},
): Promise<Plan> {
  const { plan } = await plans.make("acme", ask(change), {
    by: "ann",
    idempotent: null,
    render: ({ id }) => id,
  });
  if (plan === null) throw new Error("no plan was made");
  return plan;
}

function put(live: Map<EntityKey, string>, { target, value }: Setting): void {
  if (value === null) live.delete(target);
  else live.set(target, value);
}

function policy(rules: readonly PolicyRule[]): PolicyDocument {
  return {
    policy: "test_policy",
    version: 1,
    owner: "growth",
    about: "Limits under test.",
    on: ["budget"],
    rules,
    cases: [{ note: "never run here", facts: {}, want: [] }],
  };
}

function fit(channels: readonly Channel[], version: number) {
  const record: ModelRecord = {
    name: "mix",
    version,
    family: "media_response@1.0.0",
    use: { kind: "plan", currency: "EUR" },
    schema: { columns: [] } as unknown as ModelRecord["schema"],
    unit: "orders_per_day",
    metrics: {},
    lineage: {
      asOf: NOW,
      code: "test",
      seed: 1,
      rows: 1,
      datasetHash: "0",
      views: [],
      spec: "{}",
    },
    artifactKind: "curves",
    artifactHash: "0",
    status: "approved",
    createdBy: "ann",
    createdAt: NOW,
    reviewedBy: "bob",
    reviewedAt: NOW,
  };
  const curves = channels.map((channel): FittedCurve => ({
    entity: `channel:${channel.name}`,
    parent: channel.parent ?? null,
    curve: channel.curve,
    decay: 0.3,
    seenMicros: [0, channel.seenMicros ?? channel.spendMicros * 2],
  }));
  return { record, curves: { outcome: "orders", curves } };
}

/** Thirty days that end yesterday, reported by campaign. */
function history(
  channels: readonly Channel[],
  { level, from }: SeriesQuery,
): MetricSeries[] {
  if (level !== "campaign") return [];
  const days = Array.from({ length: 30 }, (_, at) => addDays("2026-01-31", at))
    .filter((day) => from === null || day >= from);
  return channels.map(({ name, spendMicros }) => ({
    id: name,
    parent: null,
    days,
    totals: Float64Array.from(days, () => spendMicros),
  }));
}
