/**
 * What each entity takes at a price: the point of its envelope where the slope is
 * the price. Closed forms, and Newton in ln x for Hill curves.
 *
 * ln f′ is concave in ln x. To the right of its peak it falls, so that Newton
 * from a point right of the root comes down to it without leaving the branch;
 * the two asymptotes give such a point.
 *
 * @module
 */
import { HILL, LOGISTIC, SIMPLE, type Tableau } from "./tableau.ts";

/** Which end of the line is taken when the price is the line's slope. */
export type Side = "less" | "more";

/** One price, with what the searches need of it. */
export interface Price {
  value: number;
  log: number;
  side: Side;
}

/** d amount / d ln price of the last call, which tells Newton where to go next. */
export const response = { slope: 0 };

/** Amount that one entity takes at a price. */
export function demandAt(t: Tableau, at: number, price: Price): number {
  const steep = t.steep[at] as number;
  const value = price.value;
  response.slope = 0;
  if (value > steep) return t.lo[at] as number;
  const lo = t.lo[at] as number;
  const knee = t.knee[at] as number;
  if (value === steep) return price.side === "more" && knee > lo ? knee : lo;
  const hi = t.hi[at] as number;
  if (value <= (t.flat[at] as number)) return hi;
  const amount = inner(t, at, price);
  if (amount > knee && amount < hi) return amount;
  response.slope = 0;
  return amount < hi ? knee : hi;
}

function inner(t: Tableau, at: number, price: Price): number {
  const half = t.half[at] as number;
  const ceiling = t.ceiling[at] as number;
  switch (t.kind[at]) {
    case SIMPLE: {
      const shifted = Math.sqrt(ceiling * half / price.value);
      response.slope = -0.5 * shifted;
      return shifted - half;
    }
    case LOGISTIC: {
      const ratio = Math.sqrt(
        1 - Math.min(2 * half / ceiling * price.value, 1),
      );
      response.slope = -half / Math.max(ratio, 1e-300);
      return 2 * half * Math.atanh(ratio);
    }
    case HILL:
      return half * Math.exp(innerHill(t, at, price.log));
    default:
      return t.lo[at] as number;
  }
}

/** ln(x ÷ half) with (s − 1)·v − 2·ln(1 + e^(s·v)) = ln(price·half ÷ (ceiling·s)). */
function innerHill(t: Tableau, at: number, logPrice: number): number {
  const slope = t.slope[at] as number;
  const target = logPrice + (t.logScale[at] as number);
  let most = -target / (slope + 1);
  if (slope < 1) most = Math.min(most, target / (slope - 1));
  const warm = t.warm[at] as number;
  let v = warm < most ? warm : most;
  let turn = -1;
  for (let step = 0; step < 60; step++) {
    const power = slope * v;
    const grown = power > 40 ? Infinity : Math.exp(power);
    const log = power > 40 ? power : Math.log1p(grown);
    const share = power > 40 ? 1 : grown / (1 + grown);
    turn = slope - 1 - 2 * slope * share;
    if (turn >= -1e-12) {
      v = most;
      continue;
    }
    const move = ((slope - 1) * v - 2 * log - target) / turn;
    v = Math.min(v - move, most);
    if (Math.abs(move) < 1e-9) break;
  }
  t.warm[at] = v;
  response.slope = (t.half[at] as number) * Math.exp(v) / turn;
  return v;
}
