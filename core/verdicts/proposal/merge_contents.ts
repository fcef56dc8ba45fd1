/**
 * Two changes of the same policies as one, where they touch different files.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import { EngineError } from "../../domain/error.ts";
import type { PolicyContent } from "../../domain/verdict.ts";
import { compilePolicySet, parsePolicyContent } from "../judge/policy_set.ts";

/** Nothing at all. */
export const NO_POLICIES = "[]";

/**
 * Carries a change over to a new base, policy by policy and list by list.
 *
 * @param mine Text of the proposed content.
 * @param base Text of what it was written against.
 * @param now Text of what is in force now.
 * @returns Text of the merged content; null where both changed the same one
 * differently, or what comes of it does not hold together.
 */
export function mergeContents(
  mine: string,
  base: string,
  now: string,
): string | null {
  const sides = [mine, base, now].map(parsePolicyContent) as [
    PolicyContent,
    PolicyContent,
    PolicyContent,
  ];
  const policies = mergeNamed(
    sides.map(({ policies }) => byName(policies, (one) => one.policy)),
  );
  const lists = mergeNamed(
    sides.map(({ lists }) => byName(lists, (one) => one.list)),
  );
  if (policies === null || lists === null) return null;
  try {
    return compilePolicySet(policies, { lists }).text;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

type Named<T> = ReadonlyMap<string, T>;

function byName<T>(all: readonly T[], nameOf: (one: T) => string): Named<T> {
  return new Map(all.map((one) => [nameOf(one), one]));
}

/** Mine, base and now as one; null where mine and now differ from base and each other. */
function mergeNamed<T>(
  [mine = new Map(), base = new Map(), now = new Map()]: readonly Named<T>[],
): readonly T[] | null {
  const merged: T[] = [];
  for (const name of new Set([...mine.keys(), ...now.keys()])) {
    const [my, was, is] = [mine, base, now].map((side) => side.get(name));
    const kept = isSame(my, was) ? is : my;
    if (!isSame(my, was) && !isSame(is, was) && !isSame(my, is)) return null;
    if (kept !== undefined) merged.push(kept);
  }
  return merged;
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
