/**
 * Whole amounts whose sum is exact, next to amounts that are not whole.
 *
 * Amounts are floored, groups brought within their bounds from the innermost out,
 * and the rest handed out by largest remainder, one each, to those that have room.
 * Of two groups that share a member one holds the other, so that room that is left
 * anywhere can be reached.
 *
 * @module
 */

/** What the whole amounts must satisfy. */
export interface WholeBounds {
  /** What they sum to. */
  readonly total: bigint;
  /** Least and most of each, shape [amounts]. */
  readonly bounds: readonly (readonly [bigint, bigint])[];
  /** Index of each one's group, or −1; absent if there are none. */
  readonly group?: readonly number[];
  /** Least and most of each group. */
  readonly groups?: readonly (readonly [bigint, bigint])[];
  /** Index of the group that holds each group, or −1; absent if none does. */
  readonly parents?: readonly number[];
}

/** Whole amounts in the making. */
export interface Sheet {
  /** Shape [amounts]. */
  readonly whole: bigint[];
  /** What each group gets, shape [groups]. */
  readonly sums: bigint[];
  readonly limits: WholeBounds;
}

/**
 * Rounds.
 *
 * @param amounts Amounts, shape [amounts].
 * @param limits Whole bounds.
 * @returns Whole amounts within all bounds that sum to the total.
 * @throws {RangeError} If the bounds admit none.
 */
export function roundAmounts(
  amounts: Float64Array,
  limits: WholeBounds,
): bigint[] {
  const remainders = Array.from(
    amounts,
    (amount) => amount - Math.floor(amount),
  );
  const whole = Array.from(amounts, (amount, at) => {
    const [lo, hi] = limits.bounds[at] ?? [0n, 0n];
    if (lo > hi) {
      throw new RangeError("Cannot round amount: its least is above its most");
    }
    const floor = BigInt(Math.floor(amount));
    return floor < lo ? lo : floor > hi ? hi : floor;
  });
  const sheet = layOut(whole, limits);
  const byRemainder = remainders.map((_, at) => at)
    .sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  settleGroups(sheet, byRemainder);
  const missing = limits.total -
    whole.reduce((sum, amount) => sum + amount, 0n);
  if (shift(sheet, byRemainder, { units: missing, within: -1 }) !== 0n) {
    throw new RangeError(
      `Cannot round amounts to a total of ${limits.total}: their bounds do not admit it`,
    );
  }
  return whole;
}

/** Adds amounts up by group. */
export function layOut(whole: bigint[], limits: WholeBounds): Sheet {
  const sheet = { whole, sums: (limits.groups ?? []).map(() => 0n), limits };
  whole.forEach((amount, at) => addToGroups(sheet, at, amount));
  return sheet;
}

/** Changes one amount. */
export function moveUnits(sheet: Sheet, at: number, units: bigint): void {
  sheet.whole[at] = (sheet.whole[at] ?? 0n) + units;
  addToGroups(sheet, at, units);
}

function addToGroups({ sums, limits }: Sheet, at: number, units: bigint): void {
  for (const group of listAbove(limits, at)) {
    sums[group] = (sums[group] ?? 0n) + units;
  }
}

/** Groups that hold an amount, the innermost first. */
export function* listAbove(
  { group, parents }: WholeBounds,
  at: number,
): Generator<number> {
  let next = group?.[at] ?? -1;
  while (next >= 0) {
    yield next;
    next = parents?.[next] ?? -1;
  }
}

/** Brings each group within its bounds, those within others first. */
function settleGroups(sheet: Sheet, byRemainder: readonly number[]): void {
  const { limits } = sheet;
  const members = (limits.groups ?? []).map((): number[] => []);
  const depth = members.map(() => 0);
  for (const at of byRemainder) {
    for (const group of listAbove(limits, at)) members[group]?.push(at);
  }
  depth.forEach((_, group) => {
    let above = limits.parents?.[group] ?? -1;
    for (; above >= 0; above = limits.parents?.[above] ?? -1) {
      depth[group] = (depth[group] ?? 0) + 1;
    }
  });
  members.map((_, group) => group)
    .sort((a, b) => (depth[b] ?? 0) - (depth[a] ?? 0))
    .forEach((group) => settleGroup(sheet, members[group] ?? [], group));
}

function settleGroup(
  sheet: Sheet,
  members: readonly number[],
  group: number,
): void {
  const [lo, hi] = sheet.limits.groups?.[group] ?? [0n, 0n];
  const sum = sheet.sums[group] ?? 0n;
  const missing = sum < lo ? lo - sum : sum > hi ? hi - sum : 0n;
  if (shift(sheet, members, { units: missing, within: group }) !== 0n) {
    throw new RangeError(
      "Cannot round amounts: the bounds of a group and its members conflict",
    );
  }
}

/**
 * Adds units (or takes them, if negative), one each and then as room allows.
 *
 * @returns Units that found no room.
 */
function shift(
  sheet: Sheet,
  order: readonly number[],
  { units, within }: { readonly units: bigint; readonly within: number },
): bigint {
  const up = units > 0n;
  const inTurn = up ? order : order.toReversed();
  let rest = up ? units : -units;
  for (const most of [1n, rest]) {
    for (const at of inTurn) {
      if (rest === 0n) return 0n;
      const room = findRoom(sheet, at, { up, within });
      const step = [most, rest, room].reduce((a, b) => a < b ? a : b);
      if (step <= 0n) continue;
      moveUnits(sheet, at, up ? step : -step);
      rest -= step;
    }
  }
  return rest;
}

/** By how much an amount may rise, or fall, by its own bounds and those of groups below one. */
export function findRoom(
  { whole, sums, limits }: Sheet,
  at: number,
  { up, within }: { readonly up: boolean; readonly within: number },
): bigint {
  const [lo, hi] = limits.bounds[at] ?? [0n, 0n];
  const amount = whole[at] ?? 0n;
  let room = up ? hi - amount : amount - lo;
  for (const group of listAbove(limits, at)) {
    if (group === within) break;
    const [least, most] = limits.groups?.[group] ?? [0n, 0n];
    const sum = sums[group] ?? 0n;
    const shared = up ? most - sum : sum - least;
    if (shared < room) room = shared;
  }
  return room;
}
