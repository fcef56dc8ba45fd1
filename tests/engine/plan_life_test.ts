/**
 * A plan of a real engine from the night it is made in until it is rolled back, on the
 * `file` destination.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type MadePlanEntry,
  makePlansJob,
} from "../../core/commands/jobs/make_plans.ts";
import { takenRun } from "../../core/commands/jobs/taken_run_test.ts";
import {
  type WatchedPlanEntry,
  watchPlansJob,
} from "../../core/commands/jobs/watch_plans.ts";
import { parseNightlyPlans } from "../../core/commands/nightly_plans.ts";
import type { Opened } from "../../core/commands/open.ts";
import type { Plan } from "../../core/domain/plan.ts";
import { environmentOf, fillCompany, openCompany, TENANT } from "../company.ts";
import { openBudgets } from "../operations/plan_node.ts";
import { runMoe } from "./moe.ts";

const SUBJECTS = 300;
const SETTINGS = [{
  ...{ tenant: TENANT, days: 7, currency: "EUR" },
  guardrails: [{ metric: "roas", bound: 0.9 }],
}];

/** One night of the server's jobs, each asked for twice. */
async function night({ engine, stores, clock }: Opened, planAt: string) {
  const entries: (MadePlanEntry | WatchedPlanEntry)[] = [];
  const log = (entry: MadePlanEntry | WatchedPlanEntry) => entries.push(entry);
  const { plans } = engine;
  const nightly = parseNightlyPlans(SETTINGS);
  const jobs = [
    makePlansJob({ plans, clock, planAt, nightly, log }),
    watchPlansJob({ plans, signals: stores.signals, clock, log }),
  ];
  for (const job of jobs) {
    for (const concern of await job.concerns()) {
      const run = { ...concern, askedAt: clock.now() };
      const memory = await job.run(takenRun(job, run));
      await job.run(takenRun(job, { ...run, memory }));
    }
  }
  return entries;
}

/** Somebody else sets a budget. */
async function meddle(folder: string, { changeSet }: Plan): Promise<string> {
  const [first] = changeSet.operations;
  if (first === undefined) throw new Error("the plan writes nothing");
  const { target, field, set } = first;
  await destinationOf(folder).write({
    id: "by hand",
    settings: [{ key: "by hand", target, field, expect: set, value: "7" }],
  });
  return target;
}

/** Where the engine writes the company's plans. */
function destinationOf(folder: string) {
  return openBudgets(`${folder}/destinations/${TENANT}`);
}

Deno.test("a plan is made at night, approved, applied, verified and rolled back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "plan_life_" });
  const place = { databaseUrl: null, folder };
  await fillCompany(place, SUBJECTS);
  let opened = await openCompany(place);
  const { plans } = opened.engine;
  const planAt = opened.clock.now().slice(11, 16);
  const made = await night(opened, planAt);
  assert.deepEqual(made.map(({ event }) => event), ["plan_made"]);
  const [found] = await plans.list(TENANT, 2);
  assert.equal(found?.state, "validated", JSON.stringify(found?.findings));
  assert.equal(found.createdBy, "nightly");
  const { id, changeSet } = found;
  await assert.rejects(plans.apply(TENANT, id, "grace"), {
    code: "plan_state_invalid",
  });
  await plans.approve(TENANT, id, "grace");
  assert.equal((await plans.apply(TENANT, id, "grace")).state, "applied");
  const after = await night(opened, planAt);
  assert.match(
    after.map(({ event, detail }) => `${event} ${detail}`).join("\n"),
    /plan_guardrail .*: not decided yet; 0 of 7 days have been reported/,
  );
  assert.match(await plans.plot(TENANT, id, "allocation"), /^<svg/);
  assert.equal((await plans.list(TENANT, 9)).length, 1, "made once a night");
  await opened.close();

  const verify = ["plans", "verify", id, "--tenant", TENANT];
  const env = environmentOf(place);
  assert.equal((await runMoe(env, verify)).code, 0);
  const target = await meddle(folder, found);
  const told = await runMoe(env, verify);
  assert.equal(told.code, 1);
  assert.match(told.text, new RegExp(`live_value_drifted: .*${target} is 7`));

  opened = await openCompany(place);
  const done = await opened.engine.plans.rollback(TENANT, id, {
    ...{ by: "grace", reason: "tried it" },
  });
  assert.equal(done.state, "rolled_back");
  assert.deepEqual(done.findings.map(({ entity }) => entity), [target]);
  const settings = await destinationOf(folder).read(changeSet.operations);
  assert.deepEqual(
    settings.filter(({ value }) => value !== null).map(({ value }) => value),
    ["7"],
  );
  const events = await opened.engine.plans.history(TENANT, id);
  assert.deepEqual(events.map(({ to, by }) => `${to} ${by}`), [
    ...["proposed nightly", "validated nightly", "approved grace"],
    ...["applying grace", "applied grace", "applied cli"],
    ...["rolling_back grace", "rolled_back grace"],
  ]);
  assert.equal(events.at(-2)?.reason, "tried it");
  await opened.close();
  await Deno.remove(folder, { recursive: true });
});
