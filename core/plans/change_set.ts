/**
 * From budgets to writes, and the inverse of them.
 *
 * A budget holds for the period; what is written is micros per day, rounded down.
 * What rounding leaves over, less than one micro a day, is reported with the
 * artifact and written nowhere.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import type { EntityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type { ChangeOperation, ChangeSet } from "../domain/plan.ts";
import type { Setting } from "../../plugins/contract.ts";

/** Field that holds a budget at a destination. */
const BUDGET_FIELD = "budget_micros_per_day";

/** Where plans are written. */
export interface PlanDestination {
  readonly name: string;
  /** Values as they are now, in the order asked. */
  read(
    targets: readonly Omit<Setting, "value">[],
  ): Promise<readonly Setting[]>;
  /** Writes values; the same id has the same effect. */
  write(
    change: { readonly id: string; readonly settings: readonly Setting[] },
  ): Promise<void>;
}

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
  const live = await readLive(
    destination,
    budgets.map(({ entity }) => ({ target: entity, field: BUDGET_FIELD })),
  );
  const operations = budgets.flatMap(({ entity, microsPerDay }, at) => {
    const expect = live[at] ?? null;
    const set = `${microsPerDay}`;
    return expect === set ? [] : [{
      id: `${planId}/${entity}`,
      target: entity,
      field: BUDGET_FIELD,
      expect,
      set,
    }];
  });
  return {
    id: identify(destination.name, operations),
    destination: destination.name,
    operations,
    inverse: invert(operations),
  };
}

/** Names a change by its content and where it goes. */
export function identify(
  destination: string,
  operations: readonly ChangeOperation[],
): string {
  return digest({ destination, operations });
}

/** What undoes the operations. */
function invert(
  operations: readonly ChangeOperation[],
): ChangeOperation[] {
  return operations.map(({ id, expect, set, ...rest }) => ({
    ...rest,
    id: `${id}/inverse`,
    expect: set,
    set: expect,
  }));
}

/**
 * Writes operations, unless a value has moved, and checks that they took hold.
 *
 * A value that already is what it is to become, as after an interrupted write, has
 * not moved.
 *
 * @throws {EngineError} `change_drifted` naming the targets, with nothing written;
 * `connector_failed` if the destination does not hold what was written.
 */
export async function writeOperations(
  destination: PlanDestination,
  operations: readonly ChangeOperation[],
): Promise<void> {
  if (operations.length === 0) return;
  const before = await readLive(destination, operations);
  const drifted = operations.filter(({ expect, set }, at) =>
    before[at] !== expect && before[at] !== set
  );
  if (drifted.length > 0) throw changeDrifted(destination.name, drifted);
  await destination.write({
    id: identify(destination.name, operations),
    settings: operations.map(({ target, field, set }) => ({
      target,
      field,
      value: set,
    })),
  });
  const after = await readLive(destination, operations);
  const missed = operations.filter(({ set }, at) => after[at] !== set);
  if (missed.length > 0) {
    const targets = nameTargets(missed);
    throw new EngineError(
      "connector_failed",
      `Cannot write to destination "${destination.name}": it does not hold what was written for ${targets}; apply again or inspect it`,
      { facts: { destination: destination.name, targets } },
    );
  }
}

async function readLive(
  destination: PlanDestination,
  targets: readonly Pick<ChangeOperation, "target" | "field">[],
): Promise<(string | null)[]> {
  if (targets.length === 0) return [];
  const settings = await destination.read(
    targets.map(({ target, field }) => ({ target, field })),
  );
  return targets.map(({ target, field }, at) => {
    const setting = settings[at];
    if (setting?.target !== target || setting.field !== field) {
      throw new EngineError(
        "connector_failed",
        `Cannot read destination "${destination.name}": it did not answer for "${target}"`,
        { facts: { destination: destination.name, target } },
      );
    }
    return setting.value;
  });
}

function changeDrifted(
  destination: string,
  drifted: readonly ChangeOperation[],
): EngineError {
  const targets = nameTargets(drifted);
  return new EngineError(
    "change_drifted",
    `Cannot write to destination "${destination}": ${targets} changed since the plan was made; nothing was written, make a new plan`,
    { facts: { destination, targets, drifted: drifted.length } },
  );
}

const NAMED = 12;

function nameTargets(operations: readonly ChangeOperation[]): string {
  const more = operations.length - NAMED;
  return operations.slice(0, NAMED).map(({ target }) => target).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}
