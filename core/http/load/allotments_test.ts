/**
 * Whatever nodes do, no window admits more than its most; and the store is seldom asked.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createAllotments } from "./allotments.ts";
import { createMemoryBook } from "./memory_book_test.ts";

const WINDOW = { tenant: "acme", allowance: "tenant-requests" };

Deno.test("nodes that spend, crash, stop and come back never spend more than a window's most", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(
        fc.oneof(
          {
            weight: 12,
            arbitrary: fc.record({
              spend: fc.nat(2),
              times: fc.integer({ min: 1, max: 9 }),
            }),
          },
          fc.record({ crash: fc.nat(2) }),
          fc.record({ stop: fc.nat(2) }),
          fc.record({ passMs: fc.integer({ min: 1, max: 4000 }) }),
          fc.record({ stepMs: fc.integer({ min: -6000, max: 6000 }) }),
          fc.record({ putBack: fc.nat(2) }),
          fc.record({ away: fc.boolean() }),
        ),
        { minLength: 1, maxLength: 80 },
      ),
      async (most, seconds, acts) => {
        const book = createMemoryBook();
        book.clockMs = 1e9;
        let nowMs = 0;
        const window = { ...WINDOW, most, seconds };
        const open = () => createAllotments(book, () => nowMs);
        const nodes = [open(), open(), open()];
        const spent = new Map<number, number>();
        const known: number[][] = [[], [], []];
        const add = (start: number, count: number) =>
          spent.set(start, (spent.get(start) ?? 0) + count);
        for (const act of acts) {
          if ("spend" in act) {
            const asked = Array.from(
              { length: act.times },
              () => nodes[act.spend]?.spend(window) ?? null,
            );
            for (const start of await Promise.allSettled(asked)) {
              if (start.status === "rejected" || start.value === null) continue;
              add(start.value, 1);
              known[act.spend]?.push(start.value);
            }
          } else if ("crash" in act) {
            nodes[act.crash] = open();
            known[act.crash] = [];
          } else if ("stop" in act) {
            await nodes[act.stop]?.close();
            nodes[act.stop] = open();
            known[act.stop] = [];
          } else if ("passMs" in act) {
            nowMs += act.passMs;
            book.clockMs += act.passMs;
          } else if ("stepMs" in act) book.clockMs += act.stepMs;
          else if ("away" in act) book.isAway = act.away;
          else {
            const start = known[act.putBack]?.shift();
            if (start === undefined) continue;
            nodes[act.putBack]?.putBack(window, start);
            add(start, -1);
          }
          for (const count of spent.values()) assert.ok(count <= most);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("one node spends all there is, and asks about once a second", async () => {
  const book = createMemoryBook();
  let nowMs = 0;
  const allotments = createAllotments(book, () => nowMs);
  const window = { ...WINDOW, most: 100_000, seconds: 60 };
  let admitted = 0;
  for (let turn = 0; turn < 50_000; turn++) {
    nowMs += 1;
    book.clockMs += 1;
    for (let time = 0; time < 3; time++) {
      if (await allotments.spend(window) !== null) admitted += 1;
    }
  }
  assert.equal(admitted, 100_000);
  assert.ok(book.asked < 150, `${book.asked} questions`);
  assert.deepEqual(allotments.standing(window), { left: 0, endsMs: 60_000 });
});

Deno.test("many at once share one question, and what a node holds it gives back", async () => {
  const book = createMemoryBook();
  const allotments = createAllotments(book, () => 0);
  const window = { ...WINDOW, most: 800, seconds: 60 };
  const all = await Promise.all(
    Array.from({ length: 64 }, () => allotments.spend(window)),
  );
  assert.equal(all.filter((start) => start === 0).length, 64);
  assert.ok(book.asked < 12, `${book.asked} questions`);
  await allotments.close();
  const other = createAllotments(book, () => 0);
  await other.spend(window);
  assert.equal(other.standing(window).left, 800 - 65);
});

Deno.test("what is put back counts in its own window alone", async () => {
  const book = createMemoryBook();
  let nowMs = 0;
  const allotments = createAllotments(book, () => nowMs);
  const window = { ...WINDOW, most: 2, seconds: 1 };
  const first = await allotments.spend(window);
  allotments.putBack(window, first ?? NaN);
  assert.equal(await allotments.spend(window), first);
  nowMs = book.clockMs = 1000;
  await allotments.spend(window);
  allotments.putBack(window, first ?? NaN);
  assert.equal(await allotments.spend(window), 1);
  assert.equal(await allotments.spend(window), null);
});
