/**
 * Amounts that are corrected to keep rows still sum to what they did, also where
 * entities meet their bounds on the way.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../../domain/allocation.ts";
import { correct } from "./correct.ts";
import { trueExcess } from "./evaluate.ts";
import { prepare } from "./prepare.ts";

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Amounts that break a row by little, some of them all but at a bound. */
const drawn = fc.record({
  halves: fc.array(part(1, 50), { minLength: 4, maxLength: 8 }),
  rooms: fc.array(fc.constantFrom(1e-9, 1e-5, 1e-3, 1), {
    minLength: 8,
    maxLength: 8,
  }),
  broken: part(1e-6, 1e-3),
  coefficient: part(-2, 2),
});

Deno.test("correct() keeps the sum where entities meet their bounds", () => {
  fc.assert(
    fc.property(drawn, ({ halves, rooms, broken, coefficient }) => {
      const amounts = Float64Array.from(halves, (half, at) => half / 5 + at);
      const sum = amounts.reduce((all, amount) => all + amount, 0);
      const terms = { e0: 1, e1: coefficient };
      const mixed = (amounts[0] ?? 0) + coefficient * (amounts[1] ?? 0);
      const problem: AllocationProblem = {
        entities: halves.map((half, at) => ({
          ...{ id: `e${at}`, group: null, lo: 0 },
          hi: (amounts[at] ?? 0) + (rooms[at] ?? 0),
          curve: { type: "michaelis_menten", ceiling: 9, half },
        })),
        groups: [],
        linear: [{ id: "mix", terms, hi: mixed - broken }],
        ...{ budget: sum, spend: "all" },
      };
      const { model } = prepare(problem);
      const { lens, rows: [row] } = model;
      assert.ok(lens !== null && row !== undefined);
      const before = trueExcess(model.t, row, amounts);
      const multipliers = Float64Array.of(1e-3);
      correct(model, lens, { amounts, multipliers, price: NaN });
      const after = amounts.reduce((all, amount) => all + amount, 0);
      assert.ok(Math.abs(after - sum) <= 2e-12 * sum, `${after} of ${sum}`);
      const left = Math.abs(trueExcess(model.t, row, amounts));
      assert.ok(left <= before * (1 + 1e-9), `${left} of ${before}`);
    }),
    { numRuns: 300 },
  );
});
