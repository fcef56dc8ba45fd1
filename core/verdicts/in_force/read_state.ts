/**
 * Reads what is in force. Policies of a scope that do not hold leave those before in
 * force, for that scope alone; kill switches are on in any case.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../../domain/canonical.ts";
import { EngineError, isRefusal } from "../../domain/error.ts";
import type { Switch } from "../../domain/verdict.ts";
import type { GovernanceStore, Scope } from "../../ports/governance.ts";
import { parsePolicyContent } from "../judge/policy_set.ts";
import {
  compileFor,
  EMPTY,
  findTrial,
  NOTHING,
  type Readings,
  type ScopedPointer,
  type State,
} from "./state.ts";

/** Subject of the pointer to a scope's policies. */
export const POLICIES = "policies";

const SWITCH = "switch:";

/** A tenant whose own policies never held since the start does nothing. */
const UNREADABLE: Switch = {
  id: "policies_unreadable",
  stops: {},
  reason: "The tenant's own policies do not hold, so that nothing is done",
};

/** What a book reads. */
export type PolicySource = Pick<GovernanceStore, "everyPointer" | "load">;

/**
 * Reads what is in force.
 *
 * @param before What stays where what was read does not hold.
 * @throws {EngineError} `policy_invalid` if the deployment's policies do not hold and none
 * were in force before; of the store.
 */
export async function readState(
  source: PolicySource,
  before: State,
  readings: Readings & Pick<State, "stamp">,
): Promise<State> {
  const state: State = {
    ...readings,
    layers: new Map(),
    contents: new Map(),
    switches: new Map(),
    compiled: new Map(),
    problems: [],
  };
  for (const { scope, pointer } of readings.pointers) {
    if (pointer.subject === POLICIES) {
      await orKeep(state, before, {
        scope,
        work: () => layPolicies(source, [state, before], { scope, pointer }),
      });
    } else if (pointer.subject.startsWith(SWITCH)) {
      await laySwitch(source, [state, before], { scope, pointer });
    }
  }
  for (const { scope, switch: on } of readings.here) {
    addSwitch(state, scope, on);
  }
  for (const scope of [null, ...state.layers.keys()]) {
    await orKeep(state, before, { scope, work: () => prove(state, scope) });
  }
  return state;
}

/** Does something for the policies of a scope; if they do not hold, those before stay. */
async function orKeep(
  state: State,
  before: State,
  { scope, work }: {
    readonly scope: Scope;
    readonly work: () => void | Promise<void>;
  },
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (scope === null && before === EMPTY) throw error;
    const whose = scope === null ? "the deployment" : `tenant "${scope}"`;
    state.problems.push(
      isStopped(before, scope)
        ? `${whose} is stopped: ${error.message}`
        : `the policies of ${whose} stay as they were: ${error.message}`,
    );
    keepLayer(state, before, scope);
  }
}

/** Policies of a scope as they were; where there were none, it is stopped. */
function keepLayer(state: State, before: State, scope: Scope): void {
  const known = before.layers.get(scope) ?? NOTHING;
  const { policies, trial } = known;
  for (const hash of [policies, trial?.content ?? null]) {
    const content = hash === null ? undefined : before.contents.get(hash);
    if (hash !== null && content) state.contents.set(hash, content);
  }
  const { switches } = state.layers.get(scope) ?? NOTHING;
  state.layers.set(scope, { policies, trial, switches });
  if (isStopped(before, scope)) addSwitch(state, scope, UNREADABLE);
  state.compiled.clear();
}

/** Whether nothing is known that the scope could go on with. */
function isStopped(before: State, scope: Scope): boolean {
  return before === EMPTY ||
    (before.layers.get(scope)?.switches.includes(UNREADABLE) ?? false);
}

async function layPolicies(
  source: PolicySource,
  [state, before]: readonly [State, State],
  { scope, pointer: { content, trial } }: ScopedPointer,
): Promise<void> {
  for (const hash of [content, trial?.content ?? null]) {
    if (hash === null || state.contents.has(hash)) continue;
    const known = before.contents.get(hash) ??
      parsePolicyContent(await loadText(source, hash));
    state.contents.set(hash, known);
  }
  const layer = state.layers.get(scope) ?? NOTHING;
  state.layers.set(scope, { ...layer, policies: content, trial });
}

async function laySwitch(
  source: PolicySource,
  [state, before]: readonly [State, State],
  { scope, pointer: { content } }: ScopedPointer,
): Promise<void> {
  if (content === null) return;
  const known = before.switches.get(content);
  const on: Switch | null = known === undefined
    ? JSON.parse(await loadText(source, content))
    : known;
  state.switches.set(content, on);
  if (on !== null) addSwitch(state, scope, on);
}

/** Turns a switch on beside those that are; the same one is on once. */
function addSwitch({ layers }: State, scope: Scope, on: Switch): void {
  const layer = layers.get(scope) ?? NOTHING;
  const text = canonicalJson(on);
  if (layer.switches.some((one) => canonicalJson(one) === text)) return;
  layers.set(scope, { ...layer, switches: [...layer.switches, on] });
}

async function loadText(source: PolicySource, hash: string): Promise<string> {
  const text = await source.load(hash);
  if (text !== null && sha256(text) === hash) return text;
  throw new EngineError(
    "policy_invalid",
    `Cannot put policies "${hash}" into force: ${
      text === null
        ? "their text is not kept"
        : "their text is not what was approved"
    }`,
    { facts: { policySet: hash } },
  );
}

/** Compiles what a scope puts into force, so that what fails does so before it is. */
function prove(state: State, scope: Scope): void {
  const tenant = scope ?? "";
  compileFor(state, tenant, null);
  const trial = findTrial(state, tenant);
  if (trial !== null) compileFor(state, tenant, trial);
}
