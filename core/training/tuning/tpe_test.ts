/**
 * Suggestions close in on the best of a known loss.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { TrialRecord } from "../../domain/evidence.ts";
import { planSuggestions } from "./tpe.ts";

const SPACE = {
  rate: { from: 0.001, to: 1, log: true },
  size: { from: 1, to: 60, whole: true },
  base: { choices: ["good", "bad", "refused"] },
};

/** Zero is the best. */
function lossOf(params: TrialRecord["params"]): number | null {
  const { rate = 1, size = 1, base = "bad" } = params;
  if (base === "refused") return null;
  return Math.abs(Math.log10(Number(rate) / 0.03)) / 3 +
    Math.abs(Number(size) - 20) / 60 + (base === "good" ? 0 : 0.5);
}

/** Mean loss of the first trials and of the last; a refusal counts 1.5. */
function meansOf(seed: number): readonly [first: number, last: number] {
  const search = planSuggestions({
    ...{ space: SPACE, seed },
    given: {},
    trials: 80,
    rows: 1000,
  });
  const tried: TrialRecord[] = [];
  for (;;) {
    const round = search.next(tried);
    if (round.length === 0) break;
    tried.push(...round.map((one) => ({ ...one, loss: lossOf(one.params) })));
  }
  assert.equal(tried.length, search.total);
  const mean = (part: readonly TrialRecord[]) =>
    part.reduce((sum, { loss }) => sum + (loss ?? 1.5), 0) / part.length;
  return [mean(tried.slice(0, 8)), mean(tried.slice(40))];
}

Deno.test("suggestions close in on the best", () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const all = seeds.map(meansOf);
  const mean = (place: 0 | 1) =>
    all.reduce((sum, means) => sum + means[place], 0) / all.length;
  assert.ok(mean(0) > 0.7, `${mean(0)}`);
  assert.ok(mean(1) < 0.22, `${mean(1)}`);
});
