/**
 * Tables align and progress bars fill.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  printPlain,
  printProgress,
  printTable,
  writeWhole,
} from "./terminal.ts";

Deno.test("printTable() aligns text to the left and numbers to the right", () => {
  const lines = printTable(
    [{ heading: "channel" }, { heading: "spend", numeric: true }],
    [["search", "1200"], ["tv", "7"]],
  );
  assert.deepEqual(lines, [
    "channel  spend",
    "───────  ─────",
    "search    1200",
    "tv           7",
  ]);
});

Deno.test.each([
  { share: 0, want: "  ░░░░░░░░░░░░░░░░░░░░   0 %  fit" },
  { share: 0.5, want: "  ██████████░░░░░░░░░░  50 %  fit" },
  { share: 1, want: "  ████████████████████ 100 %  fit" },
  { share: null, want: "  … fit" },
])("printProgress() shows $share", ({ share, want }) => {
  assert.equal(printProgress("fit", share), want);
});

Deno.test("writeWhole() goes on where a stream took only a part", () => {
  const taken: number[] = [];
  const bytes = Uint8Array.of(1, 2, 3, 4, 5);
  writeWhole({
    writeSync(part) {
      taken.push(...part.subarray(0, 2));
      return Math.min(2, part.length);
    },
  }, bytes);
  assert.deepEqual(taken, [...bytes]);
});

Deno.test("writeWhole() lets a reader go, and no other failure pass", () => {
  const failing = (error: Error) => ({
    writeSync(): number {
      throw error;
    },
  });
  writeWhole(failing(new Deno.errors.BrokenPipe()), Uint8Array.of(1));
  assert.throws(() => writeWhole(failing(new Error("full")), Uint8Array.of(1)));
});

Deno.test.each([
  { text: "\x1b[2J\x1b]0;t\x07", want: "\\u001b[2J\\u001b]0;t\\u0007" },
  { text: "a\rb\x9b31m", want: "a\\u000db\\u009b31m" },
  { text: "\u202eexe.txt\u2066", want: "\\u202eexe.txt\\u2066" },
  { text: "two\nlines\tof ünï — 人", want: "two\nlines\tof ünï — 人" },
])("printPlain() shows $text and obeys nothing", ({ text, want }) => {
  assert.equal(printPlain(text), want);
});

Deno.test("printPlain() leaves JSON the same JSON", () => {
  const value = { "a\x9b": "\u202e \u2028 \x7f \x1b \n" };
  const printed = printPlain(JSON.stringify(value));
  assert.deepEqual(JSON.parse(printed), value);
  assert.match(printed, /^[\x20-\x7e]*$/);
});

Deno.test("printTable() keeps a cell in its row", () => {
  const lines = printTable([{ heading: "name" }], [["a\nmoe  ok"], ["b"]]);
  assert.deepEqual(lines.slice(2), ["a\\u000amoe  ok", "b"]);
});
