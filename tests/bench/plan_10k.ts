/**
 * Planning 10,000 entities: time, against what it costs to look at every curve
 * once, and the certified gap.
 *
 * The physical limit is one pass that finds every entity's demand at one price:
 * no method that prices money can do with less. The instances are the certified
 * ones beside the checkout, or seeded ones of the same kind where those are absent.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../core/domain/allocation.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { allocate } from "../../core/plans/allocation/allocate.ts";
import { quote, takeAt } from "../../core/plans/allocation/solver/market.ts";
import { prepare } from "../../core/plans/allocation/solver/prepare.ts";
import { listInstances, readInstance } from "../plans/certified_instances.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const COUNT = 10_000;
const ROUNDS = 15;
const PASSES = 10;

const bench: Bench = {
  name: "plan-10k",
  async run() {
    return [...await measure("concave"), ...await measure("sshape")];
  },
};

export default bench;

async function measure(kind: "concave" | "sshape"): Promise<Row[]> {
  const problem = readCertified(kind) ?? seedInstance(kind);
  const { price, gap } = allocate(problem);
  const [plan = NaN, pass = NaN] = await interleave([
    () => time(() => allocate(problem)),
    preparePass(problem, price),
  ], ROUNDS);
  const name = kind === "concave" ? "plan-10k" : "plan-10k-sshape";
  return [
    {
      name,
      value: plan * 1000,
      unit: "ms",
      against: "one pass over all curves at one price",
      ratio: plan / pass,
    },
    {
      name: `${name}-gap`,
      value: gap,
      unit: "(bound − outcome) ÷ bound",
      against: "certified upper bound",
      ratio: null,
    },
  ];
}

/** One cold pass at the plan's price, as a mean of several around it. */
function preparePass(problem: AllocationProblem, price: number): () => number {
  const { tree, model: { t, bench } } = prepare(problem);
  const market = { t, tree, bench, node: tree.count - 1 };
  return () =>
    time(() => {
      for (let pass = 0; pass < PASSES; pass++) {
        t.warm.fill(NaN);
        takeAt(market, quote(price * (1 + pass / 100), "less"), bench.trial);
      }
    }) / PASSES;
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function readCertified(kind: string): AllocationProblem | null {
  const name = `big_${kind}_n${COUNT}_s0.bin.json`;
  return listInstances().includes(name) ? readInstance(name).problem : null;
}

function seedInstance(kind: "concave" | "sshape"): AllocationProblem {
  const random = seededRandom(10);
  const entities = Array.from({ length: COUNT }, (_, row): AllocationEntity => {
    const half = 1e4 * Math.exp(random.normal());
    const slope = kind === "concave"
      ? 0.5 + random.next() / 2
      : 1.5 + 1.5 * random.next();
    return {
      id: `c${row}`,
      group: null,
      lo: random.next() < 0.4 ? 0.1 * half : 0,
      hi: 3 * half,
      curve: {
        type: "hill",
        ceiling: 4 * half * Math.exp(0.5 * random.normal()),
        half,
        slope,
      },
    };
  });
  const budget = entities.reduce(
    (sum, { lo, hi }) => sum + (2 * lo + hi) / 3,
    0,
  );
  return { entities, groups: [], budget, spend: "all" };
}
