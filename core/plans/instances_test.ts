/**
 * Allocation on certified instances: at least the best known, never above the
 * certified bound.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AllocationEntity, AllocationProblem } from "../domain/plan.ts";
import type { ResponseCurve } from "../domain/score.ts";
import { allocate } from "./allocate.ts";
import { verifyAllocation } from "./verify.ts";

const FOLDER = new URL("../../../shared/bench/plans/", import.meta.url);

interface Certified {
  readonly "upper_bound": number;
  readonly "best_known": number;
}

interface Listed {
  readonly channels: readonly {
    readonly id: string;
    readonly lo: number;
    readonly hi: number;
    readonly curve: Record<"k" | "s" | "beta" | "lam", number> & {
      readonly type: "hill" | "logistic" | "mm";
    };
  }[];
}

const names = listNames();

if (names.length === 0 && Deno.env.get("REQUIRE_ALL") === "1") {
  throw new Error(`Cannot find certified instances in ${FOLDER.pathname}`);
}

Deno.test({
  name: "certified instances are absent beside the checkout, so none is solved",
  ignore: names.length === 0,
  fn: () => assert.ok(names.length > 0),
});

for (const name of names) {
  Deno.test(`allocate() reaches the certified optimum of ${name}`, () => {
    const { problem, certified } = readInstance(name);
    const allocation = allocate(problem);
    const large = problem.entities.length >= 1000;
    const { outcome, upperBound, gap } = allocation;
    assert.ok(
      outcome >= certified.best_known * (1 - (large ? 1e-6 : 1e-9)),
      `outcome ${outcome} is below ${certified.best_known}`,
    );
    assert.ok(outcome <= certified.upper_bound * (1 + 1e-9));
    assert.ok(upperBound >= certified.best_known * (1 - 1e-9));
    assert.ok(gap <= (large ? 1e-6 : 1e-9), `gap ${gap}`);
    assert.deepEqual(verifyAllocation(problem, allocation).violations, []);
  });
}

function listNames(): string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
      .filter((name) => name.endsWith(".json"))
      .filter((name) => !/^(draws|flighting)_/.test(name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readInstance(
  name: string,
): { problem: AllocationProblem; certified: Certified } {
  const found = JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
  const entities = name.endsWith(".bin.json")
    ? readColumns(name.replace(".bin.json", ".f64"), found.n)
    : (found as Listed).channels.map(({ id, lo, hi, curve }) => ({
      id,
      group: null,
      lo,
      hi,
      curve: readCurve(curve),
    }));
  return {
    problem: { entities, groups: [], budget: found.budget, spend: "all" },
    certified: found.certified,
  };
}

function readCurve(
  { type, beta, k, s, lam }: Listed["channels"][number]["curve"],
): ResponseCurve {
  switch (type) {
    case "hill":
      return { type, ceiling: beta, half: k, slope: s };
    case "logistic":
      return { type, ceiling: beta, rate: lam };
    case "mm":
      return { type: "michaelis_menten", ceiling: beta, half: k };
  }
}

/** Columns type, beta, k, s, lo, hi, ref; type 1 is logistic with rate 1 ÷ k. */
function readColumns(name: string, count: number): AllocationEntity[] {
  const { buffer } = Deno.readFileSync(new URL(name, FOLDER));
  const columns = new Float64Array(buffer);
  const at = (column: number, row: number) =>
    columns[column * count + row] ?? NaN;
  return Array.from({ length: count }, (_, row) => ({
    id: `c${row}`,
    group: null,
    lo: at(4, row),
    hi: at(5, row),
    curve: at(0, row) === 1
      ? { type: "logistic", ceiling: at(1, row), rate: 1 / at(2, row) }
      : {
        type: "hill",
        ceiling: at(1, row),
        half: at(2, row),
        slope: at(3, row),
      },
  }));
}
