/**
 * Where too many answers wait to be compared, those that are kept are a fair sample.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../domain/random.ts";
import type { ModelRecord } from "../domain/score.ts";
import { createBesideQueue } from "./beside.ts";

const RECORD = {
  ...{ name: "bidder", version: 1, lineage: { views: [] } },
  schema: { inputs: [], actions: [], crossed: false },
} as unknown as ModelRecord;

Deno.test("each answer has the same chance to be compared, and what is left out is counted", async () => {
  const seen: number[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const queue = createBesideQueue(() =>
    Promise.resolve([{
      ...{ alias: "shadow", record: { ...RECORD, version: 2 } },
      score: (rows) => {
        seen.push(...rows.map(({ action }) => Number(action)));
        resolve();
        return Promise.resolve(new Float64Array(rows.length));
      },
    }]), seededRandom(5).next);
  for (let answer = 0; answer < 5120; answer++) {
    queue.offer({
      ...{ tenant: "acme", record: RECORD, scores: Float64Array.of(1) },
      rows: [{ values: [], action: String(answer) }],
    });
  }
  await done;
  await queue.close();
  assert.deepEqual([seen.length, queue.leftOut], [256, 5120 - 256]);
  const late = seen.filter((answer) => answer >= 2560).length;
  assert.ok(late > 96 && late < 160, `${late} of 256 of the later half`);
});

Deno.test("nothing waits where nobody is beside", async () => {
  let asked = 0;
  const queue = createBesideQueue(() => {
    asked++;
    return [];
  });
  const scores = Float64Array.of(1);
  const rows = [{ values: [], action: null }];
  for (let answer = 0; answer < 300; answer++) {
    queue.offer({ tenant: "acme", record: RECORD, rows, scores });
  }
  await queue.close();
  assert.deepEqual([asked, queue.leftOut], [300, 0]);
});
