/**
 * Long arithmetic lets others have the thread.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createBreath } from "./breathe.ts";
import { plantRows } from "./checks/planted_rows.ts";
import { probe } from "./checks/probe.ts";
import { encodeRows } from "./dataset.ts";
import { drawChances } from "./split.ts";

const ROWS = 2_000;

/** Whether a timer could fire before the work was done, on a clock that gains `tick` ms at each look. */
async function lets(
  work: () => Promise<unknown>,
  tick: number,
): Promise<boolean> {
  let fired = false;
  let now = 0;
  const { now: clock } = performance;
  performance.now = () => now += tick;
  const timer = setTimeout(() => fired = true, 0);
  try {
    await work();
  } finally {
    performance.now = clock;
    clearTimeout(timer);
  }
  return fired;
}

Deno.test("a breath is taken only after a while", async () => {
  assert.equal(await lets(() => createBreath()(), 1), false);
  assert.equal(await lets(() => createBreath()(), 20), true);
});

Deno.test("rows are encoded, drawn and asked with pauses", async () => {
  const { rows, schema, split } = await plantRows({ seed: 1, rows: ROWS });
  const ids = Array.from({ length: ROWS }, (_, row) => `s-${row}`);
  const bins = Uint8Array.from(ids, (_, row) => row % 16);
  const question = {
    inputs: Array.from({ length: 8 }, () => ({ bins, size: 17 })),
    target: Float64Array.from(ids, (_, row) => row % 16 % 3),
    folds: Uint8Array.from(ids, (_, row) => row % 2),
  };
  const works = {
    encode: () => encodeRows(schema, rows, split.train),
    draw: () => drawChances(ids.map((id) => ({ id, at: "" })), 1),
    probe: () => probe(question),
  };
  for (const [name, work] of Object.entries(works)) {
    assert.ok(await lets(work, 5), name);
  }
});
