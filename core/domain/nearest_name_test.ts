/**
 * The nearest name.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { countEdits, nearestName, suggestName } from "./nearest_name.ts";

const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });

/** Optimal string alignment as it is defined, by recursion. */
function countNaively(from: string, to: string): number {
  if (from === "" || to === "") return from.length + to.length;
  const [a, b] = [from.slice(0, -1), to.slice(0, -1)];
  const same = from.at(-1) === to.at(-1) ? 0 : 1;
  const swapped = from.length > 1 && to.length > 1 &&
    from.at(-1) === to.at(-2) && from.at(-2) === to.at(-1);
  return Math.min(
    countNaively(a, to) + 1,
    countNaively(from, b) + 1,
    countNaively(a, b) + same,
    swapped ? countNaively(from.slice(0, -2), to.slice(0, -2)) + 1 : Infinity,
  );
}

Deno.test("countEdits() equals its definition", () => {
  fc.assert(fc.property(short, short, (from, to) => {
    assert.equal(countEdits(from, to), countNaively(from, to));
  }));
});

Deno.test("nearestName() finds a name with one slip", () => {
  const known = ["campaign", "channel", "placement", "max_bid_micros"];
  for (const slip of ["campagin", "chanel", "Placement", "max_bid_micro"]) {
    const want = known.find((name) =>
      name[0] === slip.toLowerCase()[0] &&
      countEdits(slip.toLowerCase(), name) < 2
    );
    assert.equal(nearestName(slip, known), want);
  }
});

Deno.test("nearestName() finds none for a name that is far from all", () => {
  assert.equal(nearestName("weather", ["campaign", "channel"]), null);
  assert.equal(nearestName("x".repeat(1_000_000), ["x"]), null);
});

Deno.test("suggestName() names the known when none is close", () => {
  assert.equal(suggestName("tvv", ["day", "TV"]), 'did you mean "TV"?');
  assert.equal(suggestName("rain", ["day", "TV"]), "known are day, TV");
  assert.equal(suggestName("rain", []), "known are none");
  const many = Array.from({ length: 500 }, (_, at) => `column_${at}`);
  const said = suggestName("rain", many);
  assert.match(said, /column_19 and 480 more$/);
  assert.ok(said.length < 300);
});
