/**
 * Values that a fact may still have while a witness is sought.
 *
 * Numbers are closed intervals over doubles or integers, so that an open end is the
 * next number; texts and flags are options; a list is what it must and may hold.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import type { Outcome } from "../language/interpret.ts";

/** Values of one fact. */
export type Values =
  | {
    readonly kind: "interval";
    readonly lo: number;
    readonly hi: number;
    readonly whole: boolean;
  }
  | {
    readonly kind: "options";
    readonly options: readonly (string | boolean)[];
  }
  | {
    readonly kind: "list";
    readonly must: readonly (string | number)[];
    readonly may: readonly (string | number)[];
  };

/** What one fact may be. */
export interface Domain {
  /** Whether it may be missing. */
  readonly missing: boolean;
  /** Its values where it is not; null if it must be missing. */
  readonly values: Values | null;
}

/** Domains by slot: the path and the type of what is read. */
export type Box = ReadonlyMap<string, Domain>;

/** A box with one domain replaced. */
export function withDomain(box: Box, slot: string, domain: Domain): Box {
  return new Map(box).set(slot, domain);
}

/** The next number above. */
export function after(value: number, isWhole: boolean): number {
  return isWhole ? Math.floor(value) + 1 : beside(value, 1n);
}

/** The next number below. */
export function before(value: number, isWhole: boolean): number {
  return isWhole ? Math.ceil(value) - 1 : beside(value, -1n);
}

function beside(value: number, by: bigint): number {
  if (value === 0) return Number(by) * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const outward = value > 0 ? by : -by;
  view.setBigInt64(0, view.getBigInt64(0) + outward);
  return view.getFloat64(0);
}

/** Both sides of a number: below it, and from it on. */
export function cutAt(
  { lo, hi, whole }: Extract<Values, { kind: "interval" }>,
  start: number,
): readonly [Values, Values] {
  return [
    { kind: "interval", lo, hi: before(start, whole), whole },
    { kind: "interval", lo: start, hi, whole },
  ];
}

/** A number about half way, by order of magnitude where the interval spans many. */
export function middleOf(
  { lo, hi, whole }: Extract<Values, { kind: "interval" }>,
): number {
  if (lo < 0 && hi > 0) return 0;
  const near = Math.min(Math.abs(lo), Math.abs(hi));
  const far = Math.max(Math.abs(lo), Math.abs(hi));
  const sign = hi > 0 ? 1 : -1;
  const middle = far > 4 * Math.max(near, 1)
    ? sign * Math.sqrt(Math.max(near, 1)) * Math.sqrt(far)
    : lo / 2 + hi / 2;
  const start = whole ? Math.ceil(middle) : middle;
  return Math.min(Math.max(start, after(lo, whole)), hi);
}

/** Which of several values of an interval is taken. */
export type Taste = "plain" | "least" | "most";

/** The one value that a fact takes: as plain as can be, or at an end. */
export function pickValue(
  { missing, values }: Domain,
  taste: Taste,
  plain = 0,
): Outcome {
  if (values === null) return null;
  switch (values.kind) {
    case "interval": {
      const { lo, hi, whole } = values;
      if (taste !== "plain") return taste === "least" ? lo : hi;
      const near = whole ? Math.round(plain) : plain;
      return Math.min(Math.max(near, lo), hi);
    }
    case "options":
      return values.options[0] ?? (missing ? null : "");
    case "list":
      return values.must;
  }
}

/** The domain of just one value. */
export function onlyValue(domain: Domain, value: Outcome): Domain {
  if (value === null) return { missing: true, values: null };
  if (Array.isArray(value)) {
    return { missing: false, values: { kind: "list", must: value, may: [] } };
  }
  if (typeof value === "number") {
    const { values } = domain;
    const isWhole = values?.kind === "interval" && values.whole;
    return {
      missing: false,
      values: { kind: "interval", lo: value, hi: value, whole: isWhole },
    };
  }
  const options = [value as string | boolean];
  return { missing: false, values: { kind: "options", options } };
}

/** Facts in their groups. */
export function factsFrom(values: ReadonlyMap<string, Outcome>): Facts {
  const facts: Record<string, unknown> = {};
  for (const [path, value] of values) {
    if (value === null) continue;
    const names = path.split(".");
    const last = names.pop() ?? path;
    let group = facts;
    for (const name of names) {
      group = (group[name] ??= {}) as Record<string, unknown>;
    }
    group[last] = value;
  }
  return facts as Facts;
}
