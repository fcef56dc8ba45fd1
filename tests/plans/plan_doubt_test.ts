/**
 * Plans that are in doubt or cannot be made: conflicts in the words of whoever asked,
 * intervals, risk, tests, and what is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import { budgets, COMPANY, DOUBTFUL, plan, refuse } from "./plan_rooms.ts";

Deno.test("a conflict is told in fields, with the nearest request that works", async () => {
  const bounds: PlanRequest["bounds"] = {
    "campaign:0": { lo: 500_000_000n, hi: 500_000_000n },
    "channel:a": { hi: 400_000_000n },
  };
  const { code, message, facts } = await refuse({ bounds });
  assert.equal(code, "plan_infeasible");
  assert.match(
    message,
    /bounds\["channel:a"\]\.hi_micros \(at most 400.00 EUR\)/,
  );
  assert.deepEqual(
    [facts.conflict_1, facts.conflict_2, facts.conflicting],
    [
      'bounds["channel:a"].hi_micros',
      'bounds["campaign:0"].lo_micros',
      2,
    ],
  );
  assert.equal(facts.relax_2, undefined);
  const to = BigInt(facts.relax_1_to_micros ?? -1);
  const field = facts.relax_1 === 'bounds["channel:a"].hi_micros'
    ? { ...bounds, "channel:a": { hi: to } }
    : { ...bounds, "campaign:0": { lo: to } };
  await plan({ bounds: field });
});

Deno.test("a return and a count that cannot be met are told as what can", async () => {
  const dear = await refuse({
    returns: [{ over: null, mostCostMicros: 20_000 }],
  });
  const mostCostMicros = Number(dear.facts.relax_1_to_cost_micros);
  assert.match(dear.message, /most_cost_micros \d+ instead of 20000/);
  await plan({ returns: [{ over: null, mostCostMicros }] });
  const poor = await refuse({ returns: [{ over: null, leastRoas: 100 }] });
  const leastRoas = Number(poor.facts.relax_1_to_roas);
  await plan({ returns: [{ over: null, leastRoas }] });
  const members = ["campaign:0", "campaign:1", "campaign:2"];
  const terms = (mostOn: number) => ({
    groups: [{ name: "few", members, mostOn }],
    bounds: {
      "campaign:0": { lo: 10_000_000n },
      "campaign:1": { lo: 10_000_000n },
    },
  });
  const { facts } = await refuse(terms(1));
  assert.equal(facts.relax_1_to_count, 2);
  await plan(terms(2));
});

Deno.test("a policy's cap that is in conflict is named with its reason", async () => {
  const { facts, message } = await refuse(
    { bounds: { "campaign:2": { lo: 600_000_000n } } },
    {
      ...COMPANY,
      rules: [{
        id: "cap_b",
        when: { "==": [{ var: "context.channel" }, "b"] },
        effect: "cap",
        to: 30_000_000,
        reason: "Channel b is limited",
      }],
    },
  );
  assert.equal(facts.conflict_1, 'bounds["campaign:2"].lo_micros');
  assert.equal(facts.conflict_2, "rule:limits@1/cap_b");
  assert.match(message, /Channel b is limited/);
});

Deno.test("steps are blamed only where they are to blame", async () => {
  const bounds: PlanRequest["bounds"] = {
    "campaign:0": { lo: 71_000_000n, hi: 76_000_000n },
  };
  const { facts } = await refuse({ bounds, stepMicros: 10_000_000n });
  assert.equal(facts.conflict_3, "step_micros");
  const { facts: other } = await refuse({
    totalMicros: 10_000_000n,
    bounds: { "campaign:0": { lo: 70_000_000n } },
    stepMicros: 10_000n,
  });
  assert.equal(other.conflicting, 2);
});

Deno.test("under doubt a plan tells intervals, and a cautious one avoids what is unsure", async () => {
  const bounds = Object.fromEntries(
    DOUBTFUL.curves.map(({ entity }) => [entity, { hi: 700_000_000n }]),
  );
  const bold = await plan({ bounds }, DOUBTFUL);
  const risk = { measure: "mean_cvar", weight: 1, tail: 0.2 } as const;
  const careful = await plan({ bounds, risk }, DOUBTFUL);
  assert.equal(bold.forecast?.draws, 5);
  assert.ok((budgets(careful)[0] ?? 0n) < (budgets(bold)[0] ?? 0n));
  const worst = (one: Plan) => one.forecast?.outcome[0] ?? 0;
  assert.ok(worst(careful) > worst(bold));
  const { goal, upperBound } = careful.objective;
  assert.equal(goal?.measure, "mean_cvar");
  assert.ok((goal?.value ?? 0) <= upperBound);
  const [least = 0, most = 0] = bold.recommendations[0]?.outcomeInterval ?? [];
  assert.ok(least < most);
});

Deno.test("a target's chance is maximised, with a bound on every other plan's", async () => {
  const target = (await plan({}, DOUBTFUL)).objective.outcome;
  const made = await plan({ risk: { measure: "chance", target } }, DOUBTFUL);
  const { goal, upperBound } = made.objective;
  assert.equal(goal?.measure, "chance");
  assert.ok((goal?.value ?? 0) >= 0.4 && (goal?.value ?? 2) <= upperBound);
  assert.ok(upperBound <= 1);
});

const EXPLORATION = {
  costPermille: 100,
  testDays: 7,
  usefulPeriods: 12,
  noisePermille: 50,
};

Deno.test("tests are found where curves are least known, at a price", async () => {
  const made = await plan({
    exploration: EXPLORATION,
  }, DOUBTFUL);
  const [first] = made.experiments ?? [];
  assert.equal(first?.entity, "campaign:0");
  assert.ok(first && first.benefit > first.cost && first.days === 7);
});

Deno.test("tests are worth what their outcomes count for", async () => {
  const [even, heavier, nothing] = await Promise.all(
    [1, 5, 0].map((weight) =>
      plan({
        exploration: EXPLORATION,
        objective: {
          maximize: "outcome",
          weights: Object.fromEntries(
            [0, 1, 2, 3].map((id) => [`campaign:${id}`, weight]),
          ),
        },
      }, DOUBTFUL)
    ),
  );
  const benefit = even?.experiments?.[0]?.benefit ?? NaN;
  const scaled = heavier?.experiments?.[0]?.benefit ?? NaN;
  assert.ok(Math.abs(scaled - 5 * benefit) <= 1e-6 * scaled, `${scaled}`);
  assert.deepEqual(nothing?.experiments, []);
});

Deno.test("a target is reached by the least budget, which is proven", async () => {
  const free = await plan({ spend: "up_to" });
  const targetOutcome = free.objective.outcome * 0.8;
  const made = await plan({ targetOutcome });
  const { objective, totalMicros } = made;
  assert.ok(objective.outcome >= targetOutcome);
  const least = objective.leastMicros ?? 0n;
  assert.ok(least <= totalMicros && totalMicros - least < 1000n, `${least}`);
  const less = await plan({
    totalMicros: totalMicros - 1_000_000n,
    spend: "up_to",
  });
  assert.ok(less.objective.outcome < targetOutcome);
  const { facts } = await refuse({ targetOutcome: 1e9 });
  assert.ok(Number(facts.reachable_outcome) > targetOutcome);
  assert.equal(facts.conflict_1, "target_outcome");
});

Deno.test.each([
  {
    change: {
      risk: { measure: "mean_cvar", weight: 1, tail: 1 } as const,
      returns: [{ over: null, leastRoas: 1 }],
    },
    note: "a tail with returns",
    want: /risk\.measure and returns/,
  },
  {
    change: {
      exploration: EXPLORATION,
      shares: [{ of: ["channel:a"], in: null, leastPermille: 1 }],
    },
    note: "tests with shares",
    want: /exploration and shares/,
  },
  {
    change: {
      exploration: EXPLORATION,
      bounds: { "channel:a": { hi: 400_000_000n } },
    },
    note: "tests with bounds of a parent",
    want: /exploration and bounds\["channel:a"\]/,
  },
  {
    change: {
      exploration: EXPLORATION,
      changeLimit: { of: { "campaign:0": 100, "channel:a": 100 } },
    },
    note: "tests with a parent's change limit",
    want: /exploration and change_limit\.of\["channel:a"\]/,
  },
  {
    change: { risk: { measure: "chance", target: 1 } as const },
    note: "risk without draws",
    want: /risk\.measure needs a model whose curves have draws/,
  },
  {
    change: { leastIfOn: { "channel:c": 1n } as const },
    note: "a least of nobody",
    want: /least_if_on names "channel:c"/,
  },
  {
    change: { shares: [{ of: ["nobody"], in: null, leastPermille: 1 }] },
    note: "a share of nobody",
    want: /shares\[0\]\.of names "nobody"/,
  },
  {
    change: {
      groups: [{ name: "x", members: ["y"] }, { name: "y", members: ["x"] }],
    },
    note: "a group within itself",
    want: /groups\[1\]\.members names "x"/,
  },
  {
    change: {
      totalMicros: 10n ** 17n,
      shares: [{ of: ["channel:a"], in: null, leastPermille: 1 }],
    },
    note: "sums beyond exact numbers",
    want: /up to which shares can be kept exactly/,
  },
])("what cannot be planned is refused: $note", async ({ change, want }) => {
  const { code, message } = await refuse(change);
  assert.equal(code, "request_invalid");
  assert.match(message, want);
});
