/**
 * A breaker on a clock that the test moves, against what it must never do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createBreaker } from "./breaker.ts";

const OPTIONS = { failures: 3, openMs: 100 };

Deno.test("it opens after failures in a row alone, tries once, and closes on a success", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom("ok", "fail", "wait", "pass"), { maxLength: 80 }),
    (acts) => {
      let now = 0;
      const breaker = createBreaker(OPTIONS, () => now);
      let inRow = 0;
      let closedUntil: number | null = null;
      for (const act of acts) {
        if (act === "pass") now += 40;
        if (act === "wait") now += 100;
        if (act !== "ok" && act !== "fail") continue;
        const isOpen: boolean = closedUntil !== null && now < closedUntil;
        assert.equal(breaker.state === "open", isOpen);
        assert.equal(breaker.admits(), !isOpen);
        if (isOpen) continue;
        if (closedUntil !== null) assert.equal(breaker.admits(), false);
        if (act === "ok") {
          breaker.succeeded();
          inRow = 0;
          closedUntil = null;
        } else {
          breaker.failed();
          inRow += 1;
          if (closedUntil !== null || inRow >= 3) closedUntil = now + 100;
        }
      }
    },
  ));
});

Deno.test("what hangs opens it at once, unless others succeeded since", () => {
  let now = 0;
  const breaker = createBreaker(OPTIONS, () => now);
  now = 10;
  breaker.succeeded();
  now = 20;
  breaker.failed(5);
  assert.equal(breaker.state, "closed");
  breaker.failed(15);
  assert.equal(breaker.state, "open");
  breaker.succeeded();
  assert.equal(breaker.state, "closed");
});

Deno.test("one that tries and hangs keeps others out no longer than a failure does", () => {
  let now = 0;
  const breaker = createBreaker(OPTIONS, () => now);
  breaker.failed(0);
  now = 100;
  assert.equal(breaker.admits(), true);
  now = 199;
  assert.equal(breaker.admits(), false);
  now = 200;
  assert.equal(breaker.admits(), true);
  breaker.succeeded();
  assert.equal(breaker.state, "closed");
});

Deno.test("one that nobody asks is taken for closed after a while", () => {
  let now = 0;
  const breaker = createBreaker(OPTIONS, () => now);
  breaker.failed(0);
  assert.equal(breaker.state, "open");
  now = 200;
  assert.equal(breaker.state, "half_open");
  now = 70_000;
  assert.equal(breaker.state, "closed");
});
