/**
 * A log read in the background: an even sample of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoggedRecord } from "../../../domain/decision.ts";
import { evenly, sampleBeside } from "./pages.ts";

/** A chain whose records before a place, and some others, were retired. */
function chainOf(seqs: readonly number[]) {
  const rows = seqs.map((seq) => ({ seq }) as LoggedRecord);
  const reads: number[] = [];
  const log = {
    read: (_tenant: string, after: number, limit: number) => {
      reads.push(after);
      const found = rows.filter(({ seq }) => seq > after);
      return Promise.resolve(found.slice(0, limit));
    },
  };
  return { reading: { log, tenant: "acme", restMs: 0 }, reads };
}

const numbers = (count: number) => [...Array(count).keys()];

Deno.test("a sample comes to each number once, and leaves no gap thrice the usual wherever it is left", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 3000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (count, share) => {
      const order = [...evenly(count)];
      assert.deepEqual(order.toSorted((a, b) => a - b), numbers(count));
      const some = Math.max(1, Math.ceil(count * share));
      const left = order.slice(0, some).sort((a, b) => a - b);
      const gaps = left.map((place, at) => place - (left[at - 1] ?? -1));
      const most = Math.max(...gaps, count - (left.at(-1) ?? 0), 0);
      assert.ok(
        most <= 3 * count / some + 2,
        `${most} for ${some} of ${count}`,
      );
    },
  ));
});

Deno.test("a sample that is not left is all of a range, each record once, and says so", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 1, max: 400 })),
    fc.tuple(fc.nat(400), fc.nat(400)),
    async (places, bounds) => {
      const [after, upTo] = bounds.toSorted((a, b) => a - b) as typeof bounds;
      const { reading } = chainOf(places.toSorted((a, b) => a - b));
      const read: number[] = [];
      let shares: number[] = [];
      for await (
        const { rows, share } of sampleBeside(reading, { after, upTo })
      ) {
        read.push(...rows.map(({ seq }) => seq));
        shares = [...shares, share];
      }
      const wanted = places.filter((seq) => seq > after && seq <= upTo);
      assert.deepEqual(
        read.toSorted((a, b) => a - b),
        wanted.toSorted((a, b) => a - b),
      );
      assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
      if (upTo > after) assert.equal(shares.at(-1), 1);
    },
  ));
});
