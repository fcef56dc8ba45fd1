/**
 * Plans are made once a night, and those that were applied are looked at once a day.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { GuardrailLook } from "../../domain/guardrail.ts";
import type { Plan } from "../../domain/plan.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { MakeOptions } from "../../plans/life/make.ts";
import { parseNightlyPlans } from "../nightly_plans.ts";
import { type MadePlanEntry, makePlansJob } from "./make_plans.ts";
import { takenRun } from "./taken_run_test.ts";
import { type WatchedPlanEntry, watchPlansJob } from "./watch_plans.ts";

const SETTINGS = [
  { tenant: "acme", days: 7, currency: "EUR" },
  { tenant: "rival", days: 14, currency: "USD", spend: "up_to" },
];

const APPLIED = { id: "plan_1", state: "applied", findings: [] as unknown[] };
const SUBJECT = { subject: "plan_1" };

const LOOK: GuardrailLook = {
  guardrail: {
    ...{ metric: "roas", entity: null, bound: 0.9, baselineDays: 28 },
    ...{ minDays: 7, settleDays: 3, confidence: 0.95 },
  },
  ...{ verdict: "undecided", days: 1, ratio: null, interval: null },
  detail: "roas of all: not decided yet; 1 of 7 days",
};

function openMaking(settings: unknown = SETTINGS) {
  const made: { tenant: string; request: PlanRequest; key: string }[] = [];
  const entries: MadePlanEntry[] = [];
  const job = makePlansJob({
    plans: {
      make: (tenant: string, request: PlanRequest, asked: MakeOptions) => {
        const key = asked.idempotent?.key ?? "";
        const known = made.some((one) => one.key === key);
        if (!known) made.push({ tenant, request, key });
        const plan = { ...APPLIED, state: "validated" } as unknown as Plan;
        return Promise.resolve({
          ...{ plan: known ? null : plan, answer: "", replayed: known },
        });
      },
    },
    clock: { now: () => "2026-11-01T04:30:00.000Z" },
    planAt: "04:00",
    nightly: parseNightlyPlans(settings),
    log: (entry) => entries.push(entry),
  });
  return { job, made, entries };
}

async function makeAll(
  { job }: ReturnType<typeof openMaking>,
  askedAt: string,
): Promise<void> {
  for (const concern of await job.concerns()) {
    await job.run(takenRun(job, { ...concern, askedAt }));
  }
}

Deno.test("each night makes each plan once, from the next day on, and approves none", async () => {
  const making = openMaking();
  for (const asked of ["01T04:00:10", "01T05:00:00", "02T04:00:10"]) {
    await makeAll(making, `2026-11-${asked}.000Z`);
  }
  assert.deepEqual(
    making.made.map(({ tenant, request }) => [
      ...[tenant, request.period.from, request.period.until, request.spend],
    ]),
    [
      ["acme", "2026-11-02", "2026-11-09", "all"],
      ["rival", "2026-11-02", "2026-11-16", "up_to"],
      ["acme", "2026-11-03", "2026-11-10", "all"],
      ["rival", "2026-11-03", "2026-11-17", "up_to"],
    ],
  );
  assert.equal(making.entries.length, 4);
  assert.match(
    making.entries[0]?.detail ?? "",
    /^plan_1 is validated: approve/,
  );
});

Deno.test("settings in another order, as after a restart, are the same plans", async () => {
  const keys = new Set<string>();
  for (const settings of [SETTINGS, SETTINGS.toReversed()]) {
    const making = openMaking(settings);
    await makeAll(making, "2026-11-01T04:00:10.000Z");
    for (const { tenant, key } of making.made) keys.add(`${tenant} ${key}`);
  }
  assert.equal(keys.size, 2);
});

Deno.test("a setting that is gone is not planned", async () => {
  const { job, made } = openMaking();
  await job.run(takenRun(job, { subject: "0123456789abcdef" }));
  assert.deepEqual(made, []);
});

function openWatching(
  { plan: also = {}, looks = [], movedAt = "" }: {
    readonly plan?: object;
    readonly looks?: readonly GuardrailLook[];
    readonly movedAt?: string;
  } = {},
) {
  const plan = { ...APPLIED, ...also } as unknown as Plan;
  const entries: WatchedPlanEntry[] = [];
  const verified: string[] = [];
  const time = { now: "2026-11-01T04:30:00.000Z" };
  const isBroken = looks.some(({ verdict }) => verdict === "regressed");
  const job = watchPlansJob({
    plans: {
      watched: (tenant) => Promise.resolve(tenant === "acme" ? [plan] : []),
      guard: () =>
        Promise.resolve({
          looks,
          plan: isBroken ? { ...plan, state: "rolled_back" as const } : plan,
        }),
      history: () =>
        Promise.resolve([{
          ...{ seq: 4, from: "applying", to: "applying", by: "cy" } as const,
          ...{ at: movedAt, reason: "half is written" },
        }]),
      verify: () => {
        verified.push(time.now);
        return Promise.resolve(plan);
      },
    },
    signals: { tenants: () => Promise.resolve(["acme", "rival"]) },
    clock: { now: () => time.now },
    log: (entry) => entries.push(entry),
  });
  const look = async (hours: readonly number[]) => {
    let memory: unknown = null;
    for (const hour of hours) {
      const start = Date.parse("2026-11-01T04:30:00.000Z");
      time.now = new Date(start + hour * 3_600_000).toISOString();
      memory = await job.run(takenRun(job, { ...SUBJECT, memory }));
    }
  };
  return { job, entries, verified, look };
}

Deno.test("every plan that is watched is concerned", async () => {
  assert.deepEqual(await openWatching().job.concerns(), [
    { tenant: "acme", subject: "plan_1" },
  ]);
});

Deno.test("applied plans are verified and looked at once a day, what lasts is told once", async () => {
  const finding = { code: "live_value_drifted", entity: "channel:tv" };
  const { look, verified, entries } = openWatching({
    looks: [LOOK],
    plan: { findings: [{ ...finding, message: "tv is 7" }] },
  });
  await look([0, 1, 2, 25, 26]);
  assert.deepEqual(verified.map((at) => at.slice(0, 10)), [
    ...["2026-11-01", "2026-11-02"],
  ]);
  assert.deepEqual(entries.map(({ event, detail }) => [event, detail]), [
    ["plan_guardrail", "plan_1: roas of all: not decided yet; 1 of 7 days"],
    ["plan_drifted", "plan_1: tv is 7"],
  ]);
});

Deno.test.each(
  [
    { state: "applying", at: "2026-11-01T03:00:00.000Z", hours: [0, 1] },
    { state: "rolling_back", at: "2026-11-01T03:00:00.000Z", hours: [0, 1] },
    { state: "applying", at: "2026-11-01T04:29:00.000Z", hours: [0, 2] },
  ] as const,
)("a plan that is $state since $at is told of once", async (one) => {
  const { state, at, hours } = one;
  const node = openWatching({ plan: { state }, movedAt: at });
  await node.look(hours);
  assert.deepEqual(node.verified, []);
  assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
    ["plan_half_way", `plan_1 is ${state} since ${at}: half is written`],
  ]);
});

Deno.test("a plan whose writes may still go on is not told of", async () => {
  const node = openWatching({
    ...{ plan: { state: "applying" }, movedAt: "2026-11-01T04:29:00.000Z" },
  });
  await node.look([0]);
  assert.deepEqual(node.entries, []);
});

Deno.test("a plan that was rolled back is told of with the numbers, and not verified", async () => {
  const broken = { ...LOOK, verdict: "regressed" as const, detail: "0.6" };
  const node = openWatching({ looks: [broken] });
  await node.look([0]);
  assert.deepEqual(node.verified, []);
  assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
    ["plan_rolled_back", "plan_1: 0.6"],
  ]);
});
