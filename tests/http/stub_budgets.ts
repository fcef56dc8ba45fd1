/**
 * Budgets of the stub engine: one of tenant `acme`, and whatever is put.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import type { BudgetTerms } from "../../core/domain/budget.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { BudgetStanding } from "../../core/decisions/budgets/standing.ts";
import type {
  BidAsk,
  RecommendedBid,
} from "../../core/decisions/recommend_bids.ts";
import { AT } from "./stub_records.ts";

type Desk = Engine["budgets"];

/** What reached the budgets. */
export interface BudgetCalls {
  readonly notices: Parameters<Desk["notices"]>[1][number][];
  readonly outcomes: Parameters<Desk["outcomes"]>[1][number][];
  readonly batches: BidAsk[];
  readonly reports: Parameters<Desk["reports"]>[2][number][];
}

const TERMS: BudgetTerms = {
  id: "spring",
  currency: "EUR",
  capMicros: 9_007_199_254_740_991,
  dayCapMicros: null,
  from: AT,
  until: "2026-03-01T00:00:00.000Z",
  zone: "UTC",
  paysFor: ["campaign:c-17"],
  objective: "value",
  target: {
    kind: "roas",
    returnPermille: 4000,
    outcomeValueMicros: 25_000_000,
    withinHours: 24,
  },
  bids: { leastMicros: 0, mostMicros: 5_000_000 },
  bidsOf: { "campaign:c-17": { leastMicros: 10, mostMicros: 1_500_000 } },
  startMultiplier: 3.5,
  mode: "pace",
  notices: { lostAfterSeconds: null, lifeSeconds: 3600 },
  plan: null,
  closedAt: null,
};

/** What is recommended for any entity. */
export const RECOMMENDED: RecommendedBid = {
  ...{ lowMicros: 900_000, bidMicros: 1_000_000, highMicros: 1_100_000 },
  ...{ currency: "EUR", limitedBy: "step", capMicros: 1_500_000 },
  ...{ multiplier: 3.25, score: 0.1, modelVersion: "bidder@1" },
  ...{ budget: "spring", applied: [] },
};

function standingOf(terms: BudgetTerms): BudgetStanding {
  return {
    terms,
    createdAt: AT,
    state: terms.closedAt === null ? "pacing" : "ended",
    spentMicros: 250,
    lentMicros: 750,
    freeMicros: 4000,
    expectedMicros: 400,
    multiplier: 3.25,
    returned: null,
    stopped: null,
    slices: [{
      id: "node_1-0",
      day: Date.parse(AT),
      grantedMicros: 1000,
      chargedMicros: 250,
      expectedMicros: 400,
      bidsUntil: Date.parse(AT),
    }],
  };
}

/** Opens budgets that remember what reached them. */
export function openBudgetDesk(): { budgets: Desk; calls: BudgetCalls } {
  const kept = new Map([["acme/spring", TERMS]]);
  const calls: BudgetCalls = {
    ...{ notices: [], outcomes: [], reports: [], batches: [] },
  };
  function demand(tenant: string, id: string): BudgetTerms {
    const terms = kept.get(`${tenant}/${id}`);
    if (terms) return terms;
    throw new EngineError("not_found", `Cannot find budget "${id}"`);
  }
  const budgets: Desk = {
    ready: () => null,
    payerOf: () => null,
    stand: () => ({ refusal: "not_leased" }),
    reserve: () => ({ refusal: "not_leased" }),
    withdraw: () => {},
    put: (tenant, terms) => {
      kept.set(`${tenant}/${terms.id}`, terms);
      return Promise.resolve(standingOf(terms));
    },
    find: (tenant, id) => {
      const terms = kept.get(`${tenant}/${id}`);
      return Promise.resolve(terms ? standingOf(terms) : null);
    },
    list: (tenant) =>
      Promise.resolve(
        [...kept].filter(([name]) => name.startsWith(`${tenant}/`))
          .map(([, terms]) => standingOf(terms)),
      ),
    close: async (tenant, id) =>
      await standingOf({ ...demand(tenant, id), closedAt: AT }),
    resume: async (tenant, id) => await standingOf(demand(tenant, id)),
    notices: (_tenant, told) => {
      calls.notices.push(...told);
      return Promise.resolve({ taken: told.length, routed: 0, unknown: 0 });
    },
    outcomes: (_tenant, told) => {
      calls.outcomes.push(...told);
      return Promise.resolve({ booked: told.length, repeated: 0, unknown: 0 });
    },
    reports: async (tenant, id, told) => {
      await demand(tenant, id);
      calls.reports.push(...told);
      return told.map(() => "reclaimed" as const);
    },
    sync: () => Promise.resolve([]),
    release: () => Promise.resolve([]),
    held: () => [],
  };
  return { budgets, calls };
}
