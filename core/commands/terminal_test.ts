/**
 * Tables align and progress bars fill.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printProgress, printTable } from "./terminal.ts";

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
