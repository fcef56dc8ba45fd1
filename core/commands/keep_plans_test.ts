/**
 * Plans are made once a night by one node, and those that were applied are looked after
 * once a day.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { GuardrailLook } from "../domain/guardrail.ts";
import type { Plan } from "../domain/plan.ts";
import type { PlanRequest } from "../domain/plan_request.ts";
import type { MakeOptions } from "../plans/life/make.ts";
import {
  keepPlans,
  type PlanEntry,
  type PlanKeeperScope,
} from "./keep_plans.ts";
import { parseNightlyPlans } from "./nightly_plans.ts";

const SETTINGS = [
  { tenant: "acme", days: 7, currency: "EUR" },
  { tenant: "rival", days: 14, currency: "USD", spend: "up_to" },
];

const APPLIED = { id: "plan_1", state: "applied", findings: [] as unknown[] };

const LOOK: GuardrailLook = {
  guardrail: {
    metric: "roas",
    entity: null,
    bound: 0.9,
    baselineDays: 28,
    minDays: 7,
    settleDays: 3,
    confidence: 0.95,
  },
  verdict: "undecided",
  days: 1,
  ratio: null,
  interval: null,
  detail: "roas of all: not decided yet; 1 of 7 days",
};

interface Node {
  readonly entries: PlanEntry[];
  readonly made: { tenant: string; request: PlanRequest; key: string }[];
  readonly verified: string[];
  pass(rounds: number, hours?: number): Promise<void>;
  stop(): Promise<void>;
}

function start(
  options: Partial<PlanKeeperScope> & {
    readonly free?: boolean;
    readonly fails?: () => boolean;
    readonly plan?: Partial<Omit<Plan, "findings">> & {
      findings?: Plan["findings"];
    };
    readonly looks?: readonly GuardrailLook[];
    readonly movedAt?: string;
  } = {},
): Node {
  const { free = true, fails = () => false, looks = [] } = options;
  const node: Pick<Node, "entries" | "made" | "verified"> = {
    ...{ entries: [], made: [], verified: [] },
  };
  const plan = { ...APPLIED, ...options.plan } as Plan;
  let now = Date.parse("2026-11-01T04:30:00.000Z");
  let rounds = 0;
  const clock = { now: () => new Date(now).toISOString() };
  const kept = keepPlans({
    plans: {
      make: (tenant: string, request: PlanRequest, asked: MakeOptions) => {
        if (fails()) {
          const said = "Cannot make plan: there is no champion";
          return Promise.reject(new EngineError("model_unavailable", said));
        }
        const key = asked.idempotent?.key ?? "";
        const known = node.made.some((one) => one.key === key);
        if (!known) node.made.push({ tenant, request, key });
        return Promise.resolve({
          plan: known ? null : { ...plan, state: "validated" as const },
          ...{ answer: "", replayed: known },
        });
      },
      watched: (tenant) => Promise.resolve(tenant === "acme" ? [plan] : []),
      guard: () =>
        Promise.resolve({
          looks,
          plan: looks.some(({ verdict }) => verdict === "regressed")
            ? { ...plan, state: "rolled_back" as const }
            : plan,
        }),
      history: () =>
        Promise.resolve([{
          ...{ seq: 4, from: "applying", to: "applying", by: "cy" } as const,
          ...{ at: options.movedAt ?? "", reason: "half is written" },
        }]),
      verify: () => {
        node.verified.push(clock.now());
        return Promise.resolve(plan);
      },
    },
    signals: { tenants: () => Promise.resolve(["acme", "rival"]) },
    leases: {
      take: () => {
        rounds++;
        return Promise.resolve(free);
      },
      release: () => Promise.resolve(),
      rest: () => Promise.resolve(),
    },
    ...{ clock, ids: { next: () => "plans_1" } },
    planAt: "04:00",
    nightly: parseNightlyPlans(SETTINGS),
    log: (entry) => node.entries.push(entry),
    roundMs: 1,
    ...options,
  });
  return {
    ...node,
    pass: async (more, hours = 0) => {
      now += hours * 3_600_000;
      const wanted = rounds + more * 6;
      while (rounds < wanted) await new Promise((wake) => setTimeout(wake, 1));
    },
    stop: async () => {
      kept.stop();
      await kept.ended;
    },
  };
}

Deno.test("each night makes each plan once, from the next day on, and approves none", async () => {
  const node = start();
  await node.pass(3);
  await node.pass(3, 24);
  await node.stop();
  assert.deepEqual(
    node.made.map(({ tenant, request }) => [
      ...[tenant, request.period.from, request.period.until, request.spend],
    ]),
    [
      ["acme", "2026-11-02", "2026-11-09", "all"],
      ["rival", "2026-11-02", "2026-11-16", "up_to"],
      ["acme", "2026-11-03", "2026-11-10", "all"],
      ["rival", "2026-11-03", "2026-11-17", "up_to"],
    ],
  );
  assert.equal(new Set(node.made.map(({ key }) => key)).size, 4);
  assert.deepEqual(node.entries.map(({ event }) => event), [
    ...["plan_made", "plan_made", "plan_made", "plan_made"],
  ]);
  assert.match(node.entries[0]?.detail ?? "", /^plan_1 is validated: approve/);
});

Deno.test.each([
  { note: "at no time if none is set", options: { planAt: null } },
  { note: "not long after its time", options: { planAt: "22:00" } },
])("plans are made $note", async ({ options }) => {
  const node = start(options);
  await node.pass(3);
  await node.stop();
  assert.deepEqual(node.made, []);
});

Deno.test("a node that does not hold the lease does nothing", async () => {
  const node = start({ free: false });
  await node.pass(1);
  await node.stop();
  assert.deepEqual([node.made, node.verified, node.entries], [[], [], []]);
});

Deno.test("what cannot be made is told once and tried again", async () => {
  let fails = true;
  const node = start({ fails: () => fails });
  await node.pass(4);
  assert.equal(node.entries.length, 2);
  assert.match(node.entries[0]?.detail ?? "", /there is no champion/);
  fails = false;
  await node.pass(3);
  await node.stop();
  assert.equal(node.made.length, 2);
});

Deno.test("applied plans are verified and looked at once a day, what lasts is told once", async () => {
  const node = start({
    planAt: null,
    looks: [LOOK],
    plan: {
      findings: [{
        code: "live_value_drifted",
        entity: "channel:tv",
        message: "tv is 7",
      }],
    },
  });
  await node.pass(4);
  await node.pass(4, 25);
  await node.stop();
  assert.deepEqual(node.verified.map((at) => at.slice(0, 10)), [
    ...["2026-11-01", "2026-11-02"],
  ]);
  assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
    ["plan_guardrail", "plan_1: roas of all: not decided yet; 1 of 7 days"],
    ["plan_drifted", "plan_1: tv is 7"],
  ]);
});

Deno.test("settings in another order, as after a restart, make nothing twice", async () => {
  const made: Node["made"] = [];
  for (const settings of [SETTINGS, SETTINGS.toReversed()]) {
    const node = start({ nightly: parseNightlyPlans(settings) });
    await node.pass(2);
    await node.stop();
    made.push(...node.made);
  }
  const keys = new Set(made.map(({ tenant, key }) => `${tenant} ${key}`));
  assert.equal(made.length, 4);
  assert.equal(keys.size, 2);
});

Deno.test.each(
  [
    { state: "applying", at: "2026-11-01T03:00:00.000Z", told: 1 },
    { state: "rolling_back", at: "2026-11-01T03:00:00.000Z", told: 1 },
    { state: "applying", at: "2026-11-01T04:29:00.000Z", told: 0 },
  ] as const,
)(
  "a plan that is $state since $at is told of $told times",
  async ({ state, at, told }) => {
    const node = start({
      ...{ planAt: null, plan: { state }, movedAt: at },
    });
    await node.pass(4);
    assert.equal(node.entries.length, told);
    await node.pass(4, 2);
    await node.stop();
    assert.deepEqual(node.verified, []);
    assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
      ["plan_half_way", `plan_1 is ${state} since ${at}: half is written`],
    ]);
  },
);

Deno.test("a plan that was rolled back is told of with the numbers, and not verified", async () => {
  const broken = { ...LOOK, verdict: "regressed" as const, detail: "0.6" };
  const node = start({ planAt: null, looks: [broken] });
  await node.pass(3);
  await node.stop();
  assert.deepEqual(node.verified, []);
  assert.deepEqual(node.entries.map(({ event, detail }) => [event, detail]), [
    ["plan_rolled_back", "plan_1: 0.6"],
  ]);
});

Deno.test.each([
  { note: "not a list", given: {}, message: /MOE_PLANS/ },
  {
    note: "of no days",
    given: [{ tenant: "acme", days: 0, currency: "EUR" }],
    message: /0\.days/,
  },
  {
    note: "odd",
    given: [{ tenant: "a b", days: 7, currency: "EUR" }],
    message: /0\.tenant/,
  },
  {
    note: "odd",
    given: [{ tenant: "a", days: 7, currency: "eur" }],
    message: /0\.currency/,
  },
  {
    note: "with a field too many",
    given: [SETTINGS[0], { ...SETTINGS[1], spent: 1 }],
    message: /1 .*"spent"/,
  },
  {
    note: "of one period",
    given: [{
      ...SETTINGS[0],
      period: { from: "2026-01-01", until: "2026-01-02" },
    }],
    message: /0\.period \(say days in its place\)/,
  },
])("settings $note are refused", ({ given, message }) => {
  assert.throws(() => parseNightlyPlans(given), {
    code: "configuration_invalid",
    message,
  });
});
