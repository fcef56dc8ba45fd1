/**
 * Lines come out whole, once, and in order, however many go together.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createLogLines } from "./log_lines.ts";

Deno.test("every line is written once, in order, with what goes at once and what waits", () => {
  const act = fc.record({
    how: fc.constantFrom("add", "now", "flush"),
    length: fc.integer({ min: 1, max: 40_000 }),
  });
  fc.assert(fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
    const written: string[] = [];
    const lines = createLogLines((text) => written.push(text));
    const told: string[] = [];
    acts.forEach(({ how, length }, turn) => {
      const line = String(turn).padEnd(length, ".");
      if (how === "flush") lines.flush();
      else {
        told.push(line);
        if (how === "now") lines.now(line);
        else lines.add(line);
      }
      if (how !== "add") {
        assert.equal(written.join("\n"), told.join("\n"));
      }
    });
    lines.flush();
    assert.equal(written.join("\n"), told.join("\n"));
  }));
});

Deno.test("lines that may wait are written together, soon", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const lines = createLogLines(resolve);
  lines.add("one");
  lines.add("two");
  assert.equal(await promise, "one\ntwo");
});
