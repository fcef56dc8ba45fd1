/**
 * Allocation instances whose optimum is certified, from beside the checkout.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../core/domain/allocation.ts";
import type { ResponseCurve } from "../../core/domain/score.ts";

/** Where they lie. */
export const FOLDER = new URL("../../../shared/bench/plans/", import.meta.url);

/** What is known of an instance's optimum. */
export interface Certified {
  readonly "upper_bound": number;
  readonly "best_known": number;
  /** What dividing the budget in proportion to today's spend brings. */
  readonly "value_at_proportional_ref": number;
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

/** Parameters of each entity's Hill curve, draw by draw. */
interface Drawn {
  readonly lo: readonly number[];
  readonly hi: readonly number[];
  readonly beta: readonly (readonly number[])[];
  readonly k: readonly (readonly number[])[];
  readonly s: readonly (readonly number[])[];
}

/** Names the instances; none if they are absent. */
export function listInstances(): string[] {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
      .filter((name) => name.endsWith(".json"))
      .filter((name) => !name.startsWith("flighting_")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Reads an instance. */
export function readInstance(
  name: string,
): { problem: AllocationProblem; certified: Certified } {
  const found = JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
  const entities = name.endsWith(".bin.json")
    ? readColumns(name.replace(".bin.json", ".f64"), found.n)
    : name.startsWith("draws_")
    ? readDraws(found as Drawn)
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

function readDraws({ lo, hi, beta, k, s }: Drawn): AllocationEntity[] {
  return lo.map((least, row) => ({
    id: `c${row}`,
    group: null,
    lo: least,
    hi: hi[row] ?? NaN,
    curve: {
      type: "sampled",
      draws: (beta[row] ?? []).map((ceiling, draw) => ({
        type: "hill",
        ceiling,
        half: k[row]?.[draw] ?? NaN,
        slope: s[row]?.[draw] ?? NaN,
      })),
    },
  }));
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
