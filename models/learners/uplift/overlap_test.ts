/**
 * The overlap check tells experiments from assignments, and names where an arm could
 * not be had.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { checkOverlap, type Overlap, requireOverlap } from "./overlap.ts";
import { estimateChances } from "./propensity.ts";
import { findHole, type NamedArmRows } from "./support.ts";
import { treeRegressors } from "./tree_regressor.ts";

const TREES = {
  trees: 50,
  leaves: 7,
  learningRate: 0.1,
  l2: 1,
  leafRows: 30,
  rowShare: 1,
  columnShare: 1,
};

function assign(
  chanceOf: (age: number, region: number) => number,
  { seed = 1, rows = 3_000 } = {},
): NamedArmRows {
  const random = seededRandom(seed);
  const age = new Float64Array(rows).map(() => Math.floor(80 * random.next()));
  const region = age.map((_, row) =>
    row % 50 === 0 ? NaN : Math.floor(4 * random.next())
  );
  const arm = Uint8Array.from(
    age,
    (value, row) => random.next() < chanceOf(value, region[row] ?? NaN) ? 1 : 0,
  );
  return {
    columns: [age, region],
    names: ["age", "region"],
    label: new Float64Array(rows),
    arm,
    arms: 1,
    armNames: ["none", "email"],
  };
}

async function check(rows: NamedArmRows): Promise<Overlap> {
  const random = seededRandom(5);
  const fit = treeRegressors(TREES, random);
  return checkOverlap(rows, await estimateChances(rows, fit, random));
}

Deno.test("checkOverlap() finds 19 of 20 experiments randomised, whatever the share treated", async () => {
  let randomised = 0;
  for (let seed = 0; seed < 20; seed++) {
    const share = seed % 2 === 0 ? 0.5 : 0.06;
    const rows = assign(() => share, { seed, rows: 1_500 });
    const { verdict, outside } = await check(rows);
    if (verdict === "sound" && outside < 0.2) randomised++;
  }
  assert.ok(randomised >= 19, `${randomised} of 20`);
});

Deno.test("checkOverlap() warns where columns tell the arm, and none is out of reach", async () => {
  const found = await check(assign((age) => 0.25 + 0.5 * age / 80));
  assert.equal(found.verdict, "warn");
  assert.ok(!found.randomised && found.interval[0] > 0.5);
  assert.ok(found.outside < 0.05 && found.ess > 2_000);
  assert.match(found.text, /was not randomised/);
  assert.doesNotThrow(() => requireOverlap(found));
});

Deno.test("checkOverlap() refuses arms that hardly overlap", async () => {
  const found = await check(assign((age) => age < 40 ? 0.02 : 0.98));
  assert.equal(found.verdict, "refuse");
  assert.ok(found.outside > 0.25);
  assert.throws(() => requireOverlap(found), {
    code: "dataset_invalid",
    message: /Cannot learn uplift: .*hardly overlap/,
  });
});

Deno.test.each([
  {
    note: "a word",
    chanceOf: (_: number, region: number) => region === 2 ? 0 : 0.5,
    says: /"region" is at least 2 and below 3 got "email"/,
  },
  {
    note: "the last word",
    chanceOf: (_: number, region: number) => region === 3 ? 1 : 0.5,
    says: /"region" is 3 or more got "none"/,
  },
  {
    note: "a range",
    chanceOf: (age: number) => age >= 60 ? 0 : 0.5,
    says: /"age" is at least \d+ and below \d+ got "email"/,
  },
  {
    note: "the missing",
    chanceOf: (_: number, region: number) => Number.isNaN(region) ? 0 : 0.5,
    says: /none of the 60 rows whose "region" is missing got "email"/,
  },
])("findHole() names $note that never got an arm", ({ chanceOf, says }) => {
  assert.match(findHole(assign(chanceOf)) ?? "", says);
});

Deno.test("findHole() finds none where chance left few", () => {
  assert.equal(findHole(assign(() => 0.5)), null);
  assert.equal(findHole(assign(() => 0.004)), null);
});
