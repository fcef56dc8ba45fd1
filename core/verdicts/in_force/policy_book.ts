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
import { isOfBook, type PolicySource, readState } from "./read_state.ts";
import {
  compileFor,
  EMPTY,
  findStop,
  findTrial,
  type Readings,
  stampOf,
  type State,
} from "./state.ts";

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
   * Reads what is in force, and whether texts known to be altered still are.
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
  /**
   * Has the texts of all that is in force looked at: what somebody altered in the store
   * is a problem from then on, until it is as it was approved.
   *
   * @throws {EngineError} Of the store: what was known stays so.
   */
  verifyTexts(): Promise<void>;
  /** What is not as it was approved, in force or in the store, and why; nothing if all is. */
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
  /** Puts what was read into force with what is on the board; whether that is anything new. */
  async function put(
    read: Partial<Readings>,
    orKnown: OrKnown,
  ): Promise<boolean> {
    while (true) {
      const before = state;
      const here = await orKnown(board.list(), before.here);
      const readings = { ...knownOf(before), ...read, here };
      if (stampOf(readings) === before.stamp) return false;
      const next = await readState(source, before, readings);
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
      if (state !== EMPTY) await put({}, asItIs);
    },
    verifyTexts: async () => {
      const altered = await source.findAltered(hashesOf(state));
      if (state !== EMPTY) await put({ altered }, asItIs);
    },
    async renew() {
      const failures: unknown[] = [];
      const orKnown = state === EMPTY ? asItIs : noting(failures);
      const turn = ++asked;
      const switched = state !== EMPTY && await put({}, orKnown);
      const pointers = await orKnown(source.everyPointer(), state.pointers);
      const before = [...state.altered];
      const altered = await orKnown(stillAltered(source, before), before);
      const moved = turn > answered &&
        await put({ pointers, altered }, orKnown);
      answered = Math.max(answered, turn);
      if (failures.length > 0) throw failures[0];
      return switched || moved;
    },
  };
}

function knownOf({ pointers, altered }: State) {
  return { pointers, altered: [...altered] };
}

/** Reads, or says what was known where that fails. */
type OrKnown = <T>(reading: Promise<T>, known: T) => Promise<T>;

function asItIs<T>(reading: Promise<T>): Promise<T> {
  return reading;
}

/** Goes on with what was known, and adds to the failures. */
function noting(failures: unknown[]): OrKnown {
  return async (reading, known) =>
    await reading.catch((error) => {
      failures.push(error);
      return known;
    });
}

async function stillAltered(
  source: PolicySource,
  altered: readonly string[],
): Promise<readonly string[]> {
  return altered.length === 0 ? [] : await source.findAltered(altered);
}

/** Of all texts that a state stands on. */
function hashesOf({ pointers }: State): string[] {
  const hashes = pointers
    .filter(({ pointer: { subject } }) => isOfBook(subject))
    .flatMap(({ pointer: { content, trial } }) => [
      ...[content, trial?.content ?? null],
    ]);
  return [...new Set(hashes.filter((hash) => hash !== null))];
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
