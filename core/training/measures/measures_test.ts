/**
 * Measures when rows count more than once, and what is concluded from drawing them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  auc,
  calibrationError,
  logLoss,
  mean,
  rmse,
  rSquared,
} from "../../domain/measures.ts";
import { seededRandom } from "../../domain/random.ts";
import { entitiesOf, intervalsOf, replicate } from "./bootstrap.ts";
import { measureSlices } from "./slices.ts";
import { reliabilityOf } from "./reliability.ts";
import { amountMeasures, chanceMeasures } from "./weighted.ts";

const chances = fc.array(
  fc.record({
    label: fc.constantFrom(0, 1),
    score: fc.integer({ min: 1, max: 19 }).map((twentieths) => twentieths / 20),
    count: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 2, maxLength: 60 },
).filter((rows) =>
  [0, 1].every((label) =>
    rows.some((row) => row.label === label && row.count > 0)
  )
);

function near(actual: number | undefined, wanted: number): void {
  assert.ok(
    Math.abs((actual ?? NaN) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)),
    `${actual} is not ${wanted}`,
  );
}

Deno.test("measures of counted rows are those of the rows written out", () => {
  fc.assert(fc.property(chances, (rows) => {
    const written = rows.flatMap((row) =>
      new Array<typeof row>(row.count).fill(row)
    );
    const label = Float64Array.from(written, (row) => row.label);
    const score = Float64Array.from(written, (row) => row.score);
    const scored = {
      label: Float64Array.from(rows, (row) => row.label),
      score: Float64Array.from(rows, (row) => row.score),
    };
    const counts = Uint32Array.from(rows, ({ count }) => count);
    const measured = chanceMeasures(scored, 0.3)(counts);
    near(measured.auc, auc(label, score));
    near(measured.logloss, logLoss(label, score));
    near(measured.baseline_logloss, logLoss(label, label.map(() => 0.3)));
    near(measured.base_rate, mean(label));
    const amounts = amountMeasures(scored, 0.3)(counts);
    near(amounts.rmse, rmse(label, score));
    near(amounts.baseline_rmse, rmse(label, label.map(() => 0.3)));
    near(amounts.r2, rSquared(label, score));
  }));
});

Deno.test("the calibration error of counted rows is that of the rows written out", () => {
  const random = seededRandom(3);
  const rows = 237;
  const label = Float64Array.from(
    { length: rows },
    () => random.next() < 0.4 ? 1 : 0,
  );
  const score = Float64Array.from({ length: rows }, () => random.next());
  const counts = Uint32Array.from(
    { length: rows },
    () => Math.floor(4 * random.next()),
  );
  const places = [...counts].flatMap((count, row) =>
    new Array<number>(count).fill(row)
  );
  near(
    chanceMeasures({ label, score }, 0.5)(counts).calibration_error,
    calibrationError(
      Float64Array.from(places, (row) => label[row] ?? NaN),
      Float64Array.from(places, (row) => score[row] ?? NaN),
    ),
  );
});

/** Rows of entities that all do as the entity does. */
function drawRows(seed: number, entities: number, each: number) {
  const random = seededRandom(seed);
  const ids: string[] = [];
  const label: number[] = [];
  for (let entity = 0; entity < entities; entity++) {
    const value = random.next() < 0.3 ? 1 : 0;
    for (let row = 0; row < each; row++) {
      ids.push(`s-${entity}`);
      label.push(value);
    }
  }
  return { ids, label: Float64Array.from(label) };
}

Deno.test("intervals hold the truth nine times of ten, with many rows an entity too", async () => {
  for (const each of [1, 6]) {
    let held = 0;
    const worlds = 120;
    for (let seed = 0; seed < worlds; seed++) {
      const { ids, label } = drawRows(1000 + seed, 80, each);
      const replicated = await replicate(
        amountMeasures({ label, score: label.map(() => 0.5) }, 0.3),
        entitiesOf(ids),
        seed,
      );
      const [low, high] = intervalsOf(replicated).mean_label ?? [NaN, NaN];
      held += low <= 0.3 && 0.3 <= high ? 1 : 0;
    }
    assert.ok(held >= 0.82 * worlds && held <= 0.97 * worlds, `${held}`);
  }
});

Deno.test("reliabilityOf() says what happened among rows of similar chances", () => {
  const score = Float64Array.from({ length: 1000 }, (_, row) => row / 1000);
  const label = score.map((_, row) => row % 10 < Math.floor(row / 100) ? 1 : 0);
  const points = reliabilityOf({ label, score });
  assert.equal(points.length, 10);
  points.forEach(({ said, happened, rows }, place) => {
    assert.equal(rows, 100);
    near(said, place / 10 + 0.0495);
    near(happened, place / 10);
  });
});

/** People of three places; what is said of one of them may be wrong. */
function unequal(
  { seed, wrong, fewer }: {
    readonly seed: number;
    readonly wrong: number;
    readonly fewer: number;
  },
) {
  const random = seededRandom(seed);
  const rows = 6000;
  const places = Array.from(
    { length: rows },
    (_, row) => ["Rural", "Urban", "Suburban"][row % 3] ?? "",
  );
  const truth = places.map((place) =>
    (0.05 + 0.3 * random.next()) * (place === "Rural" ? fewer : 1)
  );
  return {
    scored: {
      label: Float64Array.from(
        truth,
        (chance) => random.next() < chance ? 1 : 0,
      ),
      score: Float64Array.from(
        truth,
        (chance, row) => chance * (places[row] === "Urban" ? wrong : 1),
      ),
    },
    measure: "occurs" as const,
    ids: places.map((_, row) => `s-${row}`),
    seed,
    by: [{ name: "v.zip", values: places }],
  };
}

Deno.test.each([
  { note: "nothing of equals", wrong: 1, fewer: 1, want: [] },
  {
    note: "whom it says too much of",
    wrong: 1.5,
    fewer: 1,
    want: [
      "disparity_calibration Urban",
      "disparity_selection Rural",
      "disparity_selection Suburban",
    ],
  },
  {
    note: "who is chosen less",
    wrong: 1,
    fewer: 0.6,
    want: ["disparity_selection Rural"],
  },
])("measureSlices() tells $note", async ({ wrong, fewer, want }) => {
  const { slices, findings } = await measureSlices(
    unequal({ seed: 4, wrong, fewer }),
  );
  assert.deepEqual(slices.map(({ rows }) => rows), [2000, 2000, 2000]);
  assert.deepEqual(
    findings.map(({ code, text }) => `${code} ${/"(\w+)"/.exec(text)?.[1]}`)
      .sort(),
    want,
  );
  for (const { metrics } of slices) {
    near(
      metrics.gap,
      (metrics.mean_score ?? NaN) - (metrics.base_rate ?? NaN),
    );
    assert.ok((metrics.gap_low ?? 1) <= (metrics.gap_high ?? 0));
  }
});

Deno.test("measureSlices() raises hardly an alarm among equals", async () => {
  let alarms = 0;
  for (let seed = 50; seed < 70; seed++) {
    const { findings } = await measureSlices(
      unequal({ seed, wrong: 1, fewer: 1 }),
    );
    alarms += findings.length > 0 ? 1 : 0;
  }
  assert.ok(alarms <= 1, `${alarms} of 20`);
});

Deno.test("measureSlices() makes no group of a few", async () => {
  const sliced = unequal({ seed: 4, wrong: 1, fewer: 1 });
  const values = sliced.ids.map((_, row) => row < 29 ? "few" : row);
  const { slices } = await measureSlices({
    ...sliced,
    by: [{ name: "v.number", values }],
  });
  assert.ok(slices.every(({ rows }) => rows >= 30));
  assert.equal(slices.length, 4);
  assert.match(slices[0]?.value ?? "", /^\[.+, .+\)$/);
});
