/**
 * Splits that leak nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../domain/day.ts";
import { drawChances, halveRows, type SplitRow, splitRows } from "./split.ts";

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

Deno.test("splitRows() by time and entity measures later rows of entities that nothing learnt of", () => {
  fc.assert(fc.property(rows, (rows) => {
    const options = { ...OPTIONS, by: "time_and_entity" } as const;
    const { train, validation, holdout } = splitRows(rows, options);
    const byTime = splitRows(rows, { ...OPTIONS, by: "time" });
    const learnt = [...train, ...validation];
    const idOf = (place: number) => rows[place]?.id;
    const seen = new Set(learnt.map(idOf));
    assert.ok([...holdout].every((place) => !seen.has(idOf(place))));
    const later = new Set(byTime.holdout);
    assert.ok([...holdout].every((place) => later.has(place)));
    const earlier = new Set([...byTime.train, ...byTime.validation]);
    assert.ok(learnt.every((place) => earlier.has(place)));
  }));
});

Deno.test("splitRows() by time and entity measures new entities, and some of the others", () => {
  const many = Array.from({ length: 6000 }, (_, place) => ({
    id: place < 4200 || place % 2 === 0 ? `s-${place % 1000}` : `new-${place}`,
    at: new Date(86_400_000 * place).toISOString(),
  }));
  const options = { ...OPTIONS, by: "time_and_entity" } as const;
  const { holdout } = splitRows(many, options);
  const isNew = (place: number) => many[place]?.id.startsWith("new-");
  const fresh = [...holdout].filter(isNew).length;
  assert.equal(fresh, 900, "all later rows of new entities");
  const share = (holdout.length - fresh) / 900;
  assert.ok(Math.abs(share - 0.3) < 0.06, `${share} of the known ones`);
});

Deno.test("splitRows() is the same with draws made beforehand", async () => {
  await fc.assert(fc.asyncProperty(
    rows,
    fc.constantFrom("hash", "time", "time_and_entity"),
    async (rows, by) => {
      const options = { ...OPTIONS, by } as const;
      const chance = await drawChances(rows, options.seed);
      assert.deepEqual(
        splitRows(rows, options, chance),
        splitRows(rows, options),
      );
    },
  ));
});

Deno.test("halveRows() puts every row in one half, and an entity in one", () => {
  const ids = Array.from({ length: 4000 }, (_, row) => `s-${row % 2000}`);
  const { stop, judge } = halveRows(ids, 1);
  assert.equal(stop.length + judge.length, ids.length);
  assert.ok(Math.abs(judge.length / ids.length - 0.5) < 0.05);
  const stopped = new Set(Array.from(stop, (place) => ids[place]));
  assert.ok(judge.every((place) => !stopped.has(ids[place])));
});
