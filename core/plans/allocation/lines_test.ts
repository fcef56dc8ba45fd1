/**
 * Concave problems are solved to 1e-5, as a rule exactly, where entities stand on corners of straight
 * lines and weighted sums hold: nothing is left to branch on.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationEntity } from "../../domain/allocation.ts";
import { allocate } from "./allocate.ts";

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const bent = fc.tuple(part(1, 20), part(1, 9), part(1, 20), part(0, 0.9))
  .map(([width, rise, more, fall]) => ({
    type: "piecewise" as const,
    points: [
      [0, 0],
      [width, rise * width],
      [width + more, rise * width + fall * more],
    ] as const,
  }));
const smooth = fc.oneof(
  fc.record({
    type: fc.constant("logistic" as const),
    ceiling: part(1, 50),
    rate: part(0.05, 1),
  }),
  fc.record({
    type: fc.constant("michaelis_menten" as const),
    ceiling: part(1, 50),
    half: part(0.1, 20),
  }),
);

const problems = fc.record({
  curves: fc.tuple(
    fc.array(bent, { minLength: 1, maxLength: 3 }),
    fc.array(smooth, { minLength: 1, maxLength: 3 }),
  ),
  terms: fc.array(part(0.05, 2), { minLength: 6, maxLength: 6 }),
  share: part(0.1, 0.9),
  room: part(0.01, 0.3),
}).map(({ curves, terms, share, room }) => {
  const entities = curves.flat().map((curve, at): AllocationEntity => ({
    ...{ id: `e${at}`, group: null, curve, lo: 0 },
    hi: curve.type === "piecewise" ? curve.points[2][0] : 30,
  }));
  const most = entities.reduce((sum, { hi }) => sum + hi, 0);
  const weights = terms.slice(0, entities.length);
  const point = entities.reduce(
    (sum, { hi }, at) => sum + share * hi * (weights[at] ?? 0),
    0,
  );
  return {
    ...{ entities, groups: [], spend: "all" as const, budget: share * most },
    linear: [{
      id: "mix",
      terms: Object.fromEntries(weights.map((term, at) => [`e${at}`, term])),
      hi: point * (1 + room),
      lo: point * (1 - room),
    }],
  };
});

Deno.test("allocate() closes the gap at corners of lines under weighted sums", () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { gap, nodes } = allocate(problem);
      assert.ok(gap <= 1e-5, `a gap of ${gap} after ${nodes} nodes`);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
