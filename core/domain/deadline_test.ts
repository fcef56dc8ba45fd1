/**
 * Deadlines on a clock that the test moves: who waits in vain is told, and nobody else.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { NO_DEADLINE, openDeadlines } from "./deadline.ts";

const LATE = { code: "deadline_exceeded" };

Deno.test("what comes in time is heard, what does not is given up", async () => {
  const deadline = openDeadlines().start(20);
  assert.equal(await deadline.within(Promise.resolve(7)), 7);
  await assert.rejects(
    deadline.within(Promise.reject(new RangeError("of the work"))),
    RangeError,
  );
  assert.equal(deadline.expired, false);
  await assert.rejects(deadline.within(new Promise(() => {})), LATE);
  assert.equal(deadline.expired, true);
  assert.equal(deadline.remainingMs(), 0);
});

Deno.test("an answer that has come is heard although the thread was busy", async () => {
  const deadline = openDeadlines().start(5);
  const { port1, port2 } = new MessageChannel();
  const work = new Promise((resolve) => port2.onmessage = resolve);
  const heard = deadline.within(work);
  port1.postMessage("answer");
  const until = performance.now() + 30;
  while (performance.now() < until);
  await heard;
  port1.close();
  port2.close();
});

Deno.test("of many that wait, those end in vain whose time has passed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ ends: fc.nat(100), comes: fc.nat(100) }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (asked) => {
        let now = 0;
        const deadlines = openDeadlines(() => now);
        const works = asked.map(() => Promise.withResolvers<string>());
        const ended = asked.map(({ ends }, place) => {
          const work = works[place]?.promise ?? Promise.reject();
          return deadlines.start(ends).within(work)
            .catch(({ code }) => code as string);
        });
        const present = asked.map(({ comes }) => comes);
        for (const moment of [50, 101]) {
          present.forEach((comes, place) => {
            const isNew = comes < moment && comes >= now;
            if (isNew || moment === 101) works[place]?.resolve("heard");
          });
          await Promise.resolve();
          now = moment;
          await new Promise((wake) => setTimeout(wake, moment === 50 ? 30 : 0));
        }
        const want = asked.map(({ ends, comes }) =>
          comes >= 50 && ends <= 50 ? "deadline_exceeded" : "heard"
        );
        assert.deepEqual(await Promise.all(ended), want);
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("a part ends before the whole, and without an end there is none", () => {
  let now = 100;
  const deadline = openDeadlines(() => now).start(80);
  const part = deadline.part(0.25);
  assert.equal(part.remainingMs(), 20);
  now = 120;
  assert.equal(part.expired, true);
  assert.equal(deadline.part(0.5).remainingMs(), 30);
  assert.equal(NO_DEADLINE.part(0.1).expired, false);
  assert.equal(NO_DEADLINE.remainingMs(), Infinity);
});

Deno.test("a later deadline ends when the first has passed for so long", () => {
  let now = 100;
  const deadlines = openDeadlines(() => now);
  const later = deadlines.start(80).later(25);
  now = 190;
  assert.equal(later.remainingMs(), 15);
  assert.equal(deadlines.start(80).part(0.5).later(25).remainingMs(), 65);
  assert.equal(NO_DEADLINE.later(25).remainingMs(), Infinity);
});

Deno.test("a part is of what is left when it is first asked for, and no clock is read before", () => {
  let [now, reads] = [100, 0];
  const deadline = openDeadlines(() => (reads++, now)).start(80);
  const [part, none] = [deadline.part(0.5), deadline.part(0)];
  assert.equal(part.within("at hand"), "at hand");
  assert.equal(reads, 1);
  now = 140;
  assert.equal(part.remainingMs(), 20);
  now = 150;
  assert.equal(part.remainingMs(), 10);
  assert.equal(none.expired, true);
  assert.equal(NO_DEADLINE.part(0).expired, true);
});

Deno.test("whose work has ended is not told, and keeps nobody from being told", async () => {
  let now = 0;
  const deadlines = openDeadlines(() => now);
  const told: string[] = [];
  const waitFor = (name: string, ms: number) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const late = () => (told.push(name), new RangeError(name));
    const heard = deadlines.start(ms).within(promise, late);
    return { resolve, heard: heard.catch((error) => error.message) };
  };
  const [last, given, quick] = [
    waitFor("last", 30),
    waitFor("given up", 5),
    waitFor("quick", 5),
  ];
  quick.resolve("in time");
  assert.equal(await quick.heard, "in time");
  now = 10;
  assert.equal(await given.heard, "given up");
  given.resolve("too late");
  await Promise.resolve();
  now = 40;
  assert.equal(await last.heard, "last");
  assert.deepEqual(told, ["given up", "last"]);
});

Deno.test("who is due first is given up first, whoever waited before", async () => {
  let now = 0;
  const deadlines = openDeadlines(() => now);
  const order: number[] = [];
  const waiting = [24, 1, 12].map((ms) =>
    deadlines.start(ms).within(new Promise(() => {}))
      .catch(() => order.push(ms))
  );
  for (const [moment, most] of [[2, 1], [20, 12], [30, 24]] as const) {
    now = moment;
    while (!order.includes(most)) await new Promise((turn) => setTimeout(turn));
  }
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 12, 24]);
});
