/**
 * Where plans are written, and where it is kept how far the writes have come.
 *
 * @module
 */
import type { OperationProgress, RatePlan } from "../domain/change_set.ts";
import type { EntityKey } from "../domain/entity.ts";
import type { Setting, SettingWrite } from "../../plugins/contract.ts";

/** Which of several platforms a value is at; absent where there is one. */
export interface Routed {
  readonly route?: string;
}

/** Values that are written together, each at its platform. */
export interface RoutedChange {
  /** Identifies the change: the same id, the same effect. */
  readonly id: string;
  /** The writes, in the order in which they go out; no target's field twice. */
  readonly settings: readonly (SettingWrite & Routed)[];
}

/** Where plans are written. */
export interface PlanDestination {
  readonly name: string;
  /** How fast it takes writes; a modest default if absent. */
  readonly rate?: RatePlan;
  /** Smallest step of a budget, micros; one micro if absent. */
  unit?(): Promise<bigint>;
  /**
   * Chooses the platform of each entity, in the order asked. What is kept with an
   * operation holds, whatever would be chosen later. Absent where there is one platform.
   *
   * @throws {EngineError} `request_invalid` if an entity has none, or more than one.
   */
  route?(entities: readonly EntityKey[]): Promise<readonly string[]>;
  /** Values as they are now, in the order asked. */
  read(
    targets: readonly (Omit<Setting, "value"> & Routed)[],
  ): Promise<readonly Setting[]>;
  /**
   * Writes values; the same id has the same effect.
   *
   * @throws {EngineError} Retryable if it may go through later. Whatever it throws,
   * some of the values may have been written.
   */
  write(change: RoutedChange): Promise<void>;
}

/** Progress of change sets, by tenant. */
export interface ChangeJournal {
  /**
   * Keeps where writes stand, over what was kept of the same operation and direction;
   * durable when it resolves, all of them or none.
   *
   * @throws {EngineError} `plan_state_invalid` with nothing kept, if an operation of
   * `apply` is to be kept and the rollback of the change set has begun.
   */
  save(
    tenant: string,
    changeSet: string,
    progress: readonly OperationProgress[],
  ): Promise<void>;
  /** What is kept of a change set, by direction, then operation. */
  load(
    tenant: string,
    changeSet: string,
  ): Promise<readonly OperationProgress[]>;
}
