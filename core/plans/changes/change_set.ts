/**
 * From budgets to writes, and the inverse of them.
 *
 * A budget holds for the period; what is written is micros per day, rounded down to
 * what the destination can hold: a micro, or a cent. What rounding leaves over is
 * written nowhere. What lowers spend goes out before what raises it.
 *
 * @module
 */
import { digest } from "../../domain/canonical.ts";
import type {
  ChangeOperation,
  ChangeSet,
  RatePlan,
} from "../../domain/change_set.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { PlanDestination } from "../../ports/changes.ts";
import { isRaise } from "./account.ts";
import { readLive } from "./live.ts";

/** Field that holds a budget at a destination. */
const BUDGET_FIELD = "budget_micros_per_day";

/** How fast writes go out where the destination does not say. */
export const RATE: RatePlan = { batch: 100, pauseMs: 0 };

const INVERSE = "/inverse";

type Place = Pick<ChangeOperation, "target" | "field" | "route">;

/** A budget to be written. */
export interface DailyBudget {
  readonly entity: EntityKey;
  readonly microsPerDay: bigint;
}

/** Reads what is in force and lays out the writes that differ from it. */
export async function buildChangeSet(
  destination: PlanDestination,
  budgets: readonly DailyBudget[],
  planId: string,
): Promise<ChangeSet> {
  const rate = destination.rate ?? RATE;
  const unit = await destination.unit?.() ?? 1n;
  const places = await findPlaces(destination, budgets);
  const live = await readLive({ destination, rate }, places);
  const operations = budgets.flatMap(({ entity, microsPerDay }, at) => {
    const expect = live[at] ?? null;
    const set = `${microsPerDay - microsPerDay % unit}`;
    return expect === set ? [] : [{
      id: `${planId}/${entity}`,
      ...places[at] ?? placeOf(entity),
      expect,
      set,
    }];
  });
  const ordered = lowersFirst(operations);
  return {
    id: identify(destination.name, ordered),
    destination: destination.name,
    operations: ordered,
    inverse: invert(ordered),
    rate,
  };
}

async function findPlaces(
  destination: PlanDestination,
  budgets: readonly DailyBudget[],
): Promise<readonly Place[]> {
  const entities = budgets.map(({ entity }) => entity);
  const routes = await destination.route?.(entities);
  return entities.map((entity, at) => placeOf(entity, routes?.[at]));
}

function placeOf(target: EntityKey, route?: string): Place {
  const place = { target, field: BUDGET_FIELD };
  return route === undefined ? place : { ...place, route };
}

/** Names a change by its content and where it goes. */
export function identify(
  destination: string,
  operations: readonly ChangeOperation[],
): string {
  return digest({ destination, operations });
}

/** What undoes operations, in the order in which it goes out. */
export function invert(
  operations: readonly ChangeOperation[],
): readonly ChangeOperation[] {
  return lowersFirst(operations.map(({ id, expect, set, ...rest }) => ({
    ...rest,
    id: `${id}${INVERSE}`,
    expect: set,
    set: expect,
  })));
}

/** Id of the operation that an inverse undoes. */
export function undoneBy({ id }: ChangeOperation): string {
  return id.slice(0, -INVERSE.length);
}

/**
 * Operations in the order in which they go out: what lowers spend first, and each
 * platform's beside one another.
 */
export function lowersFirst(
  operations: readonly ChangeOperation[],
): readonly ChangeOperation[] {
  const platforms = [...Map.groupBy(operations, ({ route }) => route).values()];
  return [
    ...platforms.flatMap((own) => own.filter((one) => !isRaise(one))),
    ...platforms.flatMap((own) => own.filter(isRaise)),
  ];
}
