/**
 * What ends a trial, and what does not.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  addCounts,
  type ArmCounts,
  GUARDRAILS,
  NOTHING_SEEN,
} from "../../domain/model_trial.ts";
import { seededRandom } from "../../domain/random.ts";
import { findTrialBreach } from "./guardrails.ts";

const WELL: ArmCounts = {
  ...{ decisions: 900, denied: 90, spend: 900e6, spendSquares: 1000e12 },
  ...{ asked: 900, unscored: 1, timed: 900, slow: 2, rows: 900 },
  ...{ low: 0.1, high: 0.9 },
};

Deno.test.each([
  { note: "both sides are alike", also: {}, want: null },
  {
    note: "it owes a twentieth",
    also: { unscored: 60 },
    want: /owes 6\.7 %/,
  },
  {
    note: "few answers were asked",
    also: { asked: 40, unscored: 40 },
    want: null,
  },
  {
    note: "it says the same of all",
    also: { low: 0.5, high: 0.5 },
    want: /says 0\.5 of all of 900 rows/,
  },
  {
    note: "it is slow",
    also: { slow: 120 },
    want: /13\.3 % of its answers take 20 ms/,
  },
  { note: "it is slow now and then", also: { slow: 20 }, want: null },
  {
    note: "policies deny it",
    also: { denied: 300 },
    want: /deny 33\.3 % of its decisions/,
  },
  { note: "policies deny a little more", also: { denied: 150 }, want: null },
  {
    note: "it spends half as much again",
    also: { spend: 1350e6, spendSquares: 2250e12 },
    want: /costs 1500000 micros, and 1000000/,
  },
  {
    note: "it spends a tenth more",
    also: { spend: 990e6, spendSquares: 1210e12 },
    want: null,
  },
])("a trial in which $note", ({ also, want }) => {
  const found = findTrialBreach(GUARDRAILS, {
    champion: WELL,
    challenger: { ...WELL, ...also },
  });
  if (want === null) assert.equal(found, null);
  else assert.match(found ?? "nothing", want);
});

Deno.test("a champion that owes as much, in an overload, ends no trial; in shadow there is none to compare with", () => {
  const owing = { ...WELL, unscored: 300 };
  const both = { champion: owing, challenger: owing };
  assert.equal(findTrialBreach(GUARDRAILS, both), null);
  const shadow = { champion: NOTHING_SEEN, challenger: owing };
  assert.match(findTrialBreach(GUARDRAILS, shadow) ?? "", /owes 33\.3 %/);
});

Deno.test("versions that are alike end by themselves in hardly any of 300 worlds, looked at after each decision", () => {
  let ended = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    let counts = { champion: NOTHING_SEEN, challenger: NOTHING_SEEN };
    for (let decision = 0; decision < 1500; decision++) {
      const arm = random.next() < 0.2 ? "challenger" : "champion";
      const spend = 1e6 * random.next();
      counts = {
        ...counts,
        [arm]: addCounts(counts[arm], {
          ...NOTHING_SEEN,
          ...{ decisions: 1, denied: Number(random.next() < 0.2), spend },
          ...{ spendSquares: spend * spend, asked: 1, timed: 1, rows: 1 },
          unscored: Number(random.next() < 0.005),
          slow: Number(random.next() < 0.02),
          ...{ low: spend, high: spend },
        }),
      };
      if (findTrialBreach(GUARDRAILS, counts) === null) continue;
      ended++;
      break;
    }
  }
  assert.ok(ended <= 3, `${ended} of 300`);
});
