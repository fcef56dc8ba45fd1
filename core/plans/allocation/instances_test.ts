/**
 * Allocation on certified instances: at least the best known, never above the
 * certified bound.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  FOLDER,
  listInstances,
  readInstance,
} from "../../../tests/plans/certified_instances.ts";
import { verifyAllocation } from "../../../tests/plans/verify.ts";
import { allocate } from "./allocate.ts";

const names = listInstances();

if (names.length === 0 && Deno.env.get("REQUIRE_ALL") === "1") {
  throw new Error(`Cannot find certified instances in ${FOLDER.pathname}`);
}

Deno.test({
  name: "certified instances are absent beside the checkout, so none is solved",
  ignore: names.length === 0,
  fn: () => assert.ok(names.length > 0),
});

for (const name of names) {
  Deno.test(`allocate() reaches the certified optimum of ${name}`, () => {
    const { problem, certified } = readInstance(name);
    const allocation = allocate(problem);
    const large = problem.entities.length >= 1000;
    const { outcome, upperBound, gap } = allocation;
    assert.ok(
      outcome >= certified.best_known * (1 - (large ? 1e-6 : 1e-9)),
      `outcome ${outcome} is below ${certified.best_known}`,
    );
    assert.ok(outcome <= certified.upper_bound * (1 + 1e-9));
    assert.ok(upperBound >= certified.best_known * (1 - 1e-9));
    assert.ok(gap <= (large ? 1e-6 : 1e-9), `gap ${gap}`);
    assert.deepEqual(verifyAllocation(problem, allocation).violations, []);
  });
}
