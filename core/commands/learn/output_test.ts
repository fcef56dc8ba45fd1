/**
 * Results are printed alone, predictions are written whole, measures are known ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  measureFit,
  measurePredictions,
  writeLearnt,
  writePredictions,
} from "./output.ts";
import { readTable } from "./table.ts";

function terminalOf() {
  const lines: string[] = [];
  return {
    lines,
    terminal: {
      line: (text: string) => void lines.push(text),
      warn: () => {},
      progress: () => {},
      done: () => {},
    },
  };
}

Deno.test("writeLearnt() prints JSON alone, or the lines alone", () => {
  const machine = terminalOf();
  writeLearnt(machine, { json: true }, {
    result: { fit_seconds: 1 },
    lines: ["fit"],
  });
  assert.deepEqual(machine.lines, ['{"fit_seconds":1}']);
  const person = terminalOf();
  writeLearnt(person, { json: false }, {
    result: { fit_seconds: 1 },
    lines: ["fit", "done"],
  });
  assert.deepEqual(person.lines, ["fit", "done"]);
});

Deno.test("measureFit() returns the result with seconds and bytes above zero", async () => {
  const { result, fitSeconds, peakBytes } = await measureFit(() => "model");
  assert.equal(result, "model");
  assert.ok(fitSeconds >= 0);
  assert.ok(peakBytes > 1e6, `${peakBytes}`);
});

Deno.test("writePredictions() writes beside the file what readTable() reads back", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/test.csv`;
  const prediction = Float64Array.from(
    { length: 9000 },
    (_, row) => row === 5 ? NaN : Math.sqrt(row) / 7,
  );
  const path = await writePredictions({ prediction }, { file });
  assert.equal(path, `${file}.predictions.csv`);
  const { names, columns } = await readTable(path);
  assert.deepEqual(names, ["prediction"]);
  assert.deepEqual(columns[0]?.subarray(0, 5), prediction.subarray(0, 5));
  assert.equal(columns[0]?.at(-1), prediction.at(-1));
  assert.ok(Number.isNaN(columns[0]?.[5]));
  const out = `${folder}/elsewhere.csv`;
  assert.equal(await writePredictions({ prediction }, { file, out }), out);
  await assert.rejects(
    writePredictions({ prediction }, { file, out: `${folder}/no/such.csv` }),
    { code: "file_unreadable" },
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("measurePredictions() measures chances, numbers and counts", () => {
  const label = Float64Array.of(0, 1, 1, 0);
  const chance = measurePredictions(
    "chance",
    label,
    Float64Array.of(0.5, 0.5, 0.5, 0.5),
  );
  assert.deepEqual(Object.keys(chance), [
    "auc",
    "logloss",
    "brier",
    "calibration_error",
  ]);
  assert.ok(Math.abs((chance["logloss"] ?? 0) - Math.LN2) < 1e-12);
  assert.equal(chance["auc"], 0.5);
  assert.equal(chance["brier"], 0.25);
  const number = measurePredictions(
    "number",
    label,
    Float64Array.of(1, 1, 1, 1),
  );
  assert.deepEqual(Object.keys(number), ["rmse", "mae", "r2"]);
  assert.equal(number["mae"], 0.5);
  const count = measurePredictions(
    "count",
    Float64Array.of(0, 2),
    Float64Array.of(1, 1),
  );
  assert.ok(Math.abs((count["deviance"] ?? 0) - 2 * Math.LN2) < 1e-12);
});
