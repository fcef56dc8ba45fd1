/**
 * A trial drawn: the difference with its band, by the people that it stands on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GUARDRAILS, NOTHING_SEEN } from "../domain/model_trial.ts";
import type { ModelTrialReport } from "../engine/trial_report.ts";
import { drawTrial } from "./model_trial.ts";

const COUNTS = { champion: NOTHING_SEEN, challenger: NOTHING_SEEN };
const AT = "2026-03-01T00:00:00.000Z";
const REPORT: ModelTrialReport = {
  ...{ name: "bidder", change: "chg_1", state: "canary", since: AT, until: AT },
  ...{ champion: "bidder@1", challenger: "bidder@2", permille: 100 },
  ...{ measure: null, guardrails: GUARDRAILS, shadow: COUNTS, canary: COUNTS },
  ...{ outcomes: null, lift: null, isBetter: false, next: "It goes on" },
};

Deno.test("a trial is drawn with the interval around its difference", () => {
  const nobody = { people: 0, total: 0 };
  const svg = drawTrial({
    ...REPORT,
    outcomes: {
      arms: { champion: nobody, challenger: nobody },
      points: [
        { at: AT, people: 100, difference: 0.1, low: -0.2, high: 0.4 },
        { at: AT, people: 200, difference: 0.2, low: 0.1, high: 0.3 },
      ],
    },
  });
  assert.match(svg, /bidder: what comes of the challenger less the champion/);
  assert.match(svg, /difference: 2 points, from 0\.1 to 0\.2/);
  assert.equal(svg.match(/fill-opacity/g)?.length, 1);
});

Deno.test("a trial of which nothing came yet is drawn empty", () => {
  assert.match(drawTrial(REPORT), /difference: no data/);
});
