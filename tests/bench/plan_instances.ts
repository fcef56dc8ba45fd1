/**
 * Planning every certified instance beside the checkout: how far below its certified
 * bound, and how much more it brings than spending in proportion to today, which is what
 * the instance records of doing without a plan.
 *
 * @module
 */
import { allocate } from "../../core/plans/allocation/allocate.ts";
import { listInstances, readInstance } from "../plans/certified_instances.ts";
import type { Bench, Row } from "./bench.ts";

const bench: Bench = {
  name: "plan-instances",
  run: () => Promise.resolve(listInstances().map(measure)),
};

export default bench;

function measure(file: string): Row {
  const { problem, certified } = readInstance(file);
  const { outcome } = allocate(problem);
  return {
    name: `plan-instances-${file.replace(/(\.bin)?\.json$/, "")}`,
    value: Math.max(1 - outcome / certified.upper_bound, 0),
    unit: "(certified bound − outcome) ÷ bound",
    against: "spending in proportion to today",
    ratio: outcome / certified.value_at_proportional_ref,
  };
}
