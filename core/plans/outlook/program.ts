/**
 * A plan over draws as the interior search sees it.
 *
 *     maximise  Σ_d plain_d · F_d(x) + pull · η − Σ_d cost_d · u_d
 *     with      F_d(x) + u_d ≥ η,  u_d ≥ 0,  bounds, rows and budget
 *
 * This is the mean where all costs are 0, Rockafellar and Uryasev's form of the
 * CVaR with η free, and shortfall below a target with η held. For any weights q of the
 * draws with 0 ≤ q ≤ cost (and Σ q = pull where η is free) the value is at most
 * Σ (plain + q) · F_d(x), less q · η where η is held; that is concave in x, below its
 * tangent plane, and its maximum under the bounds at most what any prices make of it:
 * the proof.
 *
 * @module
 */
import type { ConcaveProgram } from "../interior/search_state.ts";
import { createSystem, factorSystem, solveSystem } from "./newton.ts";
import type { Frame } from "./frame.ts";
import { respondToDraws, sum } from "./sheet.ts";
import { weighDraws } from "./weigh_draws.ts";

/** Distance from a bound that is rounding, of the budget. */
const PRECISION = 1e-10;

/** Poses a frame as a program. */
export function poseOutlook(frame: Frame): ConcaveProgram {
  const { sheet, shortfall, order, lo, hi, equal } = frame;
  const { count, draws } = sheet;
  const x = new Float64Array(order.size);
  const bent = new Float64Array(count);
  const system = createSystem(frame);
  const eta = () => shortfall.target ?? (x[order.eta] as number);
  return {
    size: order.size,
    lo,
    hi,
    equal,
    precision: PRECISION * Math.max(1, hi[order.budget] as number),
    evaluate(point, rows, gradient) {
      x.set(point);
      respondToDraws(sheet, x);
      pushLinear(frame, x, rows);
      for (let draw = 0; draw < draws && shortfall.cost !== null; draw++) {
        rows[order.hinges + draw] = (sheet.outcomes[draw] as number) +
          (x[order.shortfalls + draw] as number) - eta();
      }
      return valueAndSlopes(frame, x, gradient);
    },
    push(step, out) {
      pushLinear(frame, step, out);
      pushHinges(frame, step, out);
    },
    pull: (prices, out) => pullRows(frame, prices, out),
    bend(step, out) {
      out.fill(0);
      for (let at = 0; at < count; at++) {
        out[at] = (bent[at] as number) * (step[at] as number);
      }
    },
    factor(weights, prices) {
      bendAmounts(frame, prices, bent);
      return factorSystem(frame, system, { weights, bent });
    },
    solve: (rhs, moves) => solveSystem(frame, system, { rhs, moves }),
    bound: (prices) => weighDraws(frame, prices, x).bound,
  };
}

function valueAndSlopes(
  { sheet, shortfall, order }: Frame,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const { count, draws, first, outcomes, free } = sheet;
  const { plain, cost, pull, target } = shortfall;
  gradient.fill(0);
  let value = 0;
  for (let draw = 0; draw < draws; draw++) {
    value += (plain[draw] as number) * (outcomes[draw] as number);
    for (let at = 0; at < count; at++) {
      if (free[at] !== 1) continue;
      gradient[at] = (gradient[at] as number) +
        (plain[draw] as number) * (first[at * draws + draw] as number);
    }
  }
  if (cost === null) return value;
  if (target === null) {
    gradient[order.eta] = pull;
    value += pull * (x[order.eta] as number);
  }
  for (let draw = 0; draw < draws; draw++) {
    const price = cost[draw] as number;
    gradient[order.shortfalls + draw] = -price;
    value -= price * (x[order.shortfalls + draw] as number);
  }
  return value;
}

function pushLinear(
  { sheet: { count }, order, linear }: Frame,
  x: Float64Array,
  out: Float64Array,
): void {
  out.set(x);
  linear.forEach((factors, row) => {
    out[order.size + row] = factors.reduce(
      (total, factor, at) => total + factor * (x[at] as number),
      0,
    );
  });
  out[order.budget] = sum(x.subarray(0, count));
}

function pushHinges(
  { sheet: { count, draws, first }, shortfall, order }: Frame,
  step: Float64Array,
  out: Float64Array,
): void {
  if (shortfall.cost === null) return;
  const eta = shortfall.target === null ? step[order.eta] as number : 0;
  for (let draw = 0; draw < draws; draw++) {
    let moved = (step[order.shortfalls + draw] as number) - eta;
    for (let at = 0; at < count; at++) {
      moved += (first[at * draws + draw] as number) * (step[at] as number);
    }
    out[order.hinges + draw] = moved;
  }
}

function pullRows(
  { sheet, shortfall, order, linear }: Frame,
  prices: Float64Array,
  out: Float64Array,
): void {
  const { count, draws, first, free } = sheet;
  out.set(prices.subarray(0, order.size));
  for (let at = 0; at < count; at++) {
    if (free[at] !== 1) {
      out[at] = 0;
      continue;
    }
    let paid = (out[at] as number) + (prices[order.budget] as number);
    linear.forEach((factors, row) =>
      paid += (factors[at] as number) * (prices[order.size + row] as number)
    );
    for (let draw = 0; draw < draws && shortfall.cost !== null; draw++) {
      paid += (first[at * draws + draw] as number) *
        (prices[order.hinges + draw] as number);
    }
    out[at] = paid;
  }
  if (shortfall.cost === null) return;
  let all = 0;
  for (let draw = 0; draw < draws; draw++) {
    const price = prices[order.hinges + draw] as number;
    const own = order.shortfalls + draw;
    out[own] = (out[own] as number) + price;
    all += price;
  }
  out[order.eta] = shortfall.target === null ? -all : 0;
}

/** −d²L / dx² of each amount: draws count by their plain weight and the price of their hinge. */
function bendAmounts(
  { sheet, shortfall, order }: Frame,
  prices: Float64Array,
  bent: Float64Array,
): void {
  const { count, draws, second } = sheet;
  for (let at = 0; at < count; at++) {
    let bend = 0;
    for (let draw = 0; draw < draws; draw++) {
      const weight = (shortfall.plain[draw] as number) -
        (shortfall.cost === null ? 0 : prices[order.hinges + draw] as number);
      bend -= weight * (second[at * draws + draw] as number);
    }
    bent[at] = bend;
  }
}
