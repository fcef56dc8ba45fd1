/**
 * Plans whose writes stopped half-way, or may not be written any more.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { type Company, found, makePlan } from "../rooms_test.ts";

const AT_MOST_30 = {
  id: "cap_tv",
  when: { "==": [{ var: "context.channel" }, "tv"] },
  effect: "cap",
  to: 30_000_000,
  reason: "TV gets at most 30 a day",
} as const;

Deno.test("writes that are refused leave a plan half-way, and it goes on or back", async () => {
  for (const end of ["apply", "rollback"] as const) {
    const company = found();
    const { plans, live, faults } = company;
    live.set("channel:search", "5");
    const before = new Map(live);
    const { id, changeSet } = await makePlan(company);
    await plans.approve("acme", id, "bob");
    faults.refuses = new Set(["channel:tv"]);
    await assert.rejects(plans.apply("acme", id, "cy"), {
      code: "connector_failed",
      message: /go on$/,
    });
    const half = await plans.find("acme", id);
    assert.equal(half?.state, "applying");
    assert.ok(
      half.findings.some(({ code, entity }) =>
        code === "write_refused" && entity === "channel:tv"
      ),
    );
    const { progress } = await plans.progress("acme", id);
    assert.ok(progress.some(({ state }) => state === "refused"));
    faults.refuses = new Set();
    const done = await plans[end]("acme", id, "cy");
    assert.deepEqual(done.findings, []);
    if (end === "rollback") assert.deepEqual(live, before);
    else {
      changeSet.operations.forEach(({ target, set }) =>
        assert.equal(live.get(target), set)
      );
    }
  }
});

Deno.test("a plan that stopped half-way is not gone on with once it is forbidden or over, and goes back", async () => {
  const changes = [
    ({ rule }: Company) => rule([AT_MOST_30]),
    ({ clock }: Company) => void (clock.at = "2026-03-17T00:00:00.000Z"),
  ];
  for (const change of changes) {
    const company = found();
    const { plans, live, faults } = company;
    const { id } = await makePlan(company);
    await plans.approve("acme", id, "bob");
    faults.refuses = new Set(["channel:tv"]);
    await assert.rejects(plans.apply("acme", id, "cy"));
    faults.refuses = new Set();
    change(company);
    const before = new Map(live);
    await assert.rejects(plans.apply("acme", id, "cy"), {
      code: "plan_state_invalid",
      message: /applying, and can be rolled back$/,
    });
    assert.deepEqual(live, before);
    const half = await plans.find("acme", id);
    assert.equal(half?.state, "applying");
    assert.match(half.findings[0]?.code ?? "", /policy_objects|plan_expired/);
    await plans.rollback("acme", id, "cy");
    assert.deepEqual(live, new Map());
  }
});

Deno.test("a kill switch stops writes that are under way, and not what undoes them", async () => {
  const company = found();
  const { live } = company;
  const writes: string[] = [];
  let on = false;
  const plans = company.node({
    destination: () => ({
      ...{ name: "map", rate: { batch: 1, pauseMs: 0 } },
      read: (targets) =>
        Promise.resolve(
          targets.map((at) => ({ ...at, value: live.get(at.target) ?? null })),
        ),
      write: ({ settings }) => {
        for (const { target, value } of settings) {
          writes.push(target);
          if (value === null) live.delete(target);
          else live.set(target, value);
        }
        on = writes.length === 1;
        return Promise.resolve();
      },
    }),
    demandWriting: () => {
      if (!on) return;
      throw new EngineError("switched_off", "Cannot write plan: it is on");
    },
  });
  const { id } = await makePlan({ ...company, plans });
  await plans.approve("acme", id, "bob");
  on = true;
  await assert.rejects(plans.apply("acme", id, "cy"), { code: "switched_off" });
  assert.equal((await plans.find("acme", id))?.state, "approved");
  on = false;
  await assert.rejects(plans.apply("acme", id, "cy"), {
    code: "switched_off",
    message: /a kill switch is on; it is applying, apply again to go on$/,
  });
  assert.equal(writes.length, 1, "nothing after the switch was turned on");
  await plans.rollback("acme", id, "cy");
  assert.deepEqual(live, new Map());
});

Deno.test("a plan stays as it is when another destination is configured", async () => {
  const company = found();
  const { id } = await makePlan(company);
  await company.plans.approve("acme", id, "bob");
  await company.plans.apply("acme", id, "cy");
  const other = company.node({
    destination: () => ({
      name: "other",
      read: () => Promise.resolve([]),
      write: () => Promise.resolve(),
    }),
  });
  await assert.rejects(other.rollback("acme", id, "cy"), {
    code: "plan_state_invalid",
    message: /made for destination "map", and "other" is configured/,
  });
  assert.equal((await company.plans.find("acme", id))?.state, "applied");
  const done = await company.plans.rollback("acme", id, "cy");
  assert.equal(done.state, "rolled_back");
});
