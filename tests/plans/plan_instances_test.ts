/**
 * `moe plan solve` on every certified instance: amounts within their bounds, the
 * budget spent, and the value that is known to be best.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FOLDER, listInstances } from "./certified_instances.ts";
import { inFolder, solve } from "./moe.ts";

const FLIGHT = "flighting_mm_n6_t26.json";
const DRAWS = "draws_concave_n20_d500.json";
const found = listInstances();
const instances = found.length > 0 ? [...found, FLIGHT] : [];

if (found.length === 0 && Deno.env.get("REQUIRE_ALL") === "1") {
  throw new Error(`Cannot find certified instances in ${FOLDER.pathname}`);
}

function pathOf(name: string): string {
  return new URL(name, FOLDER).pathname;
}

/** Amounts of each entity in a row, and their bounds, read anew from the file. */
function listBounds(name: string): (readonly [number, number])[] {
  const file = JSON.parse(Deno.readTextFileSync(pathOf(name)));
  if (name === FLIGHT) return file.cap.map((cap: number) => [0, cap]);
  if (name === DRAWS) {
    return file.lo.map((lo: number, at: number) => [lo, file.hi[at]]);
  }
  if (!name.endsWith(".bin.json")) {
    return file.channels.map((one: { lo: number; hi: number }) => [
      one.lo,
      one.hi,
    ]);
  }
  const { buffer } = Deno.readFileSync(
    pathOf(name.replace(".bin.json", ".f64")),
  );
  const columns = new Float64Array(buffer);
  return Array.from({ length: file.n }, (_, at) => [
    columns[4 * file.n + at] ?? NaN,
    columns[5 * file.n + at] ?? NaN,
  ]);
}

Deno.test.each(
  (instances.length > 0 ? instances : ["(left out: no instances are here)"])
    .map((name) => ({ name })),
)("moe plan solve reaches the certified optimum of $name", async ({ name }) => {
  if (instances.length === 0) return;
  const { certified, budget } = JSON.parse(Deno.readTextFileSync(pathOf(name)));
  const answer = await solve(pathOf(name));
  assert.deepEqual(Object.keys(answer).slice(0, 6), [
    ...["allocation", "value", "upper_bound", "gap", "shadow_prices"],
    "seconds",
  ]);
  const amounts = Object.values<number | number[]>(answer.allocation);
  listBounds(name).forEach(([lo, hi], at) => {
    for (const amount of [amounts[at] ?? NaN].flat()) {
      assert.ok(amount >= lo && amount <= hi, `${amount}: ${lo} to ${hi}`);
    }
  });
  const sum = amounts.flat().reduce((total, amount) => total + amount, 0);
  assert.ok(Math.abs(sum / budget - 1) <= 1e-12, `sum ${sum} of ${budget}`);
  const { value, upper_bound: upperBound, gap } = answer;
  const concave = /concave|smooth|flighting/.test(name);
  assert.ok(gap <= (concave ? 1e-9 : 1e-6), `gap ${gap}`);
  assert.ok(value <= upperBound);
  assert.ok(value <= certified.upper_bound * (1 + 1e-9), `${value}`);
  assert.ok(value >= certified.best_known * (1 - gap - 1e-9), `${value}`);
  assert.ok(answer.shadow_prices.budget > 0);
});

Deno.test({
  name: "moe plan solve has the same plan in any unit of money",
  ignore: found.length === 0,
  fn: () =>
    inFolder(async (folder) => {
      const name = "mixed_c070_n100_s0.json";
      const file = JSON.parse(await Deno.readTextFile(pathOf(name)));
      const { value } = await solve(pathOf(name));
      for (const unit of [1e-6, 1e-3, 1e6]) {
        // deno-lint-ignore no-explicit-any -- the file is looked at as it is
        const channels = file.channels.map(({ id, lo, hi, curve }: any) => ({
          ...{ id, lo: lo * unit, hi: hi * unit },
          curve: "k" in curve
            ? { ...curve, k: curve.k * unit }
            : { ...curve, lam: curve.lam / unit },
        }));
        const path = `${folder}/scaled.json`;
        const scaled = { ...file, budget: file.budget * unit, channels };
        await Deno.writeTextFile(path, JSON.stringify(scaled));
        const answer = await solve(path);
        assert.ok(Math.abs(answer.value / value - 1) <= 1e-9, `unit ${unit}`);
        assert.ok(Math.abs(answer.spent / scaled.budget - 1) <= 1e-12);
      }
    }),
});
