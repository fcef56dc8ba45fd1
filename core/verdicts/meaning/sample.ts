/**
 * Facts picked out of what is still possible.
 *
 * @module
 */
import type { Outcome } from "../language/interpret.ts";
import { type Box, onlyValue, pickValue, type Taste } from "./domain.ts";
import type { Space } from "./space.ts";

/** How values are picked: all alike, on one level, or multiples by chance. */
export type Style = Taste | "level" | number;

const FACTORS = [1, 0.5, 2, 0.25, 4];

/** One value for each fact; a path that is read as two types keeps the first. */
export function pickFacts(box: Box, space: Space, style: Style): Box {
  const level = style === "level" ? levelOf(box) : null;
  const taken = new Set<string>();
  let index = 0;
  return new Map([...box].map(([slot, domain]) => {
    const path = space.paths.get(slot) ?? slot;
    const plain = (level ?? space.plain.get(slot) ?? 0) *
      factorOf(style, index++);
    const taste = style === "least" || style === "most" ? style : "plain";
    const value = taken.has(path) ? null : pickValue(domain, taste, plain);
    if (value !== null) taken.add(path);
    return [slot, onlyValue(domain, value)];
  }));
}

/** Halves and doubles, so that numbers differ; the same for the same chance. */
function factorOf(style: Style, index: number): number {
  if (typeof style !== "number") return 1;
  const mixed = Math.imul(style * 31 + index + 1, 0x9e3779b1) >>> 16;
  return FACTORS[mixed % FACTORS.length] ?? 1;
}

/** The highest of the lower ends, so that equal numbers are tried. */
function levelOf(box: Box): number {
  const lows = [...box.values()].flatMap(({ values }) =>
    values?.kind === "interval" ? [values.lo] : []
  ).filter((lo) => lo > -Number.MAX_SAFE_INTEGER);
  return Math.max(0, ...lows);
}

/** The values of a box of single values, by path. */
export function valuesOf(
  box: Box,
  { paths }: Space,
): ReadonlyMap<string, Outcome> {
  const values = new Map<string, Outcome>();
  for (const [slot, domain] of box) {
    const value = pickValue(domain, "plain");
    const path = paths.get(slot) ?? slot;
    if (value !== null) values.set(path, value);
  }
  return values;
}
