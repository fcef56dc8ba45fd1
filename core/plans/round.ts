/**
 * Whole amounts whose sum is exact, next to amounts that are not whole.
 *
 * Amounts are floored, groups brought within their bounds, and the rest handed
 * out by largest remainder, one each, to those that have room. Groups do not
 * overlap, so that room that is left anywhere can be reached.
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
}

interface Sheet {
  readonly whole: bigint[];
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
  const sums = (limits.groups ?? []).map(() => 0n);
  whole.forEach((amount, at) =>
    addToGroup({ whole, sums, limits }, at, amount)
  );
  const sheet = { whole, sums, limits };
  const byRemainder = remainders.map((_, at) => at)
    .sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  sums.forEach((_, group) => settleGroup(sheet, byRemainder, group));
  const missing = limits.total -
    whole.reduce((sum, amount) => sum + amount, 0n);
  if (shift(sheet, byRemainder, missing) !== 0n) {
    throw new RangeError(
      `Cannot round amounts to a total of ${limits.total}: their bounds do not admit it`,
    );
  }
  return whole;
}

function addToGroup({ sums, limits }: Sheet, at: number, units: bigint): void {
  const group = limits.group?.[at] ?? -1;
  if (group >= 0) sums[group] = (sums[group] ?? 0n) + units;
}

function settleGroup(
  sheet: Sheet,
  order: readonly number[],
  group: number,
): void {
  const [lo, hi] = sheet.limits.groups?.[group] ?? [0n, 0n];
  const sum = sheet.sums[group] ?? 0n;
  const missing = sum < lo ? lo - sum : sum > hi ? hi - sum : 0n;
  const members = order.filter((at) => sheet.limits.group?.[at] === group);
  if (shift(sheet, members, missing) !== 0n) {
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
  units: bigint,
): bigint {
  const up = units > 0n;
  const inTurn = up ? order : order.toReversed();
  let rest = up ? units : -units;
  for (const most of [1n, rest]) {
    for (const at of inTurn) {
      if (rest === 0n) return 0n;
      const room = findRoom(sheet, at, up);
      const step = [most, rest, room].reduce((a, b) => a < b ? a : b);
      if (step <= 0n) continue;
      const moved = up ? step : -step;
      sheet.whole[at] = (sheet.whole[at] ?? 0n) + moved;
      addToGroup(sheet, at, moved);
      rest -= step;
    }
  }
  return rest;
}

function findRoom(
  { whole, sums, limits }: Sheet,
  at: number,
  up: boolean,
): bigint {
  const [lo, hi] = limits.bounds[at] ?? [0n, 0n];
  const amount = whole[at] ?? 0n;
  const own = up ? hi - amount : amount - lo;
  const group = limits.group?.[at] ?? -1;
  if (group < 0) return own;
  const [least, most] = limits.groups?.[group] ?? [0n, 0n];
  const sum = sums[group] ?? 0n;
  const shared = up ? most - sum : sum - least;
  return own < shared ? own : shared;
}
