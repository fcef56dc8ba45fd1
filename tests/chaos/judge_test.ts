/**
 * The judge of answers sees what is wrong with them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { judgeAnswer, judgeKept, judgeKeys, type Kept } from "./judge.ts";
import type { Asked, Sent } from "./load.ts";
import { type AskedPlan, judgePlan, type SentPlan } from "./plans.ts";
import { judgeStopped } from "./switches.ts";

const ASKED: Asked = {
  ...{ tenant: "acme", purpose: "plain", subject: "s-1", key: null },
  value: 1000,
};

const BODY = {
  ["decision_id"]: "dec_1",
  score: 3000,
  ["model_version"]: "bidder@2",
  rung: "champion",
  falls: [] as readonly unknown[],
  ["recommended_action"]: "bid",
  ["recommended_bid"]: { micros: "3000", currency: "EUR" },
  ["policy_applied"]: [],
};

function sentOf(asked: Partial<Asked>, body: object, status = 200): Sent {
  return {
    asked: { ...ASKED, ...asked },
    ...{ engine: 0, sentMs: 1, answeredMs: 2 },
    told: { status, retryAfter: null, body },
  };
}

function bidding(micros: number) {
  return { ...BODY, ["recommended_bid"]: { micros: `${micros}` } };
}

Deno.test("the judge lets right answers pass", () => {
  judgeAnswer(sentOf({}, BODY));
  judgeAnswer({ ...sentOf({}, BODY), told: null });
  const body = { code: "store_unavailable" };
  const refused = { status: 503, retryAfter: "1", body };
  judgeAnswer({ ...sentOf({}, BODY), told: refused });
});

Deno.test.each([
  {
    note: "the score of another company",
    sent: sentOf({ tenant: "rival" }, BODY),
  },
  {
    note: "the version before, as if it were in charge",
    sent: sentOf({}, { ...BODY, ["model_version"]: "bidder@1", score: 2000 }),
  },
  { note: "a bid that is not the score", sent: sentOf({}, bidding(2999)) },
  {
    note: "a bid above the cap",
    sent: sentOf({ value: 600_000 }, { ...bidding(1_800_000), score: 1.8e6 }),
  },
  { note: "a bid without consent", sent: sentOf({ purpose: "refused" }, BODY) },
  {
    note: "a bid above what it is worth",
    sent: sentOf({ purpose: "paid" }, bidding(3001)),
  },
  {
    note: "a fall that is not told",
    sent: sentOf({}, { ...BODY, score: null, rung: "static_rule" }),
  },
  {
    note: "an unforeseen failure",
    sent: sentOf({}, { code: "internal_error" }, 500),
  },
  {
    note: "a refusal that does not say when to come back",
    sent: sentOf({}, { code: "store_unavailable" }, 503),
  },
])("the judge sees $note", ({ sent }) => {
  assert.throws(() => judgeAnswer(sent), assert.AssertionError);
});

function keptOf(ids: readonly string[], counted = false): Kept {
  const decision = (id: string) => ({
    ...{ id, recommendation: { kind: "bid", bidMicros: 1, currency: "EUR" } },
    ...counted && { countsTowards: ["chaos_bids.often"] },
  });
  return {
    tenant: "acme",
    answers: new Map(
      ids.map((id) => [id, { ...BODY, ["decision_id"]: id }]),
    ),
    decisions: ids.map((id) => ({
      subject: "s-1",
      decision: decision(id),
    })) as unknown as Kept["decisions"],
  };
}

Deno.test("the judge sees what the log lost, changed, made twice or counted too little", () => {
  const sent = sentOf({ key: "k" }, BODY);
  assert.equal(judgeKept(keptOf(["dec_1"]), [sent]).size, 1);
  const six = ["dec_1", "dec_2", "dec_3", "dec_4", "dec_5", "dec_6"];
  const wrongs = [
    () => judgeKept(keptOf([]), [sent]),
    () => judgeKept(keptOf(["dec_1"]), [sentOf({}, bidding(1))]),
    () => judgeKept(keptOf(["dec_1", "dec_2"]), [sent]),
    () =>
      judgeKept(
        keptOf(six, true),
        six.map((id) => sentOf({}, { ...BODY, ["decision_id"]: id })),
      ),
  ];
  for (const wrong of wrongs) assert.throws(wrong, assert.AssertionError);
});

Deno.test("the judge sees two answers to a key, and bids for what was stopped", () => {
  const first = sentOf({ key: "k" }, BODY);
  judgeKeys([first, first]);
  const other = sentOf({ key: "k" }, { ...BODY, ["decision_id"]: "dec_2" });
  assert.throws(() => judgeKeys([first, other]), assert.AssertionError);
  const stops = [{ tenant: "acme", engine: 0, sinceMs: -2000 } as const];
  const bid = sentOf({ purpose: "stopped" }, BODY);
  assert.throws(() => judgeStopped([bid], stops), assert.AssertionError);
});

const ASKED_PLAN: AskedPlan = {
  ...{ tenant: "acme", key: "plan-0", from: "2026-03-02" },
  totalMicros: 400_000_000,
};

/** Budgets in millions of micros. */
function planOf(budgets: readonly number[], whose = "acme") {
  return {
    ...{ state: "validated", findings: [] as readonly unknown[] },
    ...{ total: { micros: "400000000" }, ["model_version"]: "mix@1" },
    recommendations: budgets.map((millions, place) => ({
      entity: `campaign:${whose}-${place + 1}`,
      budget: { micros: `${millions}000000` },
    })),
  };
}

function sentPlan(body: object, status = 201): SentPlan {
  return { asked: ASKED_PLAN, told: { status, retryAfter: null, body } };
}

const STOPPED = {
  code: "plan_infeasible",
  facts: { constraints: "total, rule:switch@1/own_policies_unreadable" },
};

Deno.test("the judge lets right plans pass, and refusals that come of what goes ill", () => {
  const right = sentPlan(planOf([60, 175, 165]));
  judgePlan(right);
  judgePlan({ ...right, told: null });
  judgePlan(sentPlan(STOPPED, 422));
});

Deno.test.each([
  { note: "that spends less", body: planOf([60, 175, 164]) },
  { note: "of another company", body: planOf([60, 175, 165], "rival") },
  { note: "that leaves one out", body: planOf([60, 340]) },
  { note: "above the request's most", body: planOf([61, 175, 164]) },
  { note: "above the deployment's cap", body: planOf([60, 176, 164]) },
  { note: "that is not the best", body: planOf([60, 174, 166]) },
  {
    note: "that something objects to",
    body: { ...planOf([60, 175, 165]), findings: [{}] },
  },
])("the judge sees a plan $note", ({ body }) => {
  assert.throws(() => judgePlan(sentPlan(body)), assert.AssertionError);
});

Deno.test("the judge sees a refusal of a plan for no reason known", () => {
  const sent = sentPlan({ ...STOPPED, facts: { constraints: "total" } }, 422);
  assert.throws(() => judgePlan(sent), assert.AssertionError);
});
