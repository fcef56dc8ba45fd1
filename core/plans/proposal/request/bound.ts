/**
 * A least or most for the period, and who asked for it.
 *
 * @module
 */
import type { EntityKey } from "../../../domain/entity.ts";
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { FittedCurve } from "../../../domain/score.ts";
import type { CurrentSpend } from "../current_spend.ts";

/** A least or a most. */
export interface Bound {
  /** For the period. */
  readonly micros: bigint;
  /** Fields of the request, and rules as `rule:<name>`, that set it; none for 0. */
  readonly asked: readonly string[];
  /** Whether the field was left out, and this is what then holds. */
  readonly byDefault?: boolean;
}

const NOTHING_GONE = { days: 0, micros: 0n };

/** No least at all. */
export const NOTHING: Bound = { micros: 0n, asked: [] };

/** What moves with today's spend. */
export interface Mover {
  readonly entity: EntityKey;
  readonly spend: CurrentSpend;
  readonly days: number;
}

/** The largest; of equal ones the first. */
export function highest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((a, b) => b.micros > a.micros ? b : a);
}

/** The smallest; of equal ones the first. */
export function lowest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((a, b) => b.micros < a.micros ? b : a);
}

/** Bounds by the change limit of an entity: whole micros a day on the strict side. */
export function boundByChange(
  { changeLimit = {} }: PlanRequest,
  { entity, spend, days }: Mover,
): { readonly lo: Bound; readonly hi: Bound } | null {
  const own = changeLimit.of?.[entity];
  const permille = own ?? changeLimit.mostPermille;
  if (permille === undefined) return null;
  const asked = [
    own === undefined
      ? "change_limit.most_permille"
      : `change_limit.of["${entity}"]`,
  ];
  const [lo, hi] = moveBy(spend.microsPerDay, permille);
  return {
    lo: { micros: sumDays(lo, { spend, days }), asked },
    hi: { micros: sumDays(hi, { spend, days }), asked },
  };
}

/** Budget of a period whose days to come get so much each, micros. */
export function sumDays(
  microsPerDay: bigint,
  { spend: { gone }, days }: Omit<Mover, "entity">,
): bigint {
  const { micros, days: over } = gone ?? NOTHING_GONE;
  return micros + microsPerDay * BigInt(days - over);
}

/** What a budget leaves for each of the days to come, micros, rounded down. */
export function leavePerDay(
  budget: bigint,
  { spend: { gone }, days }: Omit<Mover, "entity">,
): bigint {
  const { micros, days: over } = gone ?? NOTHING_GONE;
  return (budget - micros) / BigInt(days - over);
}

/** The amounts that are so many thousandths away at most. */
export function moveBy(
  micros: bigint,
  permille: number,
): readonly [bigint, bigint] {
  const most = BigInt(permille);
  const least = most > 1000n ? 0n : micros * (1000n - most);
  return [(least + 999n) / 1000n, micros * (1000n + most) / 1000n];
}

/** The least that an entity gets if it gets anything; null if it may get any amount. */
export function findLeastIfOn(
  { leastIfOn = {} }: PlanRequest,
  { entity, parent }: FittedCurve,
): Bound | null {
  const key = leastIfOn[entity] === undefined ? parent : entity;
  const micros = key === null ? undefined : leastIfOn[key];
  if (micros === undefined) return null;
  return { micros, asked: [`least_if_on["${key}"]`] };
}
