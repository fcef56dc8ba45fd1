/**
 * What a policy would have earned, told from rows of which chance chose the action:
 * rows whose action is the policy's stand for all, weighed by one over the chance of
 * that action.
 *
 * `ips` is the plain mean of what they earned, `snips` divides by the weights that
 * came, `dr` adds what outcome models say of the rows that went another way. Cost is
 * taken off before. Standard errors are those of large samples: a value that stands on
 * few effective rows is refused, as its error is far too small.
 *
 * @see Dudík, Langford and Li (2011), Doubly Robust Policy Evaluation and Learning
 * @see Swaminathan and Joachims (2015), The Self-Normalized Estimator for Counterfactual Learning
 * @module
 */

/** Rows of which chance chose the action. */
export interface LoggedRows {
  /** What each row earned, before cost, shape [rows]. */
  readonly outcome: Float64Array;
  /** Place of the action taken, shape [rows]. */
  readonly taken: Uint8Array;
  /** Chance of each action, (0, 1): shape [actions][rows], or [actions] if it is the same for all. */
  readonly chances: readonly (Float64Array | number)[];
  /** Cost of each action in outcome units, shape [actions]; free if absent. */
  readonly costs?: readonly number[];
  /** Outcome that a model expects of each action, not fitted to these rows, shape [actions][rows]. */
  readonly expected?: readonly Float64Array[];
}

/** A mean a row, and its standard error. */
export interface ValueEstimate {
  /** Outcome units a row, less cost. */
  readonly value: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** What a policy would have earned. */
export interface PolicyValue {
  /** Inverse propensity, held within what any row earned. */
  readonly ips: ValueEstimate;
  /** Self-normalised inverse propensity. */
  readonly snips: ValueEstimate;
  /** Null without outcome models. */
  readonly dr: ValueEstimate | null;
  /** Rows that an equal weighing would need to know as much: (Σw)² / Σw². */
  readonly effectiveRows: number;
  /** Why no value is to be believed; null if they stand on enough rows. */
  readonly refused: string | null;
  /** Largest weight of a row. */
  readonly maxWeight: number;
  /** Share of the rows to which the policy gives each action, shape [actions]. */
  readonly shares: readonly number[];
}

/**
 * Values a policy.
 *
 * @param logged Rows of which chance chose the action.
 * @param chosen Place of the action that the policy gives each row, shape [rows].
 * @returns Its value.
 * @throws {RangeError} If lengths differ, or a chance needed is not above 0.
 */
export function policyValue(
  logged: LoggedRows,
  chosen: Uint8Array,
): PolicyValue {
  const { weights, earned } = weigh(logged, chosen);
  const total = sum(weights);
  const squares = weights.reduce((all, weight) => all + weight * weight, 0);
  const effectiveRows = squares > 0 ? total * total / squares : 0;
  const ips = meanOf(
    weights.map((weight, row) => weight * (earned[row] as number)),
  );
  return {
    ips: { ...ips, value: clip(ips.value, earned) },
    snips: selfNormalised(weights, earned),
    dr: logged.expected
      ? meanOf(doublyRobust(logged, chosen, { weights, earned }))
      : null,
    effectiveRows,
    refused: effectiveRows < LEAST_ROWS
      ? `it stands on ${
        effectiveRows.toFixed(1)
      } effective rows, and ${LEAST_ROWS} are the least`
      : null,
    maxWeight: weights.reduce((most, weight) => Math.max(most, weight), 0),
    shares: logged.chances.map((_, action) =>
      chosen.reduce((all, one) => all + (one === action ? 1 : 0), 0) /
      chosen.length
    ),
  };
}

/** Effective rows below which a standard error says nothing. */
const LEAST_ROWS = 30;

/** The nearest number from the least to the most that a row earned. */
function clip(value: number, earned: Float64Array): number {
  const least = earned.reduce((one, other) => Math.min(one, other), Infinity);
  const most = earned.reduce((one, other) => Math.max(one, other), -Infinity);
  return Math.min(Math.max(value, least), most);
}

/**
 * Values each policy that knows nobody: the same action for all. What personalises
 * must beat the best of these, doing nothing among them.
 *
 * @param logged Rows of which chance chose the action.
 * @returns Values by action, shape [actions].
 * @throws {RangeError} As {@link policyValue}.
 */
export function constantPolicies(logged: LoggedRows): PolicyValue[] {
  return logged.chances.map((_, action) =>
    policyValue(logged, new Uint8Array(logged.outcome.length).fill(action))
  );
}

/**
 * Compares two policies on the same rows: what both do alike cancels out.
 *
 * @param logged Rows of which chance chose the action.
 * @param one Action of the one policy by row, shape [rows].
 * @param other Action of the other.
 * @returns Self-normalised value of the one less that of the other.
 * @throws {RangeError} As {@link policyValue}.
 */
export function comparePolicies(
  logged: LoggedRows,
  one: Uint8Array,
  other: Uint8Array,
): ValueEstimate {
  const [first, second] = [one, other].map((chosen) => {
    const { weights, earned } = weigh(logged, chosen);
    return influence(weights, earned);
  }) as [Influence, Influence];
  const differences = first.terms.map((term, row) =>
    term - (second.terms[row] as number)
  );
  return {
    value: first.value - second.value,
    standardError: rootOfSquares(differences),
  };
}

interface Weighed {
  /** One over the chance where the policy's action was taken, otherwise 0. */
  readonly weights: Float64Array;
  /** Outcome less cost. */
  readonly earned: Float64Array;
}

function weigh(
  { outcome, taken, chances, costs }: LoggedRows,
  chosen: Uint8Array,
): Weighed {
  if (taken.length !== outcome.length || chosen.length !== outcome.length) {
    throw new RangeError("Cannot value policy: its columns differ in length");
  }
  const weights = new Float64Array(outcome.length);
  for (let row = 0; row < outcome.length; row++) {
    const action = chosen[row] as number;
    const chance = chanceOf(chances[action], row);
    if (!(chance > 0)) {
      throw new RangeError(
        `Cannot value policy at row "${row}": action ${action} had no chance there`,
      );
    }
    if (taken[row] === action) weights[row] = 1 / chance;
  }
  const earned = outcome.map((value, row) =>
    value - (costs?.[taken[row] as number] ?? 0)
  );
  return { weights, earned };
}

function chanceOf(
  chances: Float64Array | number | undefined,
  row: number,
): number {
  return (typeof chances === "object" ? chances[row] : chances) ?? NaN;
}

interface Influence {
  readonly value: number;
  /** What each row moves the value by, times the number of rows. */
  readonly terms: Float64Array;
}

function influence(weights: Float64Array, earned: Float64Array): Influence {
  const total = sum(weights);
  const value = weights.reduce(
    (all, weight, row) => all + weight * (earned[row] as number),
    0,
  ) / total;
  const terms = weights.map((weight, row) =>
    weight * ((earned[row] as number) - value) * weights.length / total
  );
  return { value, terms };
}

function selfNormalised(
  weights: Float64Array,
  earned: Float64Array,
): ValueEstimate {
  const { value, terms } = influence(weights, earned);
  return { value, standardError: rootOfSquares(terms) };
}

function doublyRobust(
  { expected = [], costs, taken }: LoggedRows,
  chosen: Uint8Array,
  { weights, earned }: Weighed,
): Float64Array {
  const say = (action: number, row: number) =>
    (expected[action]?.[row] ?? NaN) - (costs?.[action] ?? 0);
  return weights.map((weight, row) => {
    const error = weight === 0
      ? 0
      : weight * ((earned[row] as number) - say(taken[row] as number, row));
    return say(chosen[row] as number, row) + error;
  });
}

function meanOf(values: Float64Array): ValueEstimate {
  const value = sum(values) / values.length;
  const squares = values.reduce((all, one) => all + (one - value) ** 2, 0);
  const { length } = values;
  return { value, standardError: Math.sqrt(squares / (length - 1) / length) };
}

/** Standard error of a mean of terms that are 0 in the mean. */
function rootOfSquares(terms: Float64Array): number {
  const squares = terms.reduce((all, term) => all + term * term, 0);
  return Math.sqrt(squares) / terms.length;
}

function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0);
}
