/**
 * What plans may be asked to keep, one term at a time: each is kept, told and priced.
 *
 * @module
 */
import assert from "node:assert/strict";
import { budgets, plan, refuse } from "./plan_rooms.ts";

Deno.test("a change limit holds every budget, and its price is told in its name", async () => {
  const made = await plan({ changeLimit: { mostPermille: 200 } });
  for (const { budgetMicros, currentMicros } of made.recommendations) {
    const moved = budgetMicros - currentMicros;
    assert.ok((moved > 0n ? moved : -moved) * 5n <= currentMicros);
  }
  const named = made.binding.filter(({ asked }) =>
    asked?.includes("change_limit.most_permille")
  );
  assert.ok(named.length > 0);
  assert.match(named[0]?.text ?? "", /one (?:more EUR|EUR less) would bring/);
  assert.ok(
    made.recommendations.some(({ why }) =>
      why?.includes("change_limit.most_permille")
    ),
  );
});

Deno.test("a parent's change limit holds what is below it together", async () => {
  const made = await plan({ changeLimit: { of: { "channel:a": 100 } } });
  const [first = 0n, second = 0n] = budgets(made);
  const sum = first + second;
  assert.ok(sum >= 441_000_000n && sum <= 539_000_000n, `${sum}`);
});

Deno.test("what is paused gets nothing, and what is on at least its least", async () => {
  const made = await plan({
    totalMicros: 350_000_000n,
    leastIfOn: { "campaign:2": 300_000_000n, "campaign:3": 70_000_000n },
  });
  const [, , third = 0n, fourth = 0n] = budgets(made);
  assert.equal(third, 0n);
  assert.ok(fourth === 0n || fourth >= 70_000_000n);
  assert.match(made.recommendations[2]?.why ?? "", /^paused/);
});

Deno.test("budgets per day are whole steps, and what they leave is told", async () => {
  const made = await plan({ totalMicros: 700_050_000n, stepMicros: 10_000n });
  assert.equal(made.totalMicros, 700_000_000n);
  assert.equal(made.unspentMicros, 50_000n);
  for (const { set } of made.changeSet.operations) {
    assert.equal(BigInt(set ?? -1) % 10_000n, 0n);
  }
  const coarse = await plan({ stepMicros: 20_000_000n });
  assert.deepEqual(
    budgets(coarse).filter((budget) => budget % 140_000_000n > 0n),
    [],
  );
});

Deno.test("groups hold as a tree, and limit how many are on", async () => {
  const made = await plan({
    groups: [
      { name: "all", members: ["online", "campaign:3"], mostOn: 2 },
      { name: "online", members: ["channel:a", "channel:b"], hi: 600_000_000n },
      { name: "b", members: ["channel:b"], lo: 100_000_000n },
    ],
  });
  const [first = 0n, second = 0n, third = 0n, fourth = 0n] = budgets(made);
  assert.ok(first + second + third <= 600_000_000n);
  assert.ok(third >= 100_000_000n);
  assert.ok(
    [first, second, third, fourth].filter((one) => one > 0n).length < 3,
  );
});

Deno.test("groups that cross are refused, both by name", async () => {
  const error = await refuse({
    groups: [
      { name: "x", members: ["campaign:0", "campaign:2"], hi: 1n },
      { name: "y", members: ["campaign:2", "campaign:3"], hi: 1n },
    ],
  });
  assert.equal(error.code, "request_invalid");
  assert.match(error.message, /groups\[1\] .*groups\[0\]/);
});

Deno.test("shares of the total and of each other hold", async () => {
  const made = await plan({
    shares: [
      { of: ["channel:b"], in: null, mostPermille: 150 },
      { of: ["campaign:3"], in: ["channel:a"], leastPermille: 250 },
    ],
  });
  const [first = 0n, second = 0n, third = 0n, fourth = 0n] = budgets(made);
  assert.ok(third * 1000n <= made.totalMicros * 150n);
  assert.ok(fourth * 1000n >= (first + second) * 250n);
  assert.ok(
    made.binding.some(({ asked }) => asked?.[0] === "shares[0].most_permille"),
  );
});

Deno.test("target costs hold over all and over a group", async () => {
  const made = await plan({
    totalMicros: 1_400_000_000n,
    spend: "up_to",
    returns: [
      { over: null, mostCostMicros: 90_000 },
      { over: "channel:a", mostCostMicros: 80_000 },
    ],
  });
  const below = made.recommendations.slice(0, 2);
  const spent = below.reduce((sum, row) => sum + row.budgetMicros, 0n);
  const outcome = below.reduce((sum, row) => sum + row.expectedOutcome, 0);
  assert.ok(Number(spent) <= 80_000 * outcome * (1 + 1e-9));
  const { objective, totalMicros } = made;
  assert.ok(Number(totalMicros) <= 90_000 * objective.outcome * (1 + 1e-9));
  assert.ok(totalMicros > 0n && (made.unspentMicros ?? 0n) > 0n);
});

Deno.test("profit stops where the next unit costs more than it brings", async () => {
  const made = await plan({
    totalMicros: 2_000_000_000n,
    spend: "up_to",
    objective: { maximize: "profit", valueMicros: 100_000 },
  });
  const { goal, outcome, upperBound, gap } = made.objective;
  assert.equal(goal?.measure, "profit");
  const profit = 100_000 * outcome - Number(made.totalMicros);
  assert.ok(Math.abs((goal?.value ?? 0) - profit) <= 1);
  assert.ok(profit <= upperBound && gap < 1e-6);
  assert.ok((made.unspentMicros ?? 0n) > 0n);
});

Deno.test("weights move money to what counts more", async () => {
  const even = await plan({});
  const made = await plan({
    objective: { maximize: "outcome", weights: { "campaign:3": 5 } },
  });
  assert.ok((budgets(made)[3] ?? 0n) > (budgets(even)[3] ?? 0n));
  assert.equal(made.objective.goal?.measure, "weighted_outcome");
});
