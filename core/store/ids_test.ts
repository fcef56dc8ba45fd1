/**
 * Ids sort by time and never repeat.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createIds } from "./ids.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NOW = "2026-03-01T00:00:00.000Z";

Deno.test("ids never repeat and sort in the order they were made", () => {
  const ids = createIds({ now: () => NOW });
  const made = Array.from({ length: 1000 }, () => ids.next("dec"));
  assert.equal(new Set(made).size, made.length);
  assert.deepEqual(made.toSorted(), made);
  for (const id of made) assert.match(id, /^dec_[0-9A-HJKMNP-TV-Z]{26}$/);
});

Deno.test("ids of one moment count up", () => {
  const ids = createIds({ now: () => NOW });
  const counts = Array.from({ length: 3000 }, () => {
    const digits = [...ids.next("dec").slice(-6)];
    return digits.reduce((sum, digit) => sum * 32 + ALPHABET.indexOf(digit), 0);
  });
  const [first = 0] = counts;
  assert.deepEqual(counts, counts.map((_, place) => first + place));
});

Deno.test("ids sort by time, and do not fall back with the clock", () => {
  const moments = [NOW, "2026-03-01T00:00:00.001Z", NOW];
  let place = 0;
  const ids = createIds({ now: () => moments[place++] ?? NOW });
  const made = moments.map(() => ids.next("dec"));
  assert.deepEqual(made.toSorted(), made);
});

Deno.test("an id begins with its moment", () => {
  const ids = createIds({ now: () => "2016-07-30T23:54:10.259Z" });
  assert.equal(ids.next("dec").slice(4, 14), "01ARZ3NDEK");
});

Deno.test("two nodes make different ids at one moment", () => {
  const [one, other] = [1, 2].map(() =>
    createIds({ now: () => NOW }).next("dec")
  );
  assert.notEqual(one, other);
});
