/**
 * Compiled trees and ONNX Runtime say the same bits, over random trees and rows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { OWN_PORTS } from "../../core/domain/model_ports.ts";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import {
  scoreRows,
  withCompiledRows,
} from "../../core/scores/compiled_rows.ts";
import { compileTrees } from "../../core/scores/compiled_trees.ts";
import { type Runtime, startRuntime } from "../../core/scores/runtime.ts";
import { readTrees } from "../../core/trees/read_trees.ts";
import { onnxBytes } from "./onnx_bytes.ts";
import {
  floatsAttribute,
  textAttribute,
  textsAttribute,
  wholeAttribute,
  wholesAttribute,
} from "./onnx_attributes.ts";

const COLUMNS = 5;

interface Node {
  readonly tree: number;
  readonly id: number;
  readonly column: number;
  readonly cut: number;
  readonly yes: number;
  readonly missingYes: number;
  readonly leaf: number | null;
}

function plant(random: Random, tree: number): Node[] {
  const nodes: Node[] = [];
  const grow = (depth: number): number => {
    const id = nodes.length;
    const isLeaf = depth === 0 || random.next() < 0.2;
    nodes.push({
      ...{ tree, id, yes: 0, missingYes: random.next() < 0.5 ? 1 : 0 },
      column: isLeaf ? 0 : Math.floor(random.next() * COLUMNS),
      cut: isLeaf ? 0 : Math.fround(Math.round(4 * random.normal()) / 4),
      leaf: isLeaf ? Math.fround(random.normal() / 3) : null,
    });
    if (!isLeaf) {
      const yes = grow(depth - 1);
      nodes.push({ ...nodes[id] as Node, yes });
      nodes[id] = nodes.pop() as Node;
      grow(depth - 1);
    }
    return id;
  };
  grow(4);
  return nodes;
}

/** The no-child follows the whole of the yes-child. */
function noOf(nodes: readonly Node[], { tree, yes }: Node): number {
  const own = nodes.filter((node) => node.tree === tree);
  const ends = (id: number): number => {
    const node = own[id] as Node;
    return node.leaf === null ? ends(ends(node.yes)) : id + 1;
  };
  return ends(yes);
}

function forest(random: Random, chances: boolean): Uint8Array {
  const nodes = Array.from(
    { length: 1 + Math.floor(random.next() * 30) },
    (_, tree) => plant(random, tree),
  ).flat();
  const leaves = nodes.filter(({ leaf }) => leaf !== null);
  const inner = (node: Node) => node.leaf === null;
  const attributes = [
    wholeAttribute("n_targets", 1),
    textAttribute("post_transform", "NONE"),
    floatsAttribute("base_values", [Math.fround(random.normal())]),
    wholesAttribute("nodes_treeids", nodes.map(({ tree }) => tree)),
    wholesAttribute("nodes_nodeids", nodes.map(({ id }) => id)),
    wholesAttribute("nodes_featureids", nodes.map(({ column }) => column)),
    floatsAttribute("nodes_values", nodes.map(({ cut }) => cut)),
    textsAttribute(
      "nodes_modes",
      nodes.map((node) => inner(node) ? "BRANCH_LEQ" : "LEAF"),
    ),
    wholesAttribute("nodes_truenodeids", nodes.map(({ yes }) => yes)),
    wholesAttribute(
      "nodes_falsenodeids",
      nodes.map((node) => inner(node) ? noOf(nodes, node) : 0),
    ),
    wholesAttribute(
      "nodes_missing_value_tracks_true",
      nodes.map(({ missingYes }) => missingYes),
    ),
    wholesAttribute("target_treeids", leaves.map(({ tree }) => tree)),
    wholesAttribute("target_nodeids", leaves.map(({ id }) => id)),
    wholesAttribute("target_ids", leaves.map(() => 0)),
    floatsAttribute("target_weights", leaves.map(({ leaf }) => leaf ?? 0)),
  ];
  const trees = {
    ...{ operator: "TreeEnsembleRegressor", domain: "ai.onnx.ml" },
    ...{ inputs: ["features"], more: attributes },
    outputs: [chances ? "odds" : "score"],
  };
  const link = { operator: "Sigmoid", inputs: ["odds"], outputs: ["score"] };
  return onnxBytes({
    inputs: [{ name: "features", type: "float32", width: COLUMNS }],
    outputs: [{ name: "score", type: "float32", width: 1 }],
    nodes: chances ? [trees, link] : [trees],
  });
}

function rowsOf(random: Random, rows: number) {
  const data = Float32Array.from(
    { length: rows * COLUMNS },
    () => random.next() < 0.1 ? NaN : Math.round(16 * random.normal()) / 16,
  );
  return { data, rows };
}

Deno.test("compiled trees and the runtime say the same bits", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const onnx = forest(random, seed % 2 === 0);
    const trees = readTrees(onnx);
    const score = trees && compileTrees(trees);
    assert.ok(score, `seed ${seed} was not read`);
    const runtime = await startRuntime(onnx, OWN_PORTS);
    const rows = rowsOf(random, 200);
    const said = await runtime.run(rows);
    said.forEach((wanted, row) => {
      const own = score(rows.data.subarray(row * COLUMNS, (row + 1) * COLUMNS));
      assert.equal(own, wanted, `seed ${seed}, row ${row + 1}`);
    });
    await runtime.release();
  }
});

Deno.test("trees answer one row and two, to the same bits; a runtime that says otherwise answers all", async () => {
  const random = seededRandom(7);
  const onnx = forest(random, true);
  const real = await startRuntime(onnx, OWN_PORTS);
  const model = { onnx, ports: OWN_PORTS };
  let asked = 0;
  const counting: Runtime = {
    ...real,
    run: (encoded) => {
      asked++;
      return real.run(encoded);
    },
  };
  const quick = await withCompiledRows(counting, model);
  assert.equal(asked, 1);
  const one = rowsOf(random, 1);
  const { score, most } = quick.few ?? assert.fail();
  assert.deepEqual(scoreRows(score, one), [...await real.run(one)]);
  assert.deepEqual([asked, most], [1, 2]);
  const other: Runtime = {
    ...real,
    run: async (encoded) =>
      (await real.run(encoded)).map((score) => score + 1e-7),
  };
  assert.equal(await withCompiledRows(other, model), other);
  await real.release();
});
