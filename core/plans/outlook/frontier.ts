/**
 * The best mean outcome for every amount of one entity, the others sharing the rest.
 *
 * Curves are read on grids and taken as the concave hull of their points, so that sharing
 * is a merge of segments by slope: a frontier with the others' segments,
 * the steepest first.
 *
 * @module
 */

/** What the others can do. */
export interface Frontier {
  /** The best plan, shape [entities]. */
  readonly plan: Float64Array;
  /** Best mean outcome if an entity gets each amount of its grid, −∞ where the others cannot get along. */
  worthOf(entity: number): Float64Array;
}

interface Segment {
  readonly entity: number;
  readonly width: number;
  readonly slope: number;
}

/**
 * Merges.
 *
 * @param grids Amounts of each entity, rising, the first its least.
 * @param means Mean outcome at each.
 * @param budget What there is for all; up to it may be spent.
 * @returns The frontier.
 */
export function createFrontier(
  grids: readonly Float64Array[],
  means: readonly Float64Array[],
  budget: number,
): Frontier {
  const segments = grids.flatMap((grid, entity) =>
    listSegments(grid, means[entity] as Float64Array, entity)
  ).sort((one, other) => other.slope - one.slope);
  const least = grids.map((grid) => grid[0] as number);
  const held = least.reduce((sum, amount) => sum + amount, 0);
  const plan = Float64Array.from(least);
  let left = budget - held;
  for (const { entity, width, slope } of segments) {
    const taken = Math.min(width, left);
    if (taken <= 0 || slope <= 0) break;
    plan[entity] = (plan[entity] as number) + taken;
    left -= taken;
  }
  return {
    plan,
    worthOf(entity) {
      const grid = grids[entity] as Float64Array;
      const base = means.reduce(
        (sum, mean, other) =>
          other === entity ? sum : sum + (mean[0] as number),
        0,
      );
      const others = segments.filter((segment) => segment.entity !== entity);
      const rest = budget - held + (least[entity] as number);
      const brought = walk(others);
      return grid.map((amount, at) =>
        amount > rest * (1 + 1e-12)
          ? -Infinity
          : (means[entity]?.[at] as number) + base +
            brought(Math.max(0, rest - amount))
      );
    },
  };
}

/** Segments of the concave hull of points. */
function listSegments(
  grid: Float64Array,
  mean: Float64Array,
  entity: number,
): Segment[] {
  const hull: number[] = [];
  const slope = (one: number, other: number) =>
    ((mean[other] as number) - (mean[one] as number)) /
    ((grid[other] as number) - (grid[one] as number));
  for (let at = 0; at < grid.length; at++) {
    if (at > 0 && grid[at] === grid[at - 1]) continue;
    while (
      hull.length > 1 &&
      slope(hull.at(-2) as number, hull.at(-1) as number) <=
        slope(hull.at(-1) as number, at)
    ) hull.pop();
    hull.push(at);
  }
  return hull.slice(1).map((at, before) => {
    const last = hull[before] as number;
    return {
      entity,
      width: (grid[at] as number) - (grid[last] as number),
      slope: slope(last, at),
    };
  });
}

/** What segments bring for an amount, the steepest first. */
function walk(segments: readonly Segment[]): (amount: number) => number {
  const amounts = [0];
  const outcomes = [0];
  for (const { width, slope } of segments) {
    if (slope <= 0) break;
    amounts.push((amounts.at(-1) as number) + width);
    outcomes.push((outcomes.at(-1) as number) + width * slope);
  }
  return (amount) => {
    let [low, high] = [0, amounts.length - 1];
    if (amount >= (amounts[high] as number)) return outcomes[high] as number;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((amounts[middle] as number) <= amount) low = middle;
      else high = middle;
    }
    const share = (amount - (amounts[low] as number)) /
      ((amounts[high] as number) - (amounts[low] as number));
    return (outcomes[low] as number) +
      share * ((outcomes[high] as number) - (outcomes[low] as number));
  };
}
