/**
 * A decision is explained by what each feature added to the model's log odds: the
 * effects, with the base, make the score that was logged.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisions } from "../../core/decisions/decisions.ts";
import {
  ACTION,
  BID,
  decideIn,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../core/decisions/memory_ports_test.ts";
import { columnNames, encode } from "../../core/domain/encoding.ts";
import type { EncodingRow } from "../../core/domain/encoding.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { evaluateTrees } from "../../core/trees/flat_trees.ts";
import { readTrees } from "../../core/trees/read_trees.ts";
import { fitGlm, predictGlm } from "../../models/learners/linear/glm.ts";
import { glmOnnx } from "../../models/learners/linear/glm_onnx.ts";
import type { Scorer } from "../../core/scores/scorer.ts";
import { writeRandomTrees } from "../trees/random_graph.ts";

const SIGMOID = {
  kind: "regressor" as const,
  behind: [{
    operator: "Sigmoid",
    domain: "" as const,
    inputs: ["sum"],
    outputs: ["score"],
    attributes: {},
  }],
  constants: [],
  transform: "NONE" as const,
  isMean: false,
};

async function explainWith(scorer: Scorer) {
  const world = worldOf({ scores: scoresOf(scorer) });
  const features = { ["request.hour"]: 2 };
  const { id } = await decideIn(world, { ...REQUEST, features });
  const why = await createDecisions(world).explain("acme", id);
  assert.equal(why.same, true);
  return why;
}

function addsUp(why: Awaited<ReturnType<typeof explainWith>>): void {
  const sum = why.contributions.reduce(
    (all, { effect }) => all + effect,
    why.attribution?.base ?? NaN,
  );
  const odds = Math.log((why.score ?? NaN) / (1 - (why.score ?? NaN)));
  assert.ok(Math.abs(sum - odds) < 1e-5, `${sum} is not ${odds}`);
}

/** A model of bytes: features are given, the action is the row's. */
function scorerBy(
  use: typeof BID | typeof ACTION,
  model: { artifact: Uint8Array; score: (columns: Float32Array) => number },
): Scorer {
  const { record } = scorerOf(use);
  const schema = {
    ...record.schema,
    crossed: use.kind === "action",
    inputs: [
      {
        name: "audience.recency",
        kind: "number" as const,
        fill: 6,
        typical: 6,
      },
      {
        name: "request.hour",
        kind: "category" as const,
        vocabulary: ["1", "2", "3"],
        fill: null,
        typical: "1",
      },
    ],
  };
  const score = (row: EncodingRow) => {
    const columns = new Float32Array(columnNames(schema).length);
    encode(schema, row, columns);
    return model.score(columns);
  };
  const scorer = scorerOf(use, { score, artifact: model.artifact });
  return { ...scorer, record: { ...scorer.record, schema } };
}

Deno.test("explain() of trees is TreeSHAP, an input's indicators summed", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const artifact = writeRandomTrees(seededRandom(seed), SIGMOID);
    const trees = readTrees(artifact);
    assert.ok(trees);
    const why = await explainWith(
      scorerBy(BID, {
        artifact,
        score: (columns) => evaluateTrees(trees, columns),
      }),
    );
    assert.equal(why.attribution?.method, "tree_shap");
    assert.equal(why.attribution?.unit, "log_odds");
    assert.ok(why.contributions.length <= 2);
    addsUp(why);
  }
});

Deno.test("explain() of a regression is exact, crosses with the action included", async () => {
  const width = 4 + 5 * (ACTION.kind === "action" ? ACTION.actions.length : 0);
  const random = seededRandom(2);
  const columns = Array.from(
    { length: width },
    () =>
      Float64Array.from({ length: 80 }, () => Math.round(3 * random.next())),
  );
  const label = Float64Array.from({ length: 80 }, () => random.next());
  const model = fitGlm(
    { columns, label },
    { family: "logistic", l1: 0, l2: 1, steps: 100 },
  );
  const why = await explainWith(
    scorerBy(ACTION, {
      artifact: glmOnnx(model),
      score: (row) =>
        predictGlm(model, [...row].map((x) => Float64Array.of(x)))[0] ?? NaN,
    }),
  );
  assert.equal(why.attribution?.method, "linear_shap");
  assert.deepEqual(
    why.contributions.map(({ feature }) => feature).sort(),
    ["audience.recency", "request.hour"],
  );
  addsUp(why);
  assert.match(why.summary, /as is typical, the score would be 0\.\d+\./);
});

Deno.test("explain() falls back on typical values when the parts do not make the score", async () => {
  const artifact = writeRandomTrees(seededRandom(1), SIGMOID);
  const why = await explainWith(
    scorerBy(BID, { artifact, score: ([recency = 0]) => 0.1 * recency }),
  );
  assert.equal(why.attribution?.method, "replace_typical");
  const [recency] = why.contributions;
  assert.ok(Math.abs((recency?.effect ?? 0) + 0.3) < 1e-6);
});
