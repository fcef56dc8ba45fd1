/**
 * Copies stay within their bounds, and what is used stays longest.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeatureVector } from "../domain/feature.ts";
import { createBoundedCopies } from "./bounded_copies.ts";

function vectorOf(values: readonly (string | number)[]): FeatureVector {
  return {
    view: "v",
    version: 1,
    entity: "subject:s",
    at: "2026-03-01T00:00:00.000Z",
    values,
  };
}

Deno.test("never more copies or bytes than allowed, and all of them come from the latest uses", () => {
  const step = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    do: fc.constantFrom("keep", "keep", "use", "drop"),
    length: fc.nat({ max: 40 }),
  });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const most = { copies: 3, bytes: 1500 };
    const copies = createBoundedCopies(most);
    let uses: string[] = [];
    for (const { name, length, ...step } of steps) {
      if (step.do === "keep") {
        copies.keep(name, vectorOf(new Array(length).fill(1)));
      }
      if (step.do === "drop") copies.drop(name);
      const there = step.do !== "drop" && copies.use(name) !== undefined;
      uses = uses.filter((one) => one !== name);
      if (there) uses.push(name);
      const { copies: count, bytes } = copies.size();
      assert.ok(count <= most.copies && bytes <= most.bytes);
      uses = uses.slice(uses.length - count);
    }
    for (const name of uses) assert.notEqual(copies.use(name), undefined);
    for (const name of ["a", "b", "c", "d", "e"]) copies.drop(name);
    assert.deepEqual(copies.size(), { copies: 0, bytes: 0 });
  }));
});

Deno.test("what is used again and again outlasts what is used once", () => {
  const copies = createBoundedCopies({ copies: 40, bytes: 1e9 });
  for (let turn = 0; turn < 400; turn++) {
    copies.keep(`once ${turn}`, vectorOf([turn]));
    for (let one = 0; one < 20; one++) {
      const isThere = copies.use(`often ${one}`) !== undefined;
      assert.equal(isThere, turn > 0);
      if (!isThere) copies.keep(`often ${one}`, vectorOf([one]));
    }
  }
  assert.equal(copies.use("once 379"), undefined);
  assert.notEqual(copies.use("once 380"), undefined);
});

Deno.test("a copy larger than all bounds is not kept, and text counts", () => {
  const copies = createBoundedCopies({ copies: 10, bytes: 2000 });
  copies.keep("small", vectorOf([1]));
  copies.keep("large", vectorOf(["x".repeat(1000)]));
  assert.equal(copies.use("large"), undefined);
  assert.deepEqual(copies.size(), { copies: 0, bytes: 0 });
});
