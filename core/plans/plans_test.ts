/**
 * The life of plans.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ask, found, makePlan } from "./rooms_test.ts";

Deno.test("a plan is approved by another person, applied, and rolled back exactly", async () => {
  const company = found();
  const { plans, live } = company;
  live.set("channel:search", "123");
  const before = new Map(live);
  const { id, changeSet } = await makePlan(company);
  assert.equal((await plans.approve("acme", id, "bob")).approvedBy, "bob");
  assert.equal((await plans.apply("acme", id, "cy")).state, "applied");
  changeSet.operations.forEach(({ target, set }) => {
    assert.equal(live.get(target), set);
  });
  assert.equal(live.size, 3);
  const done = await plans.rollback("acme", id, "cy");
  assert.equal(done.state, "rolled_back");
  assert.deepEqual(live, before);
});

Deno.test("approve() refuses the person who asked for the plan", async () => {
  const company = found();
  const { id } = await makePlan(company);
  await assert.rejects(company.plans.approve("acme", id, "ann"), {
    code: "approval_invalid",
    message: /whoever asked for it may not approve it/,
  });
  assert.equal((await company.plans.find("acme", id))?.state, "validated");
});

Deno.test("apply() writes nothing when a value has drifted, and names it", async () => {
  const company = found();
  const { plans, live, writes } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  live.set("channel:tv", "77");
  const before = new Map(live);
  await assert.rejects(plans.apply("acme", id, "bob"), (error: unknown) => {
    assert.match(String(error), /of channel:tv is 77, and was unset/);
    return (error as { code: string }).code === "change_drifted";
  });
  assert.deepEqual(live, before);
  assert.deepEqual(writes, []);
  const plan = await plans.find("acme", id);
  assert.equal(plan?.state, "proposed");
  assert.equal(plan.approvedBy, null);
  assert.deepEqual(plan.findings.map(({ code, entity }) => [code, entity]), [
    ["live_value_drifted", "channel:tv"],
  ]);
});

Deno.test("rollback() leaves a value alone that has drifted since, and tells of it", async () => {
  const company = found();
  const { plans, live } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  await plans.apply("acme", id, "bob");
  live.set("channel:search", "1");
  const { state, findings } = await plans.rollback("acme", id, "bob");
  assert.equal(state, "rolled_back");
  assert.deepEqual(live, new Map([["channel:search", "1"]]));
  assert.deepEqual(findings, [{
    code: "live_value_drifted",
    entity: "channel:search",
    message: "channel:search: somebody else has set it to 1",
  }]);
});

Deno.test("apply() goes on after a write that was interrupted before it was recorded", async () => {
  const company = found();
  const { plans, live } = company;
  const { id, changeSet } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  const [first] = changeSet.operations;
  live.set(first?.target ?? "channel:none", first?.set ?? "");
  assert.equal((await plans.apply("acme", id, "bob")).state, "applied");
});

Deno.test("apply() does not call a plan applied that the destination forgot", async () => {
  const company = found();
  const { plans, faults } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  faults.forgets = true;
  await assert.rejects(plans.apply("acme", id, "bob"), {
    code: "connector_failed",
  });
  assert.equal((await plans.find("acme", id))?.state, "applying");
  faults.forgets = false;
  assert.equal((await plans.apply("acme", id, "bob")).state, "applied");
});

Deno.test("apply() twice at once writes once", async () => {
  const company = found();
  const { plans, writes } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  const results = await Promise.allSettled([
    plans.apply("acme", id, "bob"),
    plans.apply("acme", id, "cy"),
  ]);
  assert.deepEqual(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
  ]);
  assert.equal(writes.length, 1);
});

Deno.test("apply() refuses a plan whose period is over", async () => {
  const company = found();
  const { id } = await makePlan(company);
  await company.plans.approve("acme", id, "bob");
  company.clock.at = "2026-03-16T00:00:00.000Z";
  await assert.rejects(company.plans.apply("acme", id, "bob"), {
    code: "plan_state_invalid",
    message: /valid until 2026-03-16/,
  });
});

Deno.test.each(
  [
    { verb: "apply", from: "validated" },
    { verb: "rollback", from: "validated" },
    { verb: "approve", from: "approved" },
    { verb: "rollback", from: "approved" },
    { verb: "approve", from: "applied" },
    { verb: "apply", from: "applied" },
    { verb: "approve", from: "rolled_back" },
    { verb: "apply", from: "rolled_back" },
    { verb: "rollback", from: "rolled_back" },
  ] as const,
)("$verb is refused for a plan that is $from", async ({ verb, from }) => {
  const company = found();
  const { plans, live } = company;
  const { id } = await makePlan(company);
  const steps = ["approve", "apply", "rollback"] as const;
  const states = ["validated", "approved", "applied", "rolled_back"];
  for (const step of steps.slice(0, states.indexOf(from))) {
    await plans[step]("acme", id, "bob");
  }
  const before = new Map(live);
  await assert.rejects(plans[verb]("acme", id, "bob"), (error: unknown) => {
    const { code, facts } = error as {
      code: string;
      facts: Record<string, unknown>;
    };
    assert.equal(facts.state, from);
    return code === "plan_state_invalid";
  });
  assert.deepEqual(live, before);
});

Deno.test("a plan that is not there is not found", async () => {
  await assert.rejects(found().plans.apply("acme", "plan_none", "bob"), {
    code: "not_found",
  });
});

Deno.test("rollback() restores any destination exactly", async () => {
  const values = fc.record({
    search: fc.option(fc.nat().map(String)),
    social: fc.option(fc.nat().map(String)),
    tv: fc.option(fc.nat().map(String)),
  });
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.bigInt({ min: 0n, max: 1_500_000_000n }),
      async (set, totalMicros) => {
        const company = found();
        const { plans, live } = company;
        for (const [name, value] of Object.entries(set)) {
          if (value !== null) live.set(`channel:${name}`, value);
        }
        const before = new Map(live);
        const { id, changeSet } = await makePlan(company, { totalMicros });
        await plans.approve("acme", id, "bob");
        await plans.apply("acme", id, "bob");
        changeSet.operations.forEach((operation) => {
          assert.equal(live.get(operation.target) ?? null, operation.set);
        });
        await plans.rollback("acme", id, "bob");
        assert.deepEqual(live, before);
      },
    ),
  );
});

Deno.test("make() answers the same key with the first answer, and another request not", async () => {
  const { plans } = found();
  const options = (requestHash: string) => ({
    by: "ann",
    idempotent: { route: "plan", key: "k-1", requestHash },
    render: ({ id }: { id: string }) => `made ${id}`,
  });
  const first = await plans.make("acme", ask(), options("a"));
  const again = await plans.make("acme", ask(), options("a"));
  assert.equal(first.answer, "made plan_1");
  assert.deepEqual(again, { plan: null, answer: first.answer, replayed: true });
  assert.equal((await plans.list("acme", 10)).length, 1);
  await assert.rejects(plans.make("acme", ask(), options("b")), {
    code: "idempotency_key_reused",
  });
});

Deno.test("make() keeps one plan when the same key comes twice at once", async () => {
  const { plans } = found();
  const options = {
    by: "ann",
    idempotent: { route: "plan", key: "k-1", requestHash: "a" },
    render: ({ id }: { id: string }) => `made ${id}`,
  };
  const [first, second] = await Promise.all([
    plans.make("acme", ask(), options),
    plans.make("acme", ask(), options),
  ]);
  assert.equal(first?.answer, second?.answer);
  assert.equal((await plans.list("acme", 10)).length, 1);
});
