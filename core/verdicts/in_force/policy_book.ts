/**
 * The policies in force, as every decision and plan sees them: the deployment's, the
 * tenant's own beside them, the kill switches that are on, and what is on trial.
 *
 * What is in force is read whole and swapped at once, so that a decision sees exactly
 * one set. If it cannot be read, what was in force stays so; if the policies of a scope do
 * not hold, those of that scope do, and all else goes on, kill switches first of all.
 *
 * @module
 */
import type { Trial } from "../../domain/change.ts";
import type { Operation } from "../../domain/kill_switch.ts";
import type { Switch } from "../../domain/verdict.ts";
import type { Scope, SwitchBoard } from "../../ports/governance.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { drawPermille } from "./draw.ts";
import { type PolicySource, readState } from "./read_state.ts";
import { compileFor, EMPTY, findStop, findTrial, type State } from "./state.ts";

export { POLICIES, type PolicySource } from "./read_state.ts";

/** Sets for one decision. */
export interface ChosenPolicies {
  /** The one that decides. */
  readonly policies: PolicySet;
  /** What is on trial; null for nothing. */
  readonly trial: PolicyTrial | null;
}

/** A change on trial. */
export interface PolicyTrial {
  readonly scope: Scope;
  readonly change: string;
  readonly cycle: number;
  readonly stage: Trial["stage"];
  /** The set that does not decide: on trial in shadow or outside the canary's share, else the active one. */
  readonly beside: PolicySet;
  /** Whether the set on trial decides. */
  readonly decides: boolean;
}

/** What is in force, and what comes to be. */
export interface PolicyBook {
  /** The set in force for a tenant. */
  active(tenant: string): PolicySet;
  /**
   * The sets for one decision.
   *
   * @param key Who or what it is about: the same key is always on the same side of a canary.
   */
  choose(tenant: string, key: string): ChosenPolicies;
  /** The kill switch that stops an operation other than a decision; null if none does. */
  stopping(tenant: string, operation: Operation): Switch | null;
  /**
   * Reads what is in force.
   *
   * @returns Whether anything changed.
   * @throws {EngineError} Of the store, or of the node's switches: what was in force stays
   * so, with all that could be read. `policy_invalid` if the deployment's policies do not
   * hold and none are in force yet.
   */
  renew(): Promise<boolean>;
  /**
   * Puts into force what is on the node's board, without asking the store.
   *
   * @throws {EngineError} Of the node's switches: what was in force stays so.
   */
  renewSwitches(): Promise<void>;
  /** What of that which was approved is not in force, and why; nothing if all is. */
  problems(): readonly string[];
}

/** Kill switches of this node, on whether the database answers or not. */
export type NodeSwitches = Pick<SwitchBoard, "list">;

/** Opens a book; nothing is in force before it is renewed. */
export function createPolicyBook(
  source: PolicySource,
  board: NodeSwitches = { list: () => Promise.resolve([]) },
): PolicyBook {
  let state = EMPTY;
  let [asked, answered] = [0, 0];
  /** Puts pointers into force with what is on the board; whether that is anything new. */
  async function put(
    pointers: State["pointers"],
    orKnown: <T>(reading: Promise<T>, known: T) => Promise<T>,
  ): Promise<boolean> {
    while (true) {
      const before = state;
      const here = await orKnown(board.list(), before.here);
      const stamp = JSON.stringify([pointers, here]);
      if (stamp === before.stamp) return false;
      const next = await readState(source, before, { stamp, pointers, here });
      if (state !== before) continue;
      state = next;
      return true;
    }
  }
  return {
    active: (tenant) => compileFor(state, tenant, null),
    problems: () => state.problems,
    choose: (tenant, key) => choose(state, tenant, key),
    stopping: (tenant, operation) => findStop(state, tenant, operation),
    renewSwitches: async () => {
      if (state !== EMPTY) await put(state.pointers, (reading) => reading);
    },
    async renew() {
      const failures: unknown[] = [];
      const isFirst = state === EMPTY;
      async function orKnown<T>(reading: Promise<T>, known: T): Promise<T> {
        if (isFirst) return await reading;
        return await reading.catch((error) => {
          failures.push(error);
          return known;
        });
      }
      const turn = ++asked;
      const switched = !isFirst && await put(state.pointers, orKnown);
      const pointers = await orKnown(source.everyPointer(), state.pointers);
      const moved = turn > answered && await put(pointers, orKnown);
      answered = Math.max(answered, turn);
      if (failures.length > 0) throw failures[0];
      return switched || moved;
    },
  };
}

function choose(state: State, tenant: string, key: string): ChosenPolicies {
  const active = compileFor(state, tenant, null);
  const trial = findTrial(state, tenant);
  if (trial === null) return { policies: active, trial: null };
  const tried = compileFor(state, tenant, trial);
  const { scope, change, cycle, stage, permille } = trial;
  const decides = stage === "canary" &&
    drawPermille(`${change}\n${key}`) < permille;
  const beside = decides ? active : tried;
  return {
    policies: decides ? tried : active,
    trial: { scope, change, cycle, stage, beside, decides },
  };
}
