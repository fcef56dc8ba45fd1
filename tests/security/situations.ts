/**
 * In what situation an operation can be done: what others did before it, and the ids and
 * members that it then takes. An operation that is not named here takes what its
 * documentation shows.
 *
 * @module
 */
import { TENANT } from "../pacing/served_nodes.ts";
import { CHANGE_SITUATIONS } from "./change_situations.ts";
import { reason, register } from "./desk.ts";
import {
  ADS,
  dayFromNow,
  MADE_PLAN,
  PLAN_BODY,
  SITE_AUTHORIZATION,
} from "./scene.ts";
import type { Target } from "./target.ts";

/** What fits an operation. */
export interface Offer {
  /** Of the path, by name. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Who may do it; `everything` unless given. */
  readonly by?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Brings a situation about. */
export type Situation = (target: Target) => Offer | Promise<Offer>;

/** A bid of the bidder; its decision. */
function bid({ ask }: Target, context: object = {}) {
  return ask("POST /optimization/score", {
    body: {
      context: { model: "bidder", campaign: "c-1", ...context },
      features: { "request.value": 5_000_000 },
    },
  });
}

const ofDecision: Situation = async (target) => {
  const { decision_id: id } = await bid(target);
  return { params: { id } };
};

const BUDGET = {
  ...{ currency: "EUR", ["cap_micros"]: "70000000000" },
  ...{ from: `${dayFromNow(-1)}T00:00:00Z`, zone: "Europe/Berlin" },
  until: `${dayFromNow(9)}T00:00:00Z`,
  bids: { ["most_micros"]: "5000000" },
};

const ofBudget: Situation = async (target) => {
  const id = target.fresh("budget");
  await target.ask(`PUT /optimization/budgets/${id}`, {
    body: { ...BUDGET, ["pays_for"]: [`campaign:${id}`] },
  });
  return { params: { id } };
};

/** A plan as it was made, under an id of its own. */
async function planOf(target: Target): Promise<string> {
  const { plans } = target.opened.stores;
  const made = await plans.find(TENANT, MADE_PLAN);
  if (made === null) throw new TypeError("No plan was made");
  const id = target.fresh("plan");
  const changeSet = { ...made.changeSet, id: `changes of ${id}` };
  await plans.create(TENANT, {
    ...{ ...made, id, changeSet, state: "validated" },
    ...{ createdBy: "ann", approvedBy: null, findings: [] },
  }, null);
  return id;
}

const ofPlan: Situation = async (target) => ({
  params: { id: await planOf(target), plot: "curves" },
});

const approvedPlan: Situation = async (target) => {
  const id = await planOf(target);
  await target.ask(`POST /optimization/plans/${id}/approve`, { by: "second" });
  return { params: { id } };
};

const appliedPlan: Situation = async (target) => {
  const { params = {} } = await approvedPlan(target);
  await target.ask(`POST /optimization/plans/${params.id}/apply`);
  return { params };
};

/** Of a model of its own. */
const pendingVersion: Situation = async (target) => {
  const { name, version } = await register(target, target.fresh("scorer"));
  return { params: { name, version: String(version) } };
};

/** A model with two versions that were approved, the latter of them in charge. */
async function twoVersions(target: Target): Promise<string> {
  const name = target.fresh("scorer");
  await register(target, name, "champion");
  await register(target, name, "champion");
  return name;
}

const PROPOSAL = { alias: "champion", version: 1, reason };

const ofProposal: Situation = async (target) => {
  const name = await twoVersions(target);
  const { seq } = await target.ask(`POST /models/${name}/proposals`, {
    ...{ by: "second", body: PROPOSAL },
  });
  return { params: { name, seq: String(seq) } };
};

const ofKey: Situation = async ({ ask }) => {
  const { key_id: id } = await ask("POST /keys", {
    body: { name: "reader", role: "service" },
  });
  return { params: { id } };
};

const VIEW = {
  ...{ entity: "subject", owner: "growth", purposes: ["optimization"] },
  ...{ about: "What a person ordered", ttlSeconds: 86_400 },
  source: { grain: "event" },
  features: [{
    ...{ name: "orders_count_28d", about: "Orders", unit: "count" },
    ...{ aggregation: { how: "count" }, window: "28d" },
    where: { types: ["Order Completed"] },
  }],
};

const laterView: Situation = async (target) => {
  const name = target.fresh("orders");
  for (const version of [1, 2]) {
    const ttlSeconds = VIEW.ttlSeconds * version;
    const body = { ...VIEW, name, version, ttlSeconds };
    await target.ask("POST /views", { body });
  }
  return { params: { name, version: "2" } };
};

const BIDDER = { name: "bidder", version: "1" };
const PLACE = { view: "campaign_daily", entity: "campaign:c-1" };
const POLICY = { name: "own_cap" };
const ofBidder: Situation = () => ({ params: BIDDER });

/** By operation. */
export const SITUATIONS: Readonly<Record<string, Situation>> = {
  ...CHANGE_SITUATIONS,
  "post /optimization/score": () => ({
    body: {
      context: { model: "bidder", campaign: "c-1", channel: "display" },
      features: { "request.value": 5_000_000 },
    },
  }),
  "post /optimization/plan": () => ({ body: PLAN_BODY }),
  "get /optimization/plans/{id}": ofPlan,
  "get /optimization/plans/{id}/artifact": ofPlan,
  "get /optimization/plans/{id}/history": ofPlan,
  "get /optimization/plans/{id}/progress": ofPlan,
  "get /optimization/plans/{id}/guardrails": ofPlan,
  "get /optimization/plans/{id}/plots/{plot}": ofPlan,
  "post /optimization/plans/{id}/validate": ofPlan,
  "post /optimization/plans/{id}/approve": ofPlan,
  "post /optimization/plans/{id}/apply": approvedPlan,
  "post /optimization/plans/{id}/verify": appliedPlan,
  "post /optimization/plans/{id}/rollback": appliedPlan,
  "put /optimization/budgets/{id}": (target) => ({
    params: { id: target.fresh("budget") },
    body: { ...BUDGET, ["pays_for"]: ["campaign:c-9"] },
  }),
  "get /optimization/budgets/{id}": ofBudget,
  "post /optimization/budgets/{id}/close": ofBudget,
  "post /optimization/budgets/{id}/resume": ofBudget,
  "post /optimization/budgets/{id}/reports": ofBudget,
  "get /decisions": async (target) => {
    await bid(target, { placement: "c-1/feed" });
    return { query: { entity: "campaign:c-1" } };
  },
  "get /decisions/{id}": ofDecision,
  "get /decisions/{id}/explanation": ofDecision,
  "post /decisions/{id}/replay": ofDecision,
  "post /decisions/{id}/outcomes": async (target) => ({
    ...await ofDecision(target),
    body: {
      ...{ id: "order-1", at: new Date().toISOString(), kind: "conversion" },
      money: { micros: "25000000", currency: "EUR" },
    },
  }),
  "post /webhooks/{connector}/{source}": () => ({
    params: { connector: "segment", source: "shop" },
    headers: { authorization: SITE_AUTHORIZATION },
    body: {
      batch: [
        { type: "track", event: "Seen", messageId: "e-1", userId: "u-1" },
        { type: "track", event: "", messageId: "e-2", userId: "u-1" },
      ],
    },
  }),
  "get /signals/performance": () => ({
    query: { source: ADS, from: dayFromNow(-9), until: dayFromNow(0) },
  }),
  "get /features/{view}/{entity}": () => ({ params: PLACE }),
  "get /features/{view}/{entity}/lineage": () => ({
    params: PLACE,
    query: { feature: "clicks_count_7d" },
  }),
  "post /views": (target) => ({
    body: { ...VIEW, name: target.fresh("orders"), version: 1 },
  }),
  "post /views/{name}/{version}/promote": laterView,
  "get /views/{name}/statistics": () => ({ params: { name: PLACE.view } }),
  "post /jobs/{job}/run": () => ({ params: { job: "materialize" } }),
  "get /models/{name}/events": ofBidder,
  "get /models/{name}/looks": ofBidder,
  "get /models/{name}/roles": ofBidder,
  "get /models/{name}/trial": ofBidder,
  "get /models/{name}/{version}": ofBidder,
  "get /models/{name}/{version}/evidence": ofBidder,
  "post /models/{name}/{version}/approve": pendingVersion,
  "post /models/{name}/{version}/reject": pendingVersion,
  "post /models/{name}/proposals": async (target) => ({
    params: { name: await twoVersions(target) },
    body: PROPOSAL,
  }),
  "post /models/{name}/proposals/{seq}/approve": ofProposal,
  "post /models/{name}/proposals/{seq}/decline": ofProposal,
  "post /models/{name}/rollback": async (target) => ({
    params: { name: await twoVersions(target) },
    body: { reason },
  }),
  "get /policies/{name}": () => ({ params: POLICY }),
  "get /docs/policies/{name}": () => ({ params: POLICY }),
  "post /keys/{id}/rotate": ofKey,
  "post /keys/{id}/revoke": ofKey,
};
