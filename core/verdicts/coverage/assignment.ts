/**
 * Facts put together from values to try, and taken apart again.
 *
 * @module
 */
import type { Fact, Facts } from "../../domain/verdict.ts";
import type { FactSpace } from "./fact_space.ts";

/** One value for each fact of a space; null for a missing one. */
export type Assignment = ReadonlyMap<string, Fact>;

/**
 * Takes one value for each fact, in every combination.
 *
 * @param most At most so many: then at random, the same each time.
 */
export function* combine(
  { values }: Pick<FactSpace, "values">,
  most: number,
): Generator<Assignment> {
  const axes = [...values];
  const count = countOf({ values });
  for (let at = 0; at < Math.min(count, most); at++) {
    let rest = at;
    yield new Map(axes.map(([path, of], axis) => {
      const index = count > most ? scatter(at, axis) : rest;
      rest = Math.floor(rest / of.length);
      return [path, of[index % of.length] ?? null];
    }));
  }
}

/** A number without pattern, from 0 to 2^24 - 1, the same for the same two. */
function scatter(at: number, axis: number): number {
  let mixed = Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(axis + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 8;
}

/** Number of combinations. */
export function countOf({ values }: Pick<FactSpace, "values">): number {
  return [...values.values()].reduce((count, of) => count * of.length, 1);
}

/** Facts with the values of an assignment in place of their own. */
export function assign(facts: Facts, assignment: Assignment): Facts {
  const all: Group = copyOf(facts);
  for (const [path, value] of assignment) place(all, path.split("."), value);
  return all;
}

/** Facts with one of them set, or left out where the value is null. */
export function setFact(facts: Facts, path: string, value: Fact): Facts {
  return assign(facts, new Map([[path, value]]));
}

interface Group {
  [name: string]: Fact | Facts;
}

function isGroup(value: Fact | Facts | undefined): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function copyOf(facts: Facts): Group {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      isGroup(value) ? copyOf(value) : value,
    ]),
  );
}

/** Sets a fact in place; a group that has none left goes with its last. */
function place(
  group: Group,
  [name = "", ...below]: readonly string[],
  value: Fact,
): void {
  if (below.length === 0) {
    if (value === null) delete group[name];
    else group[name] = value;
    return;
  }
  const held = group[name];
  const inner: Group = isGroup(held) ? held as Group : {};
  place(inner, below, value);
  if (Object.keys(inner).length === 0) delete group[name];
  else group[name] = inner;
}

/** Paths of all facts that are given. */
export function pathsOf(facts: Facts, above = ""): readonly string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    const isGroup = typeof value === "object" && value !== null &&
      !Array.isArray(value);
    return isGroup ? pathsOf(value as Facts, `${path}.`) : [path];
  });
}
