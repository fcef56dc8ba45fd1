/**
 * What becomes of plans when the world moves on between their steps.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plan } from "../../domain/plan.ts";
import { type Company, found, makePlan } from "../rooms_test.ts";

const AT_MOST_30 = {
  id: "cap_tv",
  when: { "==": [{ var: "context.channel" }, "tv"] },
  effect: "cap",
  to: 30_000_000,
  reason: "TV gets at most 30 a day",
} as const;

async function applied(company: Company): Promise<Plan> {
  const { id } = await makePlan(company);
  await company.plans.approve("acme", id, "bob");
  return await company.plans.apply("acme", id, "cy");
}

async function movesOf({ plans }: Company, id: string): Promise<string[]> {
  return (await plans.history("acme", id)).map(({ from, to, by }) =>
    `${from} → ${to} by ${by}`
  );
}

Deno.test("a plan is validated as it is made, and every move is on record", async () => {
  const company = found();
  const { id, state, findings } = await applied(company);
  assert.equal(state, "applied");
  assert.deepEqual(findings, []);
  await company.plans.rollback("acme", id, "cy");
  assert.deepEqual(await movesOf(company, id), [
    "null → proposed by ann",
    "proposed → validated by ann",
    "validated → approved by bob",
    "approved → applying by cy",
    "applying → applied by cy",
    "applied → rolling_back by cy",
    "rolling_back → rolled_back by cy",
  ]);
});

Deno.test.each([
  {
    note: "a policy has come into force",
    change: ({ rule }: Company) => rule([AT_MOST_30]),
    code: "policy_objects",
    message: /TV gets at most 30 a day/,
  },
  {
    note: "a live value has moved",
    change: ({ live }: Company) => void live.set("channel:tv", "7"),
    code: "live_value_drifted",
    message: /of channel:tv is 7, and was unset when the plan was made/,
  },
  {
    note: "another version is champion",
    change: ({ faults }: Company) => void (faults.champion = 4),
    code: "model_replaced",
    message: /mix@3, and mix@4 is champion/,
  },
  {
    note: "its period is over",
    change: ({ clock }: Company) =>
      void (clock.at = "2026-03-17T00:00:00.000Z"),
    code: "plan_expired",
    message: /valid until 2026-03-16/,
  },
])(
  "an approved plan goes back to be approved again when $note",
  async ({ change, code, message }) => {
    const company = found();
    const { plans, live, writes } = company;
    for (const step of ["validate", "apply"] as const) {
      const { id } = await makePlan(company);
      await plans.approve("acme", id, "bob");
      change(company);
      const before = new Map(live);
      if (step === "validate") await plans.validate("acme", id, "cy");
      else await assert.rejects(plans.apply("acme", id, "cy"));
      const plan = await plans.find("acme", id);
      assert.equal(plan?.state, "proposed");
      assert.equal(plan.approvedBy, null);
      assert.deepEqual(plan.findings.map((finding) => finding.code), [code]);
      assert.match(plan.findings[0]?.message ?? "", message);
      await assert.rejects(plans.approve("acme", id, "bob"), {
        code: "plan_state_invalid",
      });
      assert.deepEqual(live, before);
      Object.assign(company.faults, { champion: 3 });
      Object.assign(company.clock, { at: "2026-03-02T09:00:00.000Z" });
      company.rule([]);
      live.clear();
      assert.equal((await plans.validate("acme", id, "cy")).state, "validated");
    }
    assert.deepEqual(writes, []);
  },
);

Deno.test("a plan that a policy shaped validates under that policy", async () => {
  const rules = [
    AT_MOST_30,
    {
      id: "even",
      when: { "==": [{ var: "context.channel" }, "search"] },
      effect: "adjust",
      byPermille: 900,
      reason: "Search gets a tenth less",
    } as const,
  ];
  const company = found(undefined, rules);
  const { id, state, recommendations } = await makePlan(company, {
    spend: "up_to",
  });
  assert.ok(recommendations.some(({ applied }) => applied.length > 0));
  assert.equal(state, "validated");
  assert.equal(
    (await company.plans.validate("acme", id, "bob")).state,
    "validated",
  );
});

Deno.test("verify() tells of values that moved since, and of those that came back", async () => {
  const company = found();
  const { plans, live } = company;
  const { id } = await applied(company);
  const written = live.get("channel:tv") ?? "";
  assert.deepEqual((await plans.verify("acme", id, "eve")).findings, []);
  live.set("channel:tv", "7");
  const drifted = await plans.verify("acme", id, "eve");
  assert.equal(drifted.state, "applied");
  assert.deepEqual(drifted.findings, [{
    code: "live_value_drifted",
    entity: "channel:tv",
    message:
      `budget_micros_per_day of channel:tv is 7, and ${written} was written`,
  }]);
  await plans.verify("acme", id, "eve");
  live.set("channel:tv", written);
  assert.deepEqual((await plans.verify("acme", id, "eve")).findings, []);
  const told = (await plans.history("acme", id)).slice(-2);
  assert.deepEqual(told.map(({ from, to, by }) => [from, to, by]), [
    ["applied", "applied", "eve"],
    ["applied", "applied", "eve"],
  ]);
  assert.match(told[0]?.reason ?? "", /read back: .* is 7/);
  assert.match(told[1]?.reason ?? "", /every value is as it was written/);
});

Deno.test("a plan that is applied supersedes those that plan one of its entities", async () => {
  const company = found();
  const { plans } = company;
  const whole = await applied(company);
  const { id } = await makePlan(company, {
    entities: ["channel:tv"],
    totalMicros: 7_000_000n,
  });
  const aside = await makePlan(company, {
    entities: ["channel:search"],
    totalMicros: 7_000_000n,
  });
  await plans.approve("acme", id, "bob");
  await plans.apply("acme", id, "cy");
  const event = (await plans.history("acme", whole.id)).at(-1);
  assert.deepEqual([event?.to, event?.by, event?.reason], [
    "superseded",
    "cy",
    `${id} was applied over it`,
  ]);
  await assert.rejects(plans.rollback("acme", whole.id, "bob"), {
    code: "plan_state_invalid",
  });
  await plans.approve("acme", aside.id, "bob");
  await plans.apply("acme", aside.id, "cy");
  assert.deepEqual(
    (await plans.watched("acme")).map((plan) => plan.id),
    [id, aside.id],
  );
});

Deno.test("a value that moves between validation and the first write stops the plan", async () => {
  const company = found();
  const { plans, live, journal } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  const load = journal.load;
  Object.assign(journal, {
    load: (tenant: string, changeSet: string) => {
      live.set("channel:tv", "7");
      return load(tenant, changeSet);
    },
  });
  await assert.rejects(plans.apply("acme", id, "cy"), {
    code: "change_drifted",
  });
  assert.deepEqual(live, new Map([["channel:tv", "7"]]));
  assert.deepEqual((await movesOf(company, id)).slice(-2), [
    "approved → applying by cy",
    "applying → proposed by cy",
  ]);
});

Deno.test("a plan that an earlier release applied is rolled back too", async () => {
  const company = found();
  const { plans, store, live } = company;
  const { id, changeSet } = await makePlan(company);
  const step = { by: "bob", at: "2026-03-02T10:00:00.000Z" };
  const states = ["validated", "approved", "applying", "applied"] as const;
  for (const [at, from] of states.slice(0, -1).entries()) {
    const to = states[at + 1] ?? from;
    await store.move("acme", id, { ...step, from, to });
  }
  for (const { target, set } of changeSet.operations) {
    live.set(target, set ?? "");
  }
  assert.equal((await plans.rollback("acme", id, "cy")).state, "rolled_back");
  assert.deepEqual(live, new Map());
});

Deno.test("why somebody approves, applies and rolls back is on record", async () => {
  const { plans, ...company } = found();
  const { id } = await makePlan({ ...company, plans });
  const say = (by: string) => ({ by, reason: `${by} said so` });
  await plans.approve("acme", id, say("bob"));
  await plans.apply("acme", id, say("cy"));
  await plans.rollback("acme", id, say("eve"));
  const moves = (await plans.history("acme", id)).slice(2);
  assert.deepEqual(moves.map(({ to, reason }) => [to, reason]), [
    ["approved", "bob said so"],
    ["applying", "cy said so"],
    ["applied", "cy said so"],
    ["rolling_back", "eve said so"],
    ["rolled_back", "eve said so"],
  ]);
});
