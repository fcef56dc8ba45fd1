/**
 * Rows whose time is not over teach and never measure, and tell nothing from later.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../domain/day.ts";
import type { LabelRow } from "../ports/training_sets.ts";
import {
  leastWatchedDays,
  meanLabel,
  splitLabels,
  withDelays,
} from "./maturity.ts";
import { parseSpec, type RowsSpec } from "./spec.ts";
import { splitRows } from "./split.ts";

const WITHIN_DAYS = 10;
const AS_OF_DAY = 60;
const AS_OF = instant(AS_OF_DAY);
const WAYS = ["hash", "time", "time_and_entity"] as const;

function instant(day: number): string {
  return new Date(day * DAY_MS).toISOString();
}

function dayOf(at: string): number {
  return Date.parse(at) / DAY_MS;
}

function specOf(maturity: "wait" | "correct", by: string): RowsSpec {
  return parseSpec({
    model: "sale",
    family: "response_rate",
    grain: "rows",
    use: { kind: "win", currency: "EUR" },
    label: {
      start: "Ad Clicked",
      outcome: "Order Completed",
      matchOn: "subject",
      withinDays: WITHIN_DAYS,
      maturity,
    },
    features: ["view.feature"],
    split: { by },
  }) as RowsSpec;
}

const anyLabels = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 20 }),
    day: fc.integer({ min: 0, max: 4 * AS_OF_DAY - 2 }),
    delay: fc.option(fc.integer({ min: 1, max: 4 * WITHIN_DAYS })),
  }),
  { minLength: 5, maxLength: 150 },
).map((all) =>
  all.sort((a, b) => a.day - b.day).map(({ id, day, delay }): LabelRow => {
    const at = day / 4;
    const outcome = delay === null ? null : at + delay / 4;
    const isKnown = outcome !== null && outcome <= AS_OF_DAY;
    return {
      entities: { subject: `s-${id}` },
      at: instant(at),
      action: null,
      properties: {},
      label: isKnown ? 7 : 0,
      valueMicros: isKnown ? 7 : 0,
      outcomeAt: isKnown ? instant(outcome) : null,
    };
  })
);

Deno.test.each(WAYS.map((by) => ({ by })))(
  "splitLabels() by $by measures and validates on mature rows alone",
  async ({ by }) => {
    const spec = specOf("correct", by);
    await fc.assert(fc.asyncProperty(anyLabels, async (labels) => {
      const { train, validation, holdout, seenAt } = await splitLabels(
        spec,
        labels,
        AS_OF,
      );
      const watched = (place: number, moment: string) =>
        dayOf(moment) - dayOf(labels[place]?.at ?? "");
      const least = leastWatchedDays(spec.label);
      assert.ok(holdout.every((row) => watched(row, AS_OF) >= WITHIN_DAYS));
      assert.ok(validation.every((row) => watched(row, seenAt) >= WITHIN_DAYS));
      assert.ok(
        by === "hash" || train.every((row) => watched(row, seenAt) >= least),
      );
      const places = [...train, ...validation, ...holdout];
      assert.equal(new Set(places).size, places.length);
    }));
  },
);

Deno.test.each([{ by: "hash" }, { by: "time_and_entity" }])(
  "splitLabels() by $by keeps an entity that measures out of what teaches",
  async ({ by }) => {
    await fc.assert(fc.asyncProperty(anyLabels, async (labels) => {
      const { train, validation, holdout } = await splitLabels(
        specOf("correct", by),
        labels,
        AS_OF,
      );
      const held = new Set(
        Array.from(holdout, (place) => labels[place]?.entities.subject),
      );
      for (const place of [...train, ...validation]) {
        assert.ok(!held.has(labels[place]?.entities.subject));
      }
    }));
  },
);

Deno.test("splitLabels() that waits is the plain split", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyLabels,
      fc.constantFrom(...WAYS),
      async (labels, by) => {
        const { seed, split } = specOf("wait", by);
        const rows = labels.map(({ entities, at }) => ({
          id: entities.subject ?? "",
          at,
        }));
        assert.deepEqual(await splitLabels(specOf("wait", by), labels, AS_OF), {
          ...splitRows(rows, { ...split, seed, withinDays: WITHIN_DAYS }),
          seenAt: AS_OF,
        });
      },
    ),
  );
});

Deno.test("withDelays() does not know an outcome that came later", () => {
  const row = (at: number, outcome: number | null): LabelRow => ({
    entities: {},
    at: instant(at),
    action: null,
    properties: {},
    label: outcome === null ? 0 : 7,
    valueMicros: outcome === null ? 0 : 7,
    outcomeAt: outcome === null ? null : instant(outcome),
  });
  const labels = [row(1, 3), row(16, null), row(18, 19.5), row(18, 21)];
  const seen = withDelays(
    {
      rows: 4,
      names: [],
      columns: [],
      label: Float64Array.from(labels, ({ label }) => label),
      valueMicros: Float64Array.from(labels, ({ valueMicros }) => valueMicros),
    },
    labels,
    { seenAt: instant(20), withinDays: WITHIN_DAYS },
  );
  assert.deepEqual(seen.label, Float64Array.of(7, 0, 7, 0));
  assert.deepEqual(seen.valueMicros, seen.label);
  assert.equal(meanLabel(seen), 7);
  assert.deepEqual(seen.delays, {
    delay: Float64Array.of(2, NaN, 1.5, NaN),
    watched: Float64Array.of(10, 4, 2, 2),
    withinDays: WITHIN_DAYS,
  });
});
