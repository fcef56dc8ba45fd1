/**
 * Every learner finds effects that were put into an experiment, tells arms apart, and
 * says the same for the same seed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { predictEffects, predictTaken } from "./effect_model.ts";
import { fitUplift, LEARNERS } from "./fit_uplift.ts";
import { chooseRegressors, prepareUplift } from "./prepare.ts";

const ROWS = 6_000;
const OPTIONS = {
  trees: 60,
  leaves: 5,
  learningRate: 0.1,
  l2: 1,
  leafRows: 50,
  rowShare: 1,
  columnShare: 1,
  steps: 200,
  folds: 3,
};

type Kind = "chance" | "number";

/** One arm adds 0.3 where x is above 0, the other takes 0.2 where y is above 0. */
function effectOf(arm: number, x: number, y: number): number {
  if (arm === 0) return 0;
  return arm === 1 ? (x > 0 ? 0.3 : 0) : (y > 0 ? -0.2 : 0);
}

/** Rows whose arm is chosen by chance, or rather where x is high. */
function experiment(kind: Kind, biased: boolean) {
  const random = seededRandom(13);
  const [x, y, noise] = [0, 1, 2].map(() =>
    new Float64Array(ROWS).map(() => Math.fround(random.normal()))
  ) as [Float64Array, Float64Array, Float64Array];
  const arm = Uint8Array.from(x, (value) => {
    const treat = biased ? (value > 0 ? 0.8 : 0.4) : 2 / 3;
    return random.next() > treat ? 0 : random.next() < 0.5 ? 1 : 2;
  });
  const label = x.map((value, row) => {
    const usual = 0.35 + (value > 0 ? 0.2 : 0);
    const mean = usual + effectOf(arm[row] ?? 0, value, y[row] ?? 0);
    return kind === "number"
      ? mean + 0.3 * random.normal()
      : random.next() < mean
      ? 1
      : 0;
  });
  return {
    columns: [x, y, noise],
    names: ["x", "y", "noise"],
    label,
    arm,
    arms: 2,
    armNames: ["none", "email", "call"],
  };
}

async function learn(
  choice: {
    learner: typeof LEARNERS[number];
    base: "trees" | "logistic";
    kind: Kind;
    biased?: boolean;
  },
) {
  const random = seededRandom(2);
  const rows = experiment(choice.kind, choice.biased ?? false);
  const prepared = await prepareUplift(rows, { ...OPTIONS, ...choice, random });
  return await fitUplift(rows, { ...OPTIONS, ...choice, ...prepared, random });
}

const UNSEEN_ROWS = 2_000;
const UNSEEN = (() => {
  const random = seededRandom(77);
  return [0, 1, 2].map(() =>
    new Float64Array(UNSEEN_ROWS).map(() => Math.fround(random.normal()))
  ) as [Float64Array, Float64Array, Float64Array];
})();
const [UNSEEN_X, UNSEEN_Y] = UNSEEN;

/** Mean of an arm's effect over the unseen rows of a quarter. */
function meanWhere(
  effect: Float64Array,
  isIn: (x: number, y: number) => boolean,
): number {
  const picked = effect.filter((_, row) =>
    isIn(UNSEEN_X[row] ?? NaN, UNSEEN_Y[row] ?? NaN)
  );
  return picked.reduce((sum, value) => sum + value, 0) / picked.length;
}

Deno.test.each(
  LEARNERS.flatMap((learner) =>
    (["chance", "number"] as const).flatMap((kind) =>
      [false, true].map((biased) => ({
        learner,
        kind,
        biased,
        note: biased ? "treated rather where it helps" : "randomised",
      }))
    )
  ),
)(
  "$learner learns what each arm adds to a $kind, $note",
  async ({ learner, kind, biased }) => {
    const model = await learn({ learner, base: "trees", kind, biased });
    const effects = predictEffects(model, UNSEEN);
    for (const [x, y] of [[-1, -1], [-1, 1], [1, -1], [1, 1]] as const) {
      for (const arm of [1, 2]) {
        const said = meanWhere(
          effects[arm - 1] ?? new Float64Array(),
          (one, other) => one * x > 0 && other * y > 0,
        );
        const want = effectOf(arm, x, y);
        assert.ok(
          Math.abs(said - want) < 0.1,
          `arm ${arm} around (${x}, ${y}): ${said}, not ${want}`,
        );
      }
    }
  },
);

Deno.test.each(LEARNERS.map((learner) => ({ learner })))(
  "$learner of regressions ranks people by what an arm adds",
  async ({ learner }) => {
    const model = await learn({ learner, base: "logistic", kind: "chance" });
    const [email, call] = predictEffects(model, UNSEEN);
    assert.ok(email && call);
    const gain = meanWhere(email, (x) => x > 0) -
      meanWhere(email, (x) => x < 0);
    const loss = meanWhere(call, (_, y) => y > 0) -
      meanWhere(call, (_, y) => y < 0);
    assert.ok(gain > 0.15 && loss < -0.1, `${gain} and ${loss}`);
  },
);

Deno.test("predictTaken() is the outcome under control plus the arm's effect, within [0, 1]", async () => {
  const model = await learn({ learner: "dr", base: "trees", kind: "chance" });
  const none = [new Float64Array(UNSEEN_ROWS), new Float64Array(UNSEEN_ROWS)];
  const email = [
    new Float64Array(UNSEEN_ROWS).fill(1),
    new Float64Array(UNSEEN_ROWS),
  ];
  const usual = predictTaken(model, UNSEEN, none);
  const under = predictTaken(model, UNSEEN, email);
  const [effect] = predictEffects(model, UNSEEN);
  under.forEach((chance, row) => {
    const sum = (usual[row] ?? NaN) + (effect?.[row] ?? NaN);
    assert.ok(Math.abs(chance - Math.min(1, Math.max(0, sum))) < 1e-12);
  });
  const huge = [
    new Float64Array(UNSEEN_ROWS).fill(1e6),
    new Float64Array(UNSEEN_ROWS),
  ];
  for (const chance of predictTaken(model, UNSEEN, huge)) {
    assert.ok(chance === 0 || chance === 1);
  }
});

Deno.test("dr finds effects by known chances where its outcome models know nothing", async () => {
  const rows = experiment("chance", true);
  const random = seededRandom(2);
  const effects = chooseRegressors({ ...OPTIONS, base: "trees", random });
  const [x = new Float64Array()] = rows.columns;
  const treat = x.map((value) => value > 0 ? 0.4 : 0.2);
  const model = await fitUplift(rows, {
    ...OPTIONS,
    learner: "dr",
    kind: "chance",
    random,
    chances: [treat.map((chance) => 1 - 2 * chance), treat, treat],
    fit: (some, kind) =>
      kind === "number" ? effects(some, kind) : Promise.resolve({
        predict: ([column]) => new Float64Array(column?.length ?? 0).fill(0.5),
        onnx: () => new Uint8Array(),
      }),
  });
  const [email = new Float64Array()] = predictEffects(model, UNSEEN);
  assert.ok(Math.abs(meanWhere(email, (x) => x > 0) - 0.3) < 0.06);
  assert.ok(Math.abs(meanWhere(email, (x) => x < 0)) < 0.06);
});

Deno.test("weights count a row as often as they say", async () => {
  const rows = experiment("number", false);
  const options = {
    ...OPTIONS,
    learner: "t",
    base: "logistic",
    kind: "number",
  };
  const fit = async (some: typeof rows & { weight?: Float64Array }) => {
    const random = seededRandom(2);
    const choice = { ...options, random } as Parameters<
      typeof prepareUplift
    >[1];
    const prepared = await prepareUplift(some, choice);
    const model = await fitUplift(some, {
      ...OPTIONS,
      learner: "t",
      ...prepared,
      random,
    });
    return predictEffects(model, UNSEEN)[0] ?? new Float64Array();
  };
  const weight = rows.label.map((_, row) => row % 3 === 0 ? 2 : 1);
  const places = weight.keys().flatMap((row) =>
    Array.from({ length: weight[row] ?? 0 }, () => row)
  ).toArray();
  const repeat = (values: Float64Array) =>
    Float64Array.from(places, (row) => values[row] ?? NaN);
  const repeated = {
    ...rows,
    columns: rows.columns.map(repeat),
    label: repeat(rows.label),
    arm: Uint8Array.from(places, (row) => rows.arm[row] ?? 0),
  };
  const weighed = await fit({ ...rows, weight });
  (await fit(repeated)).forEach((effect, row) =>
    assert.ok(Math.abs(effect - (weighed[row] ?? NaN)) < 1e-3)
  );
});
