/**
 * The sets that a request speaks of: entities, what is below a parent, and groups by
 * name; and the tree that those with bounds form.
 *
 * @module
 */
import type { PlanGroup } from "../../../domain/plan_request.ts";
import type { Candidate } from "../candidate.ts";
import type { Bound } from "./bound.ts";
import { refuseField } from "./refusal.ts";

/** Finds the positions of candidates by entity, parent or name of a group. */
export interface Directory {
  /**
   * Looks a set up.
   *
   * @param texts What is in it.
   * @param field Where that was written.
   * @throws {EngineError} `request_invalid` naming the field.
   */
  find(texts: readonly string[], field: string): readonly number[];
}

/** A set with bounds. */
export interface BoundedSet {
  /** Unique; also what conflicts call it. */
  readonly id: string;
  /** Positions of candidates. */
  readonly members: readonly number[];
  readonly lo: Bound;
  /** Null for any amount. */
  readonly hi: Bound | null;
  /** How many may get more than nothing. */
  readonly mostOn?: number;
}

/** Sets as a tree: of two that share a member one holds the other. */
export interface SetTree {
  /** The widest first. */
  readonly sets: readonly BoundedSet[];
  /** Index of the set that holds each set, or −1. */
  readonly parents: readonly number[];
  /** Index of the narrowest set that holds each candidate, or −1. */
  readonly group: readonly number[];
}

/** Makes a directory. */
export function createDirectory(
  candidates: readonly Candidate[],
  groups: readonly PlanGroup[],
): Directory {
  const known = new Map<string, readonly number[]>();
  const below = new Map<string, number[]>();
  candidates.forEach(({ fitted: { entity, parent } }, at) => {
    known.set(entity, [at]);
    if (parent === null) return;
    const list = below.get(parent);
    if (list) list.push(at);
    else below.set(parent, [at]);
  });
  below.forEach((list, parent) => {
    if (!known.has(parent)) known.set(parent, list);
  });
  const folded = new Map(
    groups.map((group, at) => [group.name, { group, at }]),
  );
  const find = (
    texts: readonly string[],
    field: string,
  ): readonly number[] => {
    const found = new Set<number>();
    for (const text of texts) {
      for (const at of known.get(text) ?? unfold(text, field)) found.add(at);
    }
    return [...found].sort((a, b) => a - b);
  };
  const unfold = (name: string, field: string): readonly number[] => {
    const one = folded.get(name);
    if (one === undefined) {
      throw refuseField(
        field,
        `${field} names "${name}", which is no entity or parent that is planned, and no group (or one that holds itself)`,
      );
    }
    folded.delete(name);
    const members = find(one.group.members, `groups[${one.at}].members`);
    known.set(name, members);
    return members;
  };
  return { find };
}

/**
 * Orders sets into a tree.
 *
 * @throws {EngineError} `request_invalid` if two overlap and neither holds the other.
 */
export function growTree(
  sets: readonly BoundedSet[],
  size: number,
): SetTree {
  const sorted = sets.toSorted((a, b) => b.members.length - a.members.length);
  const group = Array.from({ length: size }, () => -1);
  const parents = sorted.map(({ id, members }, at) => {
    const [first = -1] = members;
    const parent = group[first] ?? -1;
    for (const member of members) {
      const other = group[member] ?? -1;
      if (other !== parent) {
        const names = [other, parent].filter((one) => one >= 0)
          .map((one) => sorted[one]?.id).join(" and ");
        throw refuseField(
          id,
          `${id} shares entities with ${names}, and neither holds the other; ask for one of them with shares`,
        );
      }
      group[member] = at;
    }
    return parent;
  });
  return { sets: sorted, parents, group };
}
