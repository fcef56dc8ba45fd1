/**
 * How a search divides what is possible: by the first comparison that is in doubt.
 *
 * @module
 */
import {
  type Box,
  cutAt,
  type Domain,
  middleOf,
  withDomain,
} from "./domain.ts";
import { isTextual, type Known, outcomesOf } from "./estimate.ts";
import { F, T, U } from "./outcomes.ts";
import type { Space } from "./space.ts";
import { partsOf, readsOf, type Term } from "./term.ts";

/** What is known, and the comparisons that are taken as decided. */
export interface State extends Known {
  readonly terms: ReadonlyMap<string, Term>;
}

/** Whether more than one outcome is possible. */
export function isOpen(term: Term, known: Known): boolean {
  const found = outcomesOf(term, known);
  return (found & (found - 1)) !== 0;
}

/** Parts that together are all of what was possible; none if nothing can be divided. */
export function divide(term: Term, state: State, space: Space): State[] {
  switch (term.op) {
    case "constant":
    case "item":
      return [];
    case "not":
    case "surely":
    case "possibly":
      return divide(term.of, state, space);
    case "and":
    case "or":
      return divideFirst(term.of, state, space);
    case "if": {
      const { condition, yes, no } = term;
      if (isOpen(condition, state)) return divide(condition, state, space);
      const holds = outcomesOf(condition, state);
      return divide(holds === T ? yes : no, state, space);
    }
    case "read":
      return divideRead(term, state);
    default:
      return divideComparison(term, state, space);
  }
}

function divideFirst(
  of: readonly Term[],
  state: State,
  space: Space,
): State[] {
  const open = of.find((one) => isOpen(one, state));
  return open ? divide(open, state, space) : [];
}

function withBox({ assumed, terms }: State, box: Box): State {
  return { assumed, terms, box, memo: new Map() };
}

/** Missing or not; then one value against the others. */
function divideRead(
  { slot }: Extract<Term, { op: "read" }>,
  state: State,
): State[] {
  const domain = state.box.get(slot);
  if (domain === undefined) return [];
  return divideDomain(domain)
    .map((part) => withBox(state, withDomain(state.box, slot, part)));
}

function divideDomain({ missing, values }: Domain): Domain[] {
  if (missing && values !== null) {
    return [{ missing: false, values }, { missing: true, values: null }];
  }
  if (values?.kind !== "options" || values.options.length < 2) return [];
  const [first, ...rest] = values.options as [string, ...string[]];
  return [[first], rest].map((options) => ({
    missing,
    values: { kind: "options", options },
  }));
}

function divideComparison(term: Term, state: State, space: Space): State[] {
  const inner = conditionsIn(term).find((one) => isOpen(one, state));
  if (inner) return divide(inner, state, space);
  const reads = readsOf(term);
  const doubtful = reads.find(({ slot }) => {
    const domain = state.box.get(slot);
    return domain?.missing && domain.values !== null;
  });
  if (doubtful) return divideRead(doubtful, state);
  switch (term.op) {
    case "among":
      if (isTextual(term.items)) return divideTexts(term, state);
      break;
    case "same":
      return divideAny([term.left, term.right], state);
    case "includes": {
      const parts = divideAny([term.item], state);
      if (parts.length > 0) return parts;
      const list = divideList(term.list, state);
      if (list.length > 0) return list;
      break;
    }
    case "some":
    case "all": {
      const list = divideList(term.list, state);
      return list.length > 0 ? list : divideHolds(term, state, space);
    }
  }
  return divideNumbers(term, state, space);
}

/** Conditions inside a number, outermost first. */
function conditionsIn(term: Term): readonly Term[] {
  if (term.op === "some" || term.op === "all") return [];
  return partsOf(term).flatMap((part) =>
    part.op === "if"
      ? [part.condition, ...conditionsIn(part)]
      : part.op === "scaled"
      ? [part.when, ...conditionsIn(part.of)]
      : conditionsIn(part)
  );
}

/** Options inside a list against those outside. */
function divideTexts(
  { item, items }: Extract<Term, { op: "among" }>,
  state: State,
): State[] {
  if (item.op !== "read") return [];
  const { box } = state;
  const domain = box.get(item.slot);
  if (domain?.values?.kind !== "options") return [];
  const { missing, values: { options } } = domain;
  const inside = options.filter((one) => items.has(one as string));
  const outside = options.filter((one) => !items.has(one as string));
  return [inside, outside].filter((one) => one.length > 0).map((one) =>
    withBox(
      state,
      withDomain(box, item.slot, {
        missing,
        values: { kind: "options", options: one },
      }),
    )
  );
}

function divideAny(of: readonly Term[], state: State): State[] {
  for (const one of of) {
    const parts = one.op === "read" ? divideRead(one, state) : [];
    if (parts.length > 0) return parts;
  }
  return [];
}

/** Lists with the first possible item against those without it. */
function divideList(list: Term, state: State): State[] {
  if (list.op !== "read") return [];
  const { box } = state;
  const domain = box.get(list.slot);
  if (domain?.values?.kind !== "list") return [];
  const { missing, values: { must, may } } = domain;
  const [first, ...rest] = may;
  if (first === undefined) return [];
  return [must, [...must, first]].map((held) =>
    withBox(
      state,
      withDomain(box, list.slot, {
        missing,
        values: { kind: "list", must: held, may: rest },
      }),
    )
  );
}

/** By what the first doubtful item needs of other facts. */
function divideHolds(
  { list, holds }: Extract<Term, { op: "some" | "all" }>,
  state: State,
  space: Space,
): State[] {
  const domain = list.op === "read" ? state.box.get(list.slot) : undefined;
  const items = domain?.values?.kind === "list" ? domain.values.must : [];
  for (const item of items) {
    const seen = { ...state, item };
    if (isOpen(holds, seen)) return divide(holds, seen, space);
  }
  return [];
}

/** At a threshold; in the middle, for one fact; else by taking it as decided. */
function divideNumbers(term: Term, state: State, space: Space): State[] {
  const open = readsOf(term).flatMap(({ slot }) => {
    const values = state.box.get(slot)?.values;
    return values?.kind === "interval" && values.lo < values.hi
      ? [{ slot, values }]
      : [];
  });
  for (const { slot, values } of open) {
    const cuts = (space.cuts.get(slot) ?? [])
      .filter((start) => start > values.lo && start <= values.hi);
    const start = cuts[cuts.length >> 1];
    if (start !== undefined) return cutBox(state, slot, start);
  }
  const [only, other] = open;
  if (only && !other) return cutBox(state, only.slot, middleOf(only.values));
  return open.length === 0 || state.item !== undefined
    ? []
    : decide(term, state);
}

function cutBox(state: State, slot: string, start: number): State[] {
  const domain = state.box.get(slot);
  if (domain?.values?.kind !== "interval") return [];
  const { missing, values } = domain;
  return cutAt(values, start).map((part) =>
    withBox(state, withDomain(state.box, slot, { missing, values: part }))
  );
}

function decide(term: Term, state: State): State[] {
  const found = outcomesOf(term, state);
  return [T, F, U].filter((one) => (found & one) !== 0).map((one) => ({
    box: state.box,
    memo: new Map(),
    assumed: new Map(state.assumed).set(term.key, one),
    terms: new Map(state.terms).set(term.key, term),
  }));
}
