/**
 * Guardrails: a plan is rolled back by itself when there is evidence, and only then.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Day } from "../../domain/day.ts";
import type { GuardrailMetric, PlanGuardrail } from "../../domain/guardrail.ts";
import type { Plan } from "../../domain/plan.ts";
import { seededRandom } from "../../domain/random.ts";
import type { MetricSeries, SeriesQuery } from "../../ports/training_sets.ts";
import { GUARD } from "../plans.ts";
import { type Company, found, makePlan, NOW } from "../rooms_test.ts";

const TODAY = NOW.slice(0, 10);
const LONG = { from: "2026-03-09", until: "2026-05-09" };

function guardrail(also: Partial<PlanGuardrail> = {}): PlanGuardrail {
  return {
    metric: "conversions",
    entity: null,
    bound: 0.9,
    baselineDays: 28,
    minDays: 5,
    settleDays: 2,
    confidence: 0.95,
    ...also,
  };
}

/** Every channel reports by campaign; TV converts `ratio` times as before from tomorrow on. */
function report(
  { faults, clock }: Company,
  ratio: (channel: string) => number,
  every = 1,
): void {
  faults.series = (query: SeriesQuery) => {
    if (query.level !== "campaign") return Promise.resolve([]);
    const days: Day[] = [];
    const end = clock.at.slice(0, 10);
    for (let at = -60; at < 60; at += every) {
      const day = addDays(TODAY, at);
      const inside = day >= (query.from ?? "") && day < (query.until ?? "9");
      if (inside && day < end) days.push(day);
    }
    return Promise.resolve(
      ["search", "social", "tv"].map((id): MetricSeries => {
        const random = seededRandom(id.length);
        return {
          ...{ id, parent: null, days },
          totals: Float64Array.from(days, (day) => {
            const level = 1 + 0.05 * random.normal();
            const change = day > TODAY ? ratio(id) : 1;
            return query.metric === "spend_micros" ? 1e7 : 1e6 * level * change;
          }),
        };
      }),
    );
  };
}

async function applied(
  company: Company,
  guardrails: readonly PlanGuardrail[],
): Promise<Plan> {
  const { plans } = company;
  const change = { guardrails, period: LONG };
  const { id } = await makePlan(company, change);
  await plans.approve("acme", id, "bob");
  return await plans.apply("acme", id, "cy");
}

function pass({ clock }: Company, days: number): void {
  clock.at = `${addDays(TODAY, days)}T09:00:00.000Z`;
}

Deno.test("a plan whose guardrail is broken is rolled back by the engine, with the numbers", async () => {
  const company = found();
  const { plans, live } = company;
  const before = new Map(live);
  const { id } = await applied(company, [guardrail()]);
  report(company, () => 0.6);
  let rolledBack = 0;
  for (let day = 1; day <= 14 && rolledBack === 0; day++) {
    pass(company, day);
    const { plan, looks } = await plans.guard("acme", id);
    assert.equal(looks.length, 1);
    if (plan.state === "rolled_back") rolledBack = day;
    else assert.equal(looks[0]?.verdict, "undecided");
  }
  assert.equal(rolledBack, 8, "five days after, and two to settle");
  assert.deepEqual(live, before);
  const moves = (await plans.history("acme", id)).slice(-2);
  assert.deepEqual(moves.map(({ to, by }) => [to, by]), [
    ["rolling_back", GUARD],
    ["rolled_back", GUARD],
  ]);
  assert.match(
    moves[0]?.reason ?? "",
    /^conversions of all at least 0\.9 of before: broken; 0\.\d{3} of before \(0\.\d{3} to 0\.\d{3}\) after 5 days$/,
  );
});

Deno.test("a rollback of the engine that stopped half-way is gone on with, a person's is not", async () => {
  for (const by of [GUARD, "bob"]) {
    const company = found();
    const { plans, faults, live } = company;
    const { id } = await applied(company, [guardrail()]);
    report(company, () => 0.6);
    pass(company, 20);
    faults.refuses = new Set(["channel:tv"]);
    await assert.rejects(
      by === GUARD
        ? plans.guard("acme", id)
        : plans.rollback("acme", id, { by, reason: "too dear" }),
      { code: "connector_failed" },
    );
    assert.deepEqual((await plans.watched("acme")).map((plan) => plan.id), [
      id,
    ]);
    faults.refuses = new Set();
    const { plan } = await plans.guard("acme", id);
    assert.equal(plan.state, by === GUARD ? "rolled_back" : "rolling_back");
    assert.equal(live.size, by === GUARD ? 0 : 1);
  }
});

Deno.test("a plan that keeps to its guardrails stays, whatever is looked at how often", async () => {
  const company = found();
  const guardrails = (["conversions", "revenue", "roas", "cpa"] as const).map(
    (metric) => guardrail({ metric, bound: metric === "cpa" ? 1.2 : 0.8 }),
  );
  const { id } = await applied(company, guardrails);
  report(company, () => 1);
  for (let day = 1; day <= 40; day++) {
    pass(company, day);
    const { plan } = await company.plans.guard("acme", id);
    assert.equal(plan.state, "applied");
  }
  const looks = await company.plans.guardrails("acme", id);
  assert.deepEqual(looks.map(({ verdict }) => verdict), [
    ...["holds", "holds", "holds", "holds"],
  ]);
});

Deno.test.each<{ metric: GuardrailMetric; bound: number; ratio: number }>([
  { metric: "roas", bound: 0.9, ratio: 0.6 },
  { metric: "cpa", bound: 1.2, ratio: 0.6 },
  { metric: "revenue", bound: 1, ratio: 0.7 },
])("a $metric that gets worse is found", async ({ metric, bound, ratio }) => {
  const company = found();
  const { id } = await applied(company, [guardrail({ metric, bound })]);
  report(company, () => ratio);
  pass(company, 20);
  const [look] = await company.plans.guardrails("acme", id);
  assert.equal(look?.verdict, "regressed");
  const wanted = metric === "cpa" ? 1 / ratio : ratio;
  assert.ok(Math.abs((look?.ratio ?? 0) / wanted - 1) < 0.05);
  assert.equal((await company.plans.find("acme", id))?.state, "applied");
});

Deno.test("a guardrail of one entity is about that one alone", async () => {
  const company = found();
  const { id } = await applied(company, [
    guardrail({ entity: "channel:tv" }),
    guardrail({ entity: "channel:search" }),
  ]);
  report(company, (channel) => channel === "tv" ? 0.6 : 1);
  pass(company, 25);
  const looks = await company.plans.guardrails("acme", id);
  assert.deepEqual(looks.map(({ verdict }) => verdict), [
    "regressed",
    "holds",
  ]);
});

Deno.test("days that are not complete yet, and days after the period, are not looked at", async () => {
  const company = found();
  const { id } = await applied(company, [guardrail({ settleDays: 4 })]);
  report(company, () => 1);
  pass(company, 11);
  const days = async () =>
    (await company.plans.guardrails("acme", id))[0]?.days;
  assert.equal(await days(), 6);
  pass(company, 59);
  assert.equal(await days(), 54);
});

Deno.test("without enough evidence it is said why", async () => {
  const company = found();
  const { plans } = company;
  const waiting = await makePlan(company, { guardrails: [guardrail()] });
  const detail = async (id: string) =>
    (await plans.guardrails("acme", id)).map((look) => look.detail)[0];
  assert.match(await detail(waiting.id) ?? "", /the plan was not applied$/);
  const { id } = await applied(company, [guardrail()]);
  report(company, () => 0.1);
  pass(company, 4);
  assert.match(await detail(id) ?? "", /1 of 5 days have been reported$/);
  pass(company, 20);
  report(company, () => 0.1, 7);
  assert.match(await detail(id) ?? "", /it is not reported by the day$/);
  company.faults.series = () => Promise.resolve([]);
  assert.match(await detail(id) ?? "", /0 of 5 days have been reported$/);
  assert.equal((await plans.guard("acme", id)).plan.state, "applied");
});

Deno.test("a guardrail of an entity that is not planned is refused", async () => {
  await assert.rejects(
    makePlan(found(), {
      guardrails: [guardrail({ entity: "channel:radio" })],
    }),
    { code: "request_invalid", message: /"channel:radio", which is not/ },
  );
});

Deno.test("a plan that is superseded while its guardrails are looked at is left to the later one", async () => {
  const company = found();
  const { plans, faults, live } = company;
  const { id } = await applied(company, [guardrail()]);
  const later = await makePlan(company, { totalMicros: 350_000_000n });
  await plans.approve("acme", later.id, "bob");
  report(company, () => 0.6);
  pass(company, 10);
  const read = faults.series;
  let between = async () => {};
  between = async () => {
    between = () => Promise.resolve();
    await company.plans.apply("acme", later.id, "cy");
  };
  faults.series = async (query) => {
    await between();
    return await read?.(query) ?? [];
  };
  const { plan } = await plans.guard("acme", id);
  assert.equal(plan.state, "superseded");
  for (const { target, set } of later.changeSet.operations) {
    assert.equal(live.get(target), set);
  }
});
