/**
 * Splits that leak nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../domain/day.ts";
import { type SplitRow, splitRows } from "./split.ts";

const rows = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 30 }).map((id) => `s-${id}`),
    day: fc.integer({ min: 0, max: 60 }),
  }),
  { minLength: 1, maxLength: 200 },
).map((all) =>
  all.sort((a, b) => a.day - b.day).map(({ id, day }): SplitRow => ({
    id,
    at: new Date(day * DAY_MS).toISOString(),
  }))
);
const OPTIONS = {
  holdoutShare: 0.3,
  validationShare: 0.2,
  seed: 1,
  withinDays: 7,
};

Deno.test("splitRows() by hash puts every row in one part, and an id on one side", () => {
  fc.assert(fc.property(rows, (rows) => {
    const { train, validation, holdout } = splitRows(rows, {
      ...OPTIONS,
      by: "hash",
    });
    const places = [...train, ...validation, ...holdout].sort((a, b) => a - b);
    assert.deepEqual(places, [...rows.keys()]);
    const sides = [train, validation, holdout].map((part) =>
      new Set(Array.from(part, (place) => rows[place]?.id))
    );
    for (const id of new Set(rows.map(({ id }) => id))) {
      assert.equal(sides.filter((side) => side.has(id)).length, 1);
    }
  }));
});

Deno.test("splitRows() by time learns only what had come about before the held-out rows", () => {
  fc.assert(fc.property(rows, (rows) => {
    const { train, validation, holdout } = splitRows(rows, {
      ...OPTIONS,
      by: "time",
    });
    const moment = (place: number) => Date.parse(rows[place]?.at ?? "");
    const first = Math.min(...Array.from(holdout, moment));
    for (const place of [...train, ...validation]) {
      assert.ok(moment(place) + OPTIONS.withinDays * DAY_MS <= first);
    }
    assert.ok(holdout.length >= Math.floor(rows.length * 0.3));
  }));
});

Deno.test("splitRows() holds out about the share it is told, by the seed", () => {
  const many = Array.from({ length: 5000 }, (_, place) => ({
    id: `s-${place}`,
    at: "2026-01-01T00:00:00.000Z",
  }));
  const one = splitRows(many, { ...OPTIONS, by: "hash" });
  assert.ok(Math.abs(one.holdout.length / 5000 - 0.3) < 0.03);
  assert.ok(Math.abs(one.validation.length / 5000 - 0.7 * 0.2) < 0.03);
  const again = splitRows(many, { ...OPTIONS, by: "hash" });
  assert.deepEqual(again, one);
  const other = splitRows(many, { ...OPTIONS, by: "hash", seed: 2 });
  assert.notDeepEqual(other.holdout, one.holdout);
});
