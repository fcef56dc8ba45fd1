/**
 * Where an interior search stands: slacks and prices of all bounds, and how far it
 * is from balance.
 *
 * @module
 */

/** A concave maximisation with a structure of its own; all vectors are reused between calls. */
export interface ConcaveProgram {
  /** Variables. */
  readonly size: number;
  /** Bounds of the rows, shape [rows]; infinite where there is none. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** 1 for rows whose bounds are one number, held exactly; 0 for others, which have an inside. */
  readonly equal: Uint8Array;
  /** Distance from a bound that is rounding. */
  readonly precision: number;
  /** Moves to x, fills rows and gradient, and returns F(x). */
  evaluate(x: Float64Array, rows: Float64Array, gradient: Float64Array): number;
  /** out = J·step, where J is that of the rows at x. */
  push(step: Float64Array, out: Float64Array): void;
  /** out = Jᵀ·prices. */
  pull(prices: Float64Array, out: Float64Array): void;
  /** out = −∇²L·step, of the last factorisation. */
  bend(step: Float64Array, out: Float64Array): void;
  /** Factorises with weights W of the rows, infinite for equalities, and their net prices. */
  factor(weights: Float64Array, prices: Float64Array): boolean;
  /** rhs becomes the step that moves equalities by `moves`, shape [rows], which become changes of their prices. */
  solve(rhs: Float64Array, moves: Float64Array): void;
  /** No feasible x brings more than this, whatever the prices. */
  bound(prices: Float64Array): number;
}

/** One side of all rows: slack, price, and the steps of both. */
export interface Side {
  readonly limit: Float64Array;
  /** +1 for lower bounds, −1 for upper ones. */
  readonly sign: number;
  readonly slack: Float64Array;
  readonly price: Float64Array;
  readonly residual: Float64Array;
  readonly slackStep: Float64Array;
  readonly priceStep: Float64Array;
  readonly target: Float64Array;
}

/** A search, its vectors reused from step to step. */
export interface State {
  readonly program: ConcaveProgram;
  readonly sides: readonly [Side, Side];
  readonly x: Float64Array;
  readonly rows: Float64Array;
  readonly gradient: Float64Array;
  readonly weights: Float64Array;
  readonly prices: Float64Array;
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rowStep: Float64Array;
  readonly steepness: Float64Array;
  /** Prices of equalities, their steps, and what these rows are to move by; shape [rows]. */
  readonly equalPrice: Float64Array;
  readonly equalStep: Float64Array;
  readonly moves: Float64Array;
  value: number;
}

/** Starts a search with slacks as large as the rows allow. */
export function begin(program: ConcaveProgram, start: Float64Array): State {
  const size = program.size;
  const rowCount = program.lo.length;
  const row = () => new Float64Array(rowCount);
  const createSide = (limit: Float64Array, sign: number): Side => ({
    limit,
    sign,
    slack: row(),
    price: row(),
    residual: row(),
    slackStep: row(),
    priceStep: row(),
    target: row(),
  });
  const state: State = {
    program,
    sides: [createSide(program.lo, 1), createSide(program.hi, -1)],
    x: start.slice(),
    rows: row(),
    gradient: new Float64Array(size),
    weights: row(),
    prices: row(),
    step: new Float64Array(size),
    change: new Float64Array(size),
    rowStep: row(),
    steepness: new Float64Array(size),
    equalPrice: row(),
    equalStep: row(),
    moves: row(),
    value: 0,
  };
  state.value = program.evaluate(state.x, state.rows, state.gradient);
  for (const side of state.sides) {
    for (let at = 0; at < rowCount; at++) {
      if (!isBound(state, side, at)) continue;
      const room = side.sign *
        ((state.rows[at] as number) - (side.limit[at] as number));
      const width = (program.hi[at] as number) - (program.lo[at] as number);
      const slack = at < size
        ? room
        : Math.max(room, 0.1 * Math.min(width, 1), 1e-8);
      side.slack[at] = slack;
      side.price[at] = Math.min(0.1 / slack, 1e6);
    }
  }
  return state;
}

/** Whether a row has a bound on this side that may be approached. */
export function isBound(
  { program }: State,
  { limit }: Side,
  at: number,
): boolean {
  return program.equal[at] === 0 && Number.isFinite(limit[at]);
}

/** Leaves the net price of each row in `prices`. */
export function netPrices(
  { sides: [lower, upper], prices, equalPrice }: State,
): void {
  for (let at = 0; at < prices.length; at++) {
    prices[at] = (upper.price[at] as number) - (lower.price[at] as number) +
      (equalPrice[at] as number);
  }
}

/** Largest distance of a row from its bounds. */
export function measureViolation(
  { program, rows }: Pick<State, "program" | "rows">,
): number {
  let most = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    most = Math.max(
      most,
      (program.lo[at] as number) - row,
      row - (program.hi[at] as number),
    );
  }
  return most;
}

/** Residuals of the bounds and weights of the rows; returns Σ s·z and how many terms it has. */
export function measureResiduals(
  state: State,
): { barrier: number; count: number } {
  let barrier = 0;
  let count = 0;
  const { equal } = state.program;
  for (let at = 0; at < equal.length; at++) {
    state.weights[at] = equal[at] === 1 ? Infinity : 0;
  }
  for (const side of state.sides) {
    for (let at = 0; at < side.slack.length; at++) {
      if (!isBound(state, side, at)) continue;
      const slack = side.slack[at] as number;
      const price = side.price[at] as number;
      side.residual[at] = side.sign *
          ((state.rows[at] as number) - (side.limit[at] as number)) - slack;
      state.weights[at] = (state.weights[at] as number) + price / slack;
      barrier += slack * price;
      count++;
    }
  }
  return { barrier, count };
}

/** How much of the step keeps slacks and prices positive, 1 at most. */
export function findReach({ sides }: State, share: number): number {
  let reach = 1;
  for (const { slack, price, slackStep, priceStep } of sides) {
    for (let at = 0; at < slack.length; at++) {
      const down = slackStep[at] as number;
      if (down < 0) {
        reach = Math.min(reach, -share * (slack[at] as number) / down);
      }
      const fall = priceStep[at] as number;
      if (fall < 0) {
        reach = Math.min(reach, -share * (price[at] as number) / fall);
      }
    }
  }
  return reach;
}

/** Sets targets of s·z: what the centre lacks, less what so much of the last step errs by. */
export function aimProducts(state: State, centre: number, reach: number): void {
  for (const side of state.sides) {
    for (let at = 0; at < side.target.length; at++) {
      side.target[at] = isBound(state, side, at)
        ? centre - (side.slack[at] as number) * (side.price[at] as number) -
          reach * (side.slackStep[at] as number) *
            (side.priceStep[at] as number)
        : 0;
    }
  }
}

/** Σ s·z after so much of the step. */
export function measureBarrier({ sides }: State, reach: number): number {
  let barrier = 0;
  for (const { slack, price, slackStep, priceStep } of sides) {
    for (let at = 0; at < slack.length; at++) {
      barrier += ((slack[at] as number) + reach * (slackStep[at] as number)) *
        ((price[at] as number) + reach * (priceStep[at] as number));
    }
  }
  return barrier;
}

/** Largest |gradient − Jᵀ·prices|. */
export function measureImbalance(state: State): number {
  const { program, prices, gradient, steepness } = state;
  program.pull(prices, steepness);
  let most = 0;
  for (let at = 0; at < gradient.length; at++) {
    const off = Math.abs((gradient[at] as number) - (steepness[at] as number));
    if (!(off <= most)) most = off;
    if (Number.isNaN(off)) return Infinity;
  }
  return most;
}

/** Moves along the last step. */
export function shift(state: State, length: number): void {
  const { x, step, sides } = state;
  for (let at = 0; at < x.length; at++) {
    x[at] = (x[at] as number) + length * (step[at] as number);
  }
  for (const { slack, price, slackStep, priceStep } of sides) {
    for (let at = 0; at < slack.length; at++) {
      slack[at] = (slack[at] as number) + length * (slackStep[at] as number);
      price[at] = (price[at] as number) + length * (priceStep[at] as number);
    }
  }
  for (let at = 0; at < state.equalPrice.length; at++) {
    state.equalPrice[at] = (state.equalPrice[at] as number) +
      length * (state.equalStep[at] as number);
  }
}
