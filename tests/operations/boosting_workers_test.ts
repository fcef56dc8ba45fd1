/**
 * Workers that boosting calls go home: a process whose fits are over has nothing
 * left to wait for, and ends by itself.
 *
 * @module
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Longer than any machine needs; a worker that stays would wait for ever. */
const PATIENCE_MS = 120_000;

/** Fits of several lengths, so that workers are met asleep, at work and on their way. */
const SCRIPT = `
import { fitBoosting } from "${ROOT}models/learners/boosting/boosting.ts";
import { seededRandom } from "${ROOT}core/domain/random.ts";
for (const [rows, trees] of [[200, 1], [40000, 3], [40000, 9], [90000, 5]]) {
  for (let time = 0; time < 3; time++) {
    const random = seededRandom(time);
    const draw = () => Float64Array.from({ length: rows }, () => random.normal());
    fitBoosting({ columns: [draw(), draw(), draw(), draw(), draw()], label: draw() }, {
      loss: "squared", trees, leaves: 15, learningRate: 0.1, l2: 1, minChildWeight: 1,
      rowShare: 1, columnShare: 1, patience: 1, threads: 3,
    }, { validation: null, random, report: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 5 * time));
  }
}
console.log("fitted");
`;

Deno.test("a process ends when its fits on several threads are over", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, SCRIPT);
    const args = ["run", "--no-check", "--allow-read"];
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--config", `${ROOT}deno.json`, file],
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "fitted");
    assert.ok(success, "it was still waiting for a worker");
  } finally {
    await Deno.remove(file);
  }
});
