/**
 * What treating by uplift is worth: against nobody, everybody, and the arm that was
 * best for all in the rows learnt from.
 *
 * @module
 */
import {
  comparePolicies,
  constantPolicies,
  type LoggedRows,
  type PolicyValue,
  policyValue,
  type ValueEstimate,
} from "../../../domain/policy_value.ts";
import type { SplitResult } from "./compare_learners.ts";
import { type Experiment, HELD, LEARNT } from "./read_experiment.ts";

/** Values on the rows that a split held out. */
export interface SplitValues {
  /** By policy: `nobody`, `all <arm>`, `personal`. */
  readonly policies: Readonly<Record<string, PolicyValue>>;
  /** The constant policy that was best in the rows learnt from. */
  readonly bestConstant: string;
  /** What `personal` earns more than it. */
  readonly gain: ValueEstimate;
}

/** What arms cost, and how likely each was. */
export interface ValueOptions {
  /** Cost of each arm in outcome units, control first, shape [arms + 1]. */
  readonly costs: readonly number[];
  /** Chance of each arm, control first, shape [arms + 1][rows]. */
  readonly chances: readonly Float64Array[];
}

/**
 * Values policies on the rows that a split held out.
 *
 * @param experiment All rows.
 * @param split What the split came to.
 * @param options Costs and chances.
 * @returns Their values.
 */
export function valuePolicies(
  experiment: Experiment,
  split: SplitResult,
  options: ValueOptions,
): SplitValues {
  const learnt = logRows(
    experiment,
    options,
    (row) => split.side[row] === LEARNT,
  );
  const logged = {
    ...logRows(experiment, options, (row) => split.side[row] === HELD),
    expected: split.expected,
  };
  const names = [
    "nobody",
    ...experiment.armNames.slice(1).map((name) => `all ${name}`),
  ];
  const before = constantPolicies(learnt).map(({ snips, refused }) =>
    refused === null ? snips.value : -Infinity
  );
  const best = before.indexOf(Math.max(...before));
  const personal = choose(split.effects[split.chosen] ?? [], options.costs);
  const values = constantPolicies(logged);
  return {
    policies: {
      ...Object.fromEntries(
        names.map((name, arm) => [name, values[arm] as PolicyValue]),
      ),
      personal: policyValue(logged, personal),
    },
    bestConstant: names[best] as string,
    gain: comparePolicies(logged, personal, personal.map(() => best)),
  };
}

function logRows(
  { label, arm }: Experiment,
  { costs, chances }: ValueOptions,
  wanted: (row: number) => boolean,
): LoggedRows {
  const keep = (values: Float64Array) => values.filter((_, row) => wanted(row));
  return {
    outcome: keep(label),
    taken: arm.filter((_, row) => wanted(row)),
    chances: chances.map(keep),
    costs,
  };
}

/** The arm that adds most beyond its cost; control if none adds more than it costs. */
function choose(
  effects: readonly Float64Array[],
  costs: readonly number[],
): Uint8Array {
  const rows = effects[0]?.length ?? 0;
  return Uint8Array.from({ length: rows }, (_, row) => {
    let best = { arm: 0, gain: 0 };
    effects.forEach((effect, before) => {
      const gain = (effect[row] as number) - (costs[before + 1] ?? 0);
      if (gain > best.gain) best = { arm: before + 1, gain };
    });
    return best.arm;
  });
}
