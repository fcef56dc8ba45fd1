/**
 * The reference counts entities, as what is compared with it does.
 *
 * @module
 */
import assert from "node:assert/strict";
import { plantRows } from "../checks/planted_rows.ts";
import { referenceOf } from "./reference.ts";

Deno.test("referenceOf() counts each held-out entity once, with its latest row", async () => {
  const checked = await plantRows({ seed: 4, rows: 2000 });
  const { rows: { labels, columns }, split: { holdout } } = checked;
  const latest = new Map<string, number>();
  holdout.forEach((place, row) =>
    latest.set(labels[place]?.entities.subject ?? "", row)
  );
  assert.ok(latest.size < holdout.length);
  const isLast = new Set(latest.values());
  const score = Float64Array.from(holdout, (_, row) => isLast.has(row) ? 1 : 0);
  const { inputs, score: said } = referenceOf(checked, score);
  assert.deepEqual(said.counts, [latest.size, 0]);
  for (const [input, { name, counts }] of inputs.entries()) {
    const missing = [...isLast].filter((row) =>
      (columns[input]?.[holdout[row] ?? 0] ?? null) === null
    ).length;
    assert.equal(counts.at(-1), missing, name);
    assert.equal(
      counts.reduce((sum, count) =>
        sum + count, 0),
      latest.size,
    );
  }
});
