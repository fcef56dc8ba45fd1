/**
 * Values of policies: those of constant policies on a real experiment as a reference
 * has them, and the truth of a simulated one within its standard errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  comparePolicies,
  constantPolicies,
  type LoggedRows,
  policyValue,
} from "./policy_value.ts";
import { seededRandom } from "./random.ts";

const SHARED = new URL("../../../shared/", import.meta.url);
const present = isPresent();
const note = present ? "" : " (skipped: ../shared/data/hillstrom is absent)";
const ARMS = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"];

Deno.test.each([
  { outcome: "visit", cost: 0, task: "visit - cost 0.0/mail" },
  { outcome: "visit", cost: 0.05, task: "visit - cost 0.05/mail" },
  { outcome: "spend", cost: 0, task: "spend - cost 0.0/mail" },
])(
  `constantPolicies() values $task on Hillstrom as the reference does${note}`,
  { ignore: !present },
  ({ outcome, cost, task }) => {
    const text = read("vectors/uplift/hillstrom_repeated_and_policy.json");
    const want = JSON.parse(text)
      .three_arm_policy_value_fixed_split_seed42[task];
    const logged = { ...readHillstrom(outcome), costs: [0, cost, cost] };
    const said = constantPolicies(logged);
    ["nobody", "all_mens", "all_womens"].forEach((name, arm) => {
      const { ips, snips, shares } = said[arm] ?? assert.fail();
      near(ips.value, want[name].ips);
      near(ips.standardError, want[name].ips_se);
      near(snips.value, want[name].snips);
      near(snips.standardError, want[name].snips_se);
      assert.deepEqual(shares, want[name].share_arm);
    });
  },
);

/** Half of the people gain 0.3 by the action, the others lose 0.1; the chance of it depends on who they are. */
function simulate(seed: number, rows = 4_000) {
  const random = seededRandom(seed);
  const gains = Uint8Array.from({ length: rows }, () => +(random.next() < 0.5));
  const treat = Float64Array.from(gains, (one) => one === 1 ? 0.7 : 0.4);
  const taken = Uint8Array.from(treat, (p) => random.next() < p ? 1 : 0);
  const mean = (row: number, action: number) =>
    0.4 + (action === 1 ? (gains[row] === 1 ? 0.3 : -0.1) : 0);
  const outcome = Float64Array.from(
    taken,
    (action, row) => random.next() < mean(row, action) ? 1 : 0,
  );
  const expected = [0, 1].map((action) =>
    Float64Array.from(taken, (_, row) => mean(row, action) + 0.05)
  );
  const chances = [treat.map((p) => 1 - p), treat];
  return { logged: { outcome, taken, chances, expected }, gains };
}

Deno.test("policyValue() finds the truth within its standard errors, by all three ways", () => {
  const misses = { ips: 0, snips: 0, dr: 0 };
  for (let seed = 0; seed < 100; seed++) {
    const { logged, gains } = simulate(seed, 1_000);
    const said = policyValue(logged, gains);
    const share = gains.reduce((sum, one) => sum + one, 0) / gains.length;
    const truth = 0.4 + 0.3 * share;
    for (const way of ["ips", "snips", "dr"] as const) {
      const { value, standardError } = said[way] ?? assert.fail();
      if (Math.abs(value - truth) > 1.645 * standardError) misses[way]++;
    }
  }
  for (const [way, missed] of Object.entries(misses)) {
    assert.ok(missed >= 2 && missed <= 20, `${way} misses ${missed} of 100`);
  }
});

Deno.test("policyValue() tells on how many rows it stands", () => {
  const { logged } = simulate(1);
  const all = policyValue(logged, new Uint8Array(logged.taken.length).fill(1));
  const treated = logged.taken.reduce((sum, one) => sum + one, 0);
  assert.ok(all.effectiveRows < treated && all.effectiveRows > treated / 2);
  near(all.maxWeight, 1 / 0.4);
  assert.deepEqual(all.shares, [0, 1]);
});

Deno.test("policyValue() refuses what stands on a handful of rows, and promises no more than was earned", () => {
  const rows = 1_000;
  const few = (treated: number) => {
    const chance = new Float64Array(rows).fill((treated + 1) / rows / 50);
    return policyValue({
      outcome: Float64Array.from({ length: rows }, (_, row) => row),
      taken: Uint8Array.from({ length: rows }, (_, row) => +(row < treated)),
      chances: [chance.map((p) => 1 - p), chance],
    }, new Uint8Array(rows).fill(1));
  };
  assert.match(few(29).refused ?? "", /29\.0 effective rows.*30 are the least/);
  assert.match(few(0).refused ?? "", /0\.0 effective rows/);
  const { refused, ips } = few(40);
  assert.equal(refused, null);
  assert.ok(ips.value >= 0 && ips.value <= rows - 1, `${ips.value}`);
});

Deno.test("comparePolicies() is surer than two values apart, and 0 of the same", () => {
  const { logged, gains } = simulate(2);
  const all = new Uint8Array(gains.length).fill(1);
  const { value, standardError } = comparePolicies(logged, gains, all);
  const [one, other] = [gains, all].map((chosen) =>
    policyValue(logged, chosen).snips
  );
  near(value, (one?.value ?? NaN) - (other?.value ?? NaN));
  assert.ok(
    standardError <
      Math.hypot(one?.standardError ?? NaN, other?.standardError ?? NaN),
  );
  assert.deepEqual(comparePolicies(logged, all, all), {
    value: 0,
    standardError: 0,
  });
});

Deno.test("policyValue() takes the cost of the policy's action off, by all three ways", () => {
  const { logged, gains } = simulate(3);
  const free = policyValue(logged, gains);
  const costly = policyValue({ ...logged, costs: [0, 0.2] }, gains);
  const share = free.shares[1] ?? NaN;
  assert.ok(free.dr && costly.dr);
  near(free.dr.value - costly.dr.value, 0.2 * share);
  const taken = gains.map(() => 1);
  const all = policyValue({ ...logged, costs: [0, 0.2] }, taken);
  near(policyValue(logged, taken).snips.value - all.snips.value, 0.2);
});

Deno.test("policyValue() refuses an action that had no chance", () => {
  const logged: LoggedRows = {
    outcome: Float64Array.of(1, 0),
    taken: Uint8Array.of(0, 1),
    chances: [0.5, Float64Array.of(0.5, 0)],
  };
  assert.throws(() => policyValue(logged, Uint8Array.of(0, 1)), {
    name: "RangeError",
    message: /row "1": action 1 had no chance/,
  });
});

function readHillstrom(outcome: string): LoggedRows {
  const [head = [], ...lines] = read("data/hillstrom/hillstrom.csv").trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/"[^"]*"/g, "quoted").split(","));
  const test = read("data/hillstrom/split_seed42_test_idx.csv").trim()
    .split(/\r?\n/).map(Number);
  const cell = (name: string) => {
    const at = head.indexOf(name);
    return test.map((row) => lines[row]?.[at] ?? "");
  };
  return {
    outcome: Float64Array.from(cell(outcome), Number),
    taken: Uint8Array.from(cell("segment"), (arm) => ARMS.indexOf(arm)),
    chances: [1 / 3, 1 / 3, 1 / 3],
  };
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, SHARED));
}

function near(said: number, want: number): void {
  assert.ok(Math.abs(said - want) < 1e-9, `${said}, not ${want}`);
}

function isPresent(): boolean {
  try {
    return Deno.statSync(new URL("data/hillstrom/", SHARED)).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}
