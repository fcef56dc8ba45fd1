/**
 * Measures of uplift: equal to scikit-uplift's on its own vectors, and to what they
 * are defined as, whatever the order of the rows.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  measureUplift,
  qiniCurve,
  upliftAt,
  upliftCurve,
} from "./uplift_measures.ts";
import type { ScoredRows } from "./uplift_ranking.ts";

const VECTORS = new URL(
  "../../../shared/vectors/uplift/uplift_metrics.json",
  import.meta.url,
);
const vectors = readVectors();
const note = vectors.length > 0
  ? ""
  : " (skipped: ../shared/vectors/uplift is absent)";

interface Vector {
  readonly id: string;
  readonly input: { y: number[]; treatment: number[]; score: number[] };
  readonly expected: Record<string, number> & {
    readonly qini_curve_x: number[];
    readonly qini_curve_y: number[];
  };
}

Deno.test({
  name: `measureUplift() says what scikit-uplift says${note}`,
  ignore: vectors.length === 0,
  fn() {
    let compared = 0;
    for (const { id, input, expected } of vectors) {
      const rows = rowsOf(input);
      const said = measureUplift(rows);
      near(said["qini"], expected["qini_auc_score"], `${id} qini`);
      near(said["auuc"], expected["uplift_auc_score"], `${id} auuc`);
      const curve = qiniCurve(rows);
      assert.deepEqual([...curve.taken], expected.qini_curve_x, id);
      curve.gain.forEach((gain, at) =>
        near(gain, expected.qini_curve_y[at], `${id} point ${at}`)
      );
      for (const share of [0.1, 0.3, 0.5]) {
        for (const within of ["all", "arm"] as const) {
          if (cutsTies(rows, share, within)) continue;
          const name = within === "all" ? "overall" : "by_group";
          const want = expected[`uplift_at_${share}_${name}`];
          near(upliftAt(rows, share, within), want, `${id} ${name} ${share}`);
          compared++;
        }
      }
    }
    assert.equal(compared, 75, "shares whose border splits no equal scores");
  },
});

const anyRows = fc.array(
  fc.record({
    y: fc.constantFrom(0, 1, 2.5),
    t: fc.constantFrom(0, 1),
    score: fc.integer({ min: -3, max: 3 }),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 8, maxLength: 60 },
).filter((rows) => [0, 1].every((arm) => rows.some(({ t }) => t === arm)));

Deno.test("measureUplift() does not ask in which order the rows come", () => {
  fc.assert(fc.property(anyRows, fc.integer(), (rows, seed) => {
    const shuffled = rows.map((row, at) => ({
      row,
      at: (at * 7919 + seed) % 97,
    }))
      .sort((a, b) => a.at - b.at).map(({ row }) => row);
    closeAll(measureUplift(collect(shuffled)), measureUplift(collect(rows)));
  }));
});

Deno.test("measureUplift() counts a row of weight n as n rows, but for shares cut short", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    const many = rows.flatMap((row) =>
      Array.from({ length: row.weight }, () => row)
    );
    const weight = Float64Array.from(rows, ({ weight }) => weight);
    const repeated = new Float64Array(many.length).fill(1);
    closeAll(
      measureUplift({ ...collect(rows), weight }),
      measureUplift({ ...collect(many), weight: repeated }),
    );
  }));
});

Deno.test("measureUplift() is the same for chances that are equal, whatever they are", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    const arms = collect(rows);
    const share = arms.treated.reduce((sum, arm) => sum + arm, 0) / rows.length;
    const propensity = new Float64Array(rows.length).fill(share);
    closeAll(measureUplift({ ...arms, propensity }), measureUplift(arms));
  }));
});

Deno.test("measureUplift() undoes an assignment that favoured some, by its chances", () => {
  const rows = 40_000;
  const strata = Array.from({ length: rows }, (_, row) => row % 2);
  const propensity = Float64Array.from(strata, (one) => one === 1 ? 0.8 : 0.2);
  const treated = Uint8Array.from(
    strata,
    (one, row) => (row >> 1) % 5 < (one === 1 ? 4 : 1) ? 1 : 0,
  );
  const outcome = Float64Array.from(
    strata,
    (one, row) => one * 3 + (treated[row] ?? 0) * 0.5,
  );
  const score = new Float64Array(rows);
  const one = { outcome, treated, score };
  assert.ok(upliftAt(one, 1) > 2, "the arms differ in whom they hold");
  near(upliftAt({ ...one, propensity }, 1), 0.5, "weighed by chance");
});

Deno.test("measureUplift() gives the best score a Qini of 1, and one for all 0", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    const { outcome, treated } = collect(rows);
    const score = outcome.map((y, row) => treated[row] === 1 ? y : -y);
    const { qini = NaN } = measureUplift({ outcome, treated, score });
    const flat = measureUplift({
      outcome,
      treated,
      score: new Float64Array(rows.length),
    });
    if (Number.isNaN(qini) || !Number.isFinite(flat["qini"])) return;
    near(qini, 1, "best");
    near(flat["qini"], 0, "flat");
  }));
});

Deno.test("upliftCurve() ends at the mean effect times the rows", () => {
  const rows = collect([
    { y: 1, t: 1, score: 3 },
    { y: 0, t: 0, score: 2 },
    { y: 0, t: 1, score: 2 },
    { y: 1, t: 0, score: 1 },
    { y: 1, t: 1, score: 1 },
  ]);
  const { taken, gain } = upliftCurve(rows);
  assert.deepEqual([...taken], [0, 1, 3, 5]);
  near(gain[1], 1, "one treated responder");
  near(gain[3], 5 * (2 / 3 - 1 / 2), "all rows");
});

Deno.test("upliftAt() counts equal scores at the border in part", () => {
  const rows = collect([
    { y: 1, t: 1, score: 9 },
    { y: 0, t: 0, score: 9 },
    { y: 0, t: 1, score: 5 },
    { y: 0, t: 1, score: 5 },
    { y: 1, t: 0, score: 5 },
    { y: 1, t: 0, score: 5 },
    { y: 0, t: 0, score: 1 },
    { y: 0, t: 1, score: 1 },
    { y: 0, t: 0, score: 1 },
    { y: 0, t: 1, score: 1 },
  ]);
  near(upliftAt(rows, 0.3), 1 / 1.5 - 0.5 / 1.5, "a quarter of those at 5");
  near(upliftAt(rows, 0.4, "arm"), 1 / 2 - 1 / 2, "one more in each arm");
  near(measureUplift(rows)["uplift_at_30"], upliftAt(rows, 0.3), "the same");
});

Deno.test("measureUplift() refuses a score that is no number", () => {
  const rows = collect([{ y: 1, t: 1, score: NaN }, { y: 0, t: 0, score: 1 }]);
  assert.throws(() => measureUplift(rows), RangeError);
});

function collect(
  rows: readonly { y: number; t: number; score: number }[],
): ScoredRows {
  return rowsOf({
    y: rows.map(({ y }) => y),
    treatment: rows.map(({ t }) => t),
    score: rows.map(({ score }) => score),
  });
}

function rowsOf({ y, treatment, score }: Vector["input"]): ScoredRows {
  return {
    outcome: Float64Array.from(y),
    treated: Uint8Array.from(treatment),
    score: Float64Array.from(score),
  };
}

/** Whether equal scores lie on both sides of a share's border: there the order of the rows would decide. */
function cutsTies(
  { score, treated }: ScoredRows,
  share: number,
  within: "all" | "arm",
): boolean {
  const cut = (scores: Float64Array) => {
    const sorted = scores.toSorted().reverse();
    const first = Math.floor(sorted.length * share);
    return sorted[first - 1] === sorted[first];
  };
  return within === "all"
    ? cut(score)
    : [0, 1].some((arm) => cut(score.filter((_, row) => treated[row] === arm)));
}

function near(
  said: number | undefined,
  want: number | undefined,
  what: string,
) {
  assert.ok(
    Object.is(said, want ?? NaN) ||
      Math.abs((said ?? NaN) - (want ?? NaN)) <= 1e-9,
    `${what}: ${said}, not ${want}`,
  );
}

function closeAll(
  said: Record<string, number>,
  want: Record<string, number>,
): void {
  assert.deepEqual(Object.keys(said), Object.keys(want));
  for (const [name, value] of Object.entries(want)) {
    const other = said[name] ?? NaN;
    const same = Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value));
    assert.ok(
      same || Object.is(other, value),
      `${name}: ${other}, not ${value}`,
    );
  }
}

function readVectors(): readonly Vector[] {
  try {
    return JSON.parse(Deno.readTextFileSync(VECTORS)).vectors;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return [];
  }
}
