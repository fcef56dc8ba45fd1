/**
 * Reading trees out of bytes from anywhere never fails, and gives null for what
 * could be read in more ways than one.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../core/domain/random.ts";
import { readTrees } from "../../core/trees/read_trees.ts";
import { readExplainable, reasonCodes } from "../../core/trees/reason_codes.ts";
import { calibrationNodes } from "../../models/learners/calibration/calibration_onnx.ts";
import { writeOnnx } from "../../models/learners/onnx.ts";
import { writeRandomTrees } from "./random_graph.ts";

const SOUND = writeRandomTrees(seededRandom(5), {
  kind: "regressor",
  ...behindOf(),
  transform: "NONE",
  isMean: false,
});

function behindOf() {
  const { nodes, constants } = calibrationNodes({
    kind: "isotonic",
    curve: {
      scores: Float64Array.of(-2, -0.5, 0.25, 1.5),
      chances: Float64Array.of(0.1, 0.2, 0.2, 0.9),
    },
  }, { from: "sum", to: "score" });
  return { behind: nodes, constants };
}

Deno.test("readTrees() gives null for bytes that were cut off", () => {
  assert.ok(readTrees(SOUND));
  assert.equal(readTrees(SOUND.subarray(0, SOUND.length - 40)), null);
});

interface Small {
  readonly modes: readonly string[];
  readonly yes: readonly number[];
  readonly tracks: readonly number[];
}

/** Two questions, the second on the no-way of the first, and a leaf at node 2. */
function readSmall({ modes, yes, tracks }: Small) {
  return readTrees(writeOnnx({
    name: "small",
    columns: 1,
    constants: [],
    nodes: [{
      operator: "TreeEnsembleRegressor",
      domain: "ai.onnx.ml",
      inputs: ["features"],
      outputs: ["score"],
      attributes: {
        nodes_treeids: { ints: [0, 0, 0] },
        nodes_nodeids: { ints: [0, 1, 2] },
        nodes_featureids: { ints: [0, 0, 0] },
        nodes_values: { floats: [1, 2, 0] },
        nodes_modes: { texts: modes },
        nodes_truenodeids: { ints: yes },
        nodes_falsenodeids: { ints: [1, 2, 0] },
        nodes_missing_value_tracks_true: { ints: tracks },
        target_treeids: { ints: [0] },
        target_nodeids: { ints: [2] },
        target_ids: { ints: [0] },
        target_weights: { floats: [1] },
      },
    }],
  }));
}

Deno.test("readTrees() gives null for trees that turn back, and sets that part the missing", () => {
  const modes = ["BRANCH_EQ", "BRANCH_EQ", "LEAF"];
  const tracks = [1, 1, 0];
  assert.ok(readSmall({ modes, yes: [2, 2, 0], tracks }));
  assert.equal(readSmall({ modes, yes: [2, 2, 0], tracks: [1, 0, 0] }), null);
  const cuts = ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"];
  assert.ok(readSmall({ modes: cuts, yes: [2, 2, 0], tracks }));
  assert.equal(readSmall({ modes: cuts, yes: [1, 1, 0], tracks }), null);
});

Deno.test("no bytes make reading fail", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.tuple(
          fc.array(
            fc.tuple(fc.nat(SOUND.length - 1), fc.nat(255)),
            { minLength: 1, maxLength: 8 },
          ),
          fc.nat(SOUND.length),
        ).map(([changes, until]) => {
          const bytes = SOUND.slice();
          for (const [at, value] of changes) bytes[at] = value;
          return until % 3 === 0 ? bytes.subarray(0, until) : bytes;
        }),
      ),
      (bytes) => {
        const model = readExplainable(bytes);
        if (model?.kind !== "trees") return;
        const { columns } = model.trees;
        if (columns > 1000) return;
        const row = new Float32Array(columns);
        assert.equal(typeof reasonCodes(model, row, row).score, "number");
      },
    ),
    { numRuns: 3000 },
  );
});
