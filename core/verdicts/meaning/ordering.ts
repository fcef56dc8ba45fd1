/**
 * Whether orderings that are taken as decided contradict one another: a number below
 * itself, by way of others.
 *
 * @module
 */
import { type Insight, isAtMost } from "./dominance.ts";
import { F, T } from "./outcomes.ts";
import type { Term } from "./term.ts";

/** Comparisons that are taken as decided, with the outcome of each. */
export type Decided = ReadonlyMap<string, Term>;

interface Edge {
  readonly from: Term;
  readonly to: Term;
  readonly isStrict: boolean;
}

/** Whether some number would be below itself. */
export function isCircular(decided: Decided, insight: Insight): boolean {
  const edges = [...decided].flatMap(([key, term]): Edge[] => {
    const outcome = insight.assumed.get(key);
    if (term.op !== "less") return [];
    const { left, right } = term;
    if (outcome === T) return [{ from: left, to: right, isStrict: true }];
    return outcome === F ? [{ from: right, to: left, isStrict: false }] : [];
  });
  const terms = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  return edges.some(({ from, to, isStrict }) => {
    if (!isStrict) return false;
    const reached = new Set([to]);
    for (const at of reached) {
      if (isAtMost(at, from, insight)) return true;
      for (const edge of edges) {
        if (edge.from.key === at.key) reached.add(edge.to);
      }
      for (const next of terms) {
        if (!reached.has(next) && isAtMost(at, next, insight)) {
          reached.add(next);
        }
      }
    }
    return false;
  });
}
