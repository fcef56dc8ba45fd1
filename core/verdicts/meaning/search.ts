/**
 * Finds facts that make a condition true, or proves that there are none.
 *
 * What is possible is divided, comparison by comparison, until the condition is sure.
 * For comparisons of one fact with literals this is complete; those that weigh
 * several facts are taken as decided and solved at the end, within a budget.
 *
 * @module
 */
import { type Box, withDomain } from "./domain.ts";
import { numberOf, outcomesOf } from "./estimate.ts";
import { isCircular } from "./ordering.ts";
import { T } from "./outcomes.ts";
import { solve } from "./residue.ts";
import { pickFacts } from "./sample.ts";
import type { Space } from "./space.ts";
import { divide, type State } from "./split.ts";
import type { Term } from "./term.ts";

const MOST_STATES = 4000;
const MOST_BOXES = 2000;
const NOTHING: ReadonlyMap<string, number> = new Map();

/** Single values that make it true, that there are none, or that none was found. */
export type Answer = Box | "impossible" | "unknown";

/** A state, and those goals that are not yet sure in it. */
interface Node {
  readonly state: State;
  readonly goals: readonly Term[];
  /** Whether a comparison was just taken as decided. */
  readonly isNew: boolean;
}

/**
 * Searches a space for what makes two-valued conditions true.
 *
 * @param goals The one that is most likely to fail first.
 */
export function search(goals: readonly Term[], space: Space): Answer {
  const all = goals.flatMap((goal) => goal.op === "and" ? goal.of : [goal]);
  const nodes: Node[] = [{ state: startOf(space), goals: all, isNew: false }];
  const effort = { left: MOST_BOXES };
  const fits = (box: Box) => areTrue(all, box);
  let isWhole = space.complete;
  for (let count = 0; count < MOST_STATES; count++) {
    const node = nodes.pop();
    if (node === undefined) return isWhole ? "impossible" : "unknown";
    const { state } = node;
    const open = openGoals(node);
    if (open === null || (node.isNew && contradicts(state))) continue;
    const pick = pickFacts(state.box, space, "plain");
    if (areTrue(open, pick) && fits(pick)) return plainest(pick, fits);
    const [first] = open;
    const parts = first ? divide(first, state, space) : [];
    for (const part of parts.reverse()) {
      const isNew = part.terms.size > state.terms.size;
      nodes.push({ state: part, goals: open, isNew });
    }
    if (parts.length > 0) continue;
    const start = { ...state, space, effort };
    const solution = solve(demandsOf(state), start, fits);
    if (typeof solution !== "string") return plainest(solution, fits);
    if (solution === "unknown") isWhole = false;
  }
  return "unknown";
}

function startOf({ box }: Space): State {
  return { box, assumed: NOTHING, terms: new Map(), memo: new Map() };
}

function areTrue(goals: readonly Term[], box: Box): boolean {
  const known = { box, assumed: NOTHING, memo: new Map() };
  return goals.every((one) => outcomesOf(one, known) === T);
}

/** Goals that are in doubt; null if one cannot be met. */
function openGoals({ state, goals }: Node): readonly Term[] | null {
  const open: Term[] = [];
  for (const one of goals) {
    const found = outcomesOf(one, state);
    if ((found & T) === 0) return null;
    if (found !== T) open.push(one);
  }
  return open;
}

function contradicts(state: State): boolean {
  return isCircular(state.terms, {
    assumed: state.assumed,
    number: (term) => numberOf(term, state),
    outcomes: (term) => outcomesOf(term, state),
  });
}

function demandsOf({ assumed, terms }: State) {
  return [...terms].map(([key, term]) => ({
    term,
    outcome: assumed.get(key) ?? T,
  }));
}

/** Leaves out every fact that is not needed. */
function plainest(box: Box, fits: (box: Box) => boolean): Box {
  let result = box;
  for (const slot of box.keys()) {
    const without = withDomain(result, slot, { missing: true, values: null });
    if (fits(without)) result = without;
  }
  return result;
}
