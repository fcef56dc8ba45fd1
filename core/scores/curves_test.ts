/**
 * Curves are read as they were written, and nothing that is no curve is believed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FittedCurve, ResponseCurve } from "../domain/score.ts";
import { parseCurves } from "./curves.ts";

const HILL: ResponseCurve = { type: "hill", ceiling: 5, half: 2, slope: 1.5 };

const PLAIN: FittedCurve = {
  entity: "channel:search",
  parent: null,
  curve: HILL,
  decay: 0.5,
  seenMicros: [0, 10],
};

const UNCERTAIN: FittedCurve = {
  ...PLAIN,
  carryOver: [0.5, 0.25, 0.25],
  draws: [HILL, { type: "logistic", ceiling: 3, rate: 0.1 }],
};

function write(...curves: unknown[]): Uint8Array {
  const text = JSON.stringify({ outcome: "revenue_micros", curves });
  return new TextEncoder().encode(text);
}

Deno.test.each([
  { note: "plain", curve: PLAIN },
  { note: "with carry-over and draws", curve: UNCERTAIN },
])("parseCurves() reads what was written: $note", ({ curve }) => {
  assert.deepEqual(parseCurves(write(curve)), {
    outcome: "revenue_micros",
    curves: [curve],
  });
});

Deno.test.each([
  {
    note: "carry-over that loses some of the effect",
    curves: [{ ...PLAIN, carryOver: [0.5, 0.25] }],
  },
  {
    note: "carry-over below zero",
    curves: [{ ...PLAIN, carryOver: [1.5, -0.5] }],
  },
  {
    note: "carry-over without end",
    curves: [{ ...PLAIN, carryOver: Array(401).fill(1 / 401) }],
  },
  { note: "no draws in a list of draws", curves: [{ ...PLAIN, draws: [] }] },
  {
    note: "a draw that is no curve",
    curves: [{ ...PLAIN, draws: [{ ...HILL, ceiling: -1 }] }],
  },
  {
    note: "more draws than are of use",
    curves: [{ ...PLAIN, draws: Array(1001).fill(HILL) }],
  },
  { note: "draws of some curves only", curves: [PLAIN, UNCERTAIN] },
  { note: "an unknown member", curves: [{ ...PLAIN, confidence: 1 }] },
])("parseCurves() refuses $note", ({ curves }) => {
  assert.throws(() => parseCurves(write(...curves)));
});
