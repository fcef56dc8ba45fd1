/**
 * Whole amounts.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { roundAmounts } from "./round.ts";

const row = fc.record({
  amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
  below: fc.nat(1000),
  above: fc.nat(1000),
  group: fc.integer({ min: -1, max: 1 }),
});

Deno.test("roundAmounts() sums to the total, within the bounds of each and of groups", () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.nat(5),
      fc.nat(5),
      (rows, wide, drift) => {
        const near = rows.map(({ amount }) => BigInt(Math.round(amount)));
        const bounds = rows.map(({ below, above }, at) =>
          [
            (near[at] ?? 0n) - BigInt(below),
            (near[at] ?? 0n) + BigInt(above),
          ] as const
        );
        const group = rows.map((item) => item.group);
        const groups = [0, 1].map((id) => {
          const sum = near.reduce(
            (total, amount, at) => group[at] === id ? total + amount : total,
            0n,
          );
          return [sum - BigInt(wide), sum + BigInt(wide)] as const;
        });
        const total = near.reduce((sum, amount) => sum + amount, 0n);
        const amounts = Float64Array.from(rows, ({ amount }) => amount + drift);
        const whole = roundAmounts(amounts, { total, bounds, group, groups });
        assert.equal(whole.reduce((sum, amount) => sum + amount, 0n), total);
        whole.forEach((amount, at) => {
          const [lo, hi] = bounds[at] ?? [0n, 0n];
          assert.ok(lo <= amount && amount <= hi);
        });
        groups.forEach(([lo, hi], id) => {
          const sum = whole.reduce(
            (inside, amount, at) => group[at] === id ? inside + amount : inside,
            0n,
          );
          assert.ok(lo <= sum && sum <= hi);
        });
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("roundAmounts() moves no amount by a whole unit when it need not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
      (list) => {
        const amounts = Float64Array.from(list);
        const floors = list.reduce((sum, x) => sum + BigInt(Math.floor(x)), 0n);
        const parts = list.reduce((sum, x) => sum + x - Math.floor(x), 0);
        const whole = roundAmounts(amounts, {
          total: floors + BigInt(Math.round(parts)),
          bounds: list.map(() => [0n, 10n ** 12n]),
        });
        whole.forEach((amount, at) => {
          assert.ok(Math.abs(Number(amount) - (list[at] ?? NaN)) <= 1);
        });
      },
    ),
  );
});

Deno.test("roundAmounts() refuses a total that the bounds do not admit", () => {
  assert.throws(
    () =>
      roundAmounts(new Float64Array([1, 1]), {
        total: 9n,
        bounds: [[0n, 4n], [0n, 4n]],
      }),
    RangeError,
  );
});
