/**
 * The same problem however it is held: as objects, as columns, or changed piece by
 * piece.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ColumnarProblem } from "../../domain/allocation.ts";
import { allocate, createAllocator } from "./allocate.ts";
import { arbitraryCurve, arbitraryProblem } from "./problems_test.ts";
import { readColumns } from "./solver/columns.ts";

const close = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(a, b), `${a} is not ${b}`);

Deno.test("allocate() takes columns for entities", () => {
  fc.assert(
    fc.property(arbitraryProblem(), ({ entities, ...rest }) => {
      const columns = readColumns({ entities, ...rest });
      const columnar: ColumnarProblem = {
        ...rest,
        columns: { ...columns, ids: null },
      };
      const [a, b] = [allocate({ entities, ...rest }), allocate(columnar)];
      assert.deepEqual(a.amounts, b.amounts);
      assert.equal(a.upperBound, b.upperBound);
      const named = (list: typeof a.binding) =>
        list.map(({ constraint }) => constraint.replace(/:e?(\d+):/, ":$1:"));
      assert.deepEqual(named(a.binding), named(b.binding));
    }),
  );
});

Deno.test("createAllocator() allocates after a change as if it were the first time", () => {
  fc.assert(
    fc.property(arbitraryProblem(), arbitraryCurve(), (problem, curve) => {
      const [first] = problem.entities;
      fc.pre(first !== undefined);
      const changed = { ...first, curve };
      const allocator = createAllocator(problem);
      allocator.allocate();
      allocator.change(changed);
      const again = allocator.allocate();
      const fresh = allocate({
        ...problem,
        entities: [changed, ...problem.entities.slice(1)],
      });
      close(again.outcome, fresh.outcome);
      close(again.upperBound, fresh.upperBound);
    }),
  );
});

Deno.test("createAllocator() refuses to change what is not there", () => {
  const curve = { type: "michaelis_menten", ceiling: 1, half: 1 } as const;
  const entity = { id: "a", group: null, curve, lo: 0, hi: 1 };
  const allocator = createAllocator({
    entities: [entity],
    groups: [],
    budget: 1,
    spend: "all",
  });
  assert.throws(() => allocator.change({ ...entity, id: "b" }), RangeError);
});
