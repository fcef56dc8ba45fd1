/**
 * Reads what is in force. Policies of a scope that do not hold leave those before in
 * force, for that scope alone; kill switches are on in any case.
 *
 * @module
 */
import { canonicalJson, sha256, textOf } from "../../domain/canonical.ts";
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
  stampOf,
  type State,
} from "./state.ts";

/** Subject of the pointer to a scope's policies. */
export const POLICIES = "policies";

const SWITCH = "switch:";
/** Hash of a switch that is off, which must not wait for its text. */
const OFF = sha256(canonicalJson(null));

/** A tenant whose own policies never held since the start does nothing. */
const UNREADABLE: Switch = {
  id: "policies_unreadable",
  stops: {},
  reason: "The tenant's own policies do not hold, so that nothing is done",
};

/** What a kill switch stops that cannot be read is not known: all that it might. */
const SWITCH_UNREADABLE: Switch = {
  id: "switch_unreadable",
  stops: {},
  reason: "A kill switch cannot be read, so that nothing is done",
};

/** What a book reads. */
export type PolicySource = Pick<
  GovernanceStore,
  "everyPointer" | "load" | "findAltered"
>;

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
  readings: Readings,
): Promise<State> {
  const { pointers, here } = readings;
  const state: State = {
    ...{ stamp: "", pointers, here, altered: new Set(), problems: [] },
    layers: new Map(),
    contents: new Map(),
    switches: new Map(),
    compiled: new Map(),
  };
  const reading = { source, state, before, altered: readings.altered };
  for (const { scope, pointer } of pointers) {
    if (pointer.subject === POLICIES) {
      await orKeep(state, before, {
        scope,
        work: () => layPolicies(reading, { scope, pointer }),
      });
    } else if (pointer.subject.startsWith(SWITCH)) {
      await laySwitch(reading, { scope, pointer });
    }
  }
  for (const { scope, switch: on } of here) addSwitch(state, scope, on);
  for (const scope of [null, ...state.layers.keys()]) {
    await orKeep(state, before, { scope, work: () => prove(state, scope) });
  }
  return { ...state, stamp: stampOf(state) };
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
    const whose = nameOf(scope);
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

/** Whether what a pointer of that subject puts into force is read here. */
export function isOfBook(subject: string): boolean {
  return subject === POLICIES || subject.startsWith(SWITCH);
}

/** What reads a state, and what it comes after. */
interface Reading {
  readonly source: PolicySource;
  readonly state: State;
  readonly before: State;
  readonly altered: Readings["altered"];
}

async function layPolicies(
  reading: Reading,
  { scope, pointer: { content, trial } }: ScopedPointer,
): Promise<void> {
  const { state, before } = reading;
  for (const hash of [content, trial?.content ?? null]) {
    if (hash === null) continue;
    const known = state.contents.get(hash) ?? before.contents.get(hash) ??
      parsePolicyContent(await loadText(reading, hash));
    state.contents.set(hash, known);
    tellAltered(reading, scope, hash);
  }
  const layer = state.layers.get(scope) ?? NOTHING;
  state.layers.set(scope, { ...layer, policies: content, trial });
}

async function laySwitch(
  reading: Reading,
  { scope, pointer: { subject, content } }: ScopedPointer,
): Promise<void> {
  const { state, before } = reading;
  if (content === null) return;
  try {
    const known = content === OFF ? null : before.switches.get(content);
    const on: Switch | null = known === undefined
      ? JSON.parse(await loadText(reading, content))
      : known;
    state.switches.set(content, on);
    tellAltered(reading, scope, content);
    if (on !== null) addSwitch(state, scope, on);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    state.problems.push(
      `${nameOf(scope)} is stopped by ${subject}: ${error.message}`,
    );
    addSwitch(state, scope, SWITCH_UNREADABLE);
  }
}

/** What is in force already stays so, whatever its text has become. */
function tellAltered(
  { state, altered }: Reading,
  scope: Scope,
  hash: string,
): void {
  if (!altered.includes(hash)) return;
  state.altered.add(hash);
  state.problems.push(
    `${
      nameOf(scope)
    } goes on as approved: what is kept of "${hash}" is not what was approved`,
  );
}

/** Turns a switch on beside those that are; the same one is on once. */
function addSwitch({ layers }: State, scope: Scope, on: Switch): void {
  const layer = layers.get(scope) ?? NOTHING;
  const text = canonicalJson(on);
  if (layer.switches.some((one) => canonicalJson(one) === text)) return;
  layers.set(scope, { ...layer, switches: [...layer.switches, on] });
}

/** Reads a text, but not again while it is known to be altered. */
async function loadText(
  { source, state, altered }: Reading,
  hash: string,
): Promise<string> {
  const text = altered.includes(hash) ? null : await source.load(hash);
  const sound = textOf(hash, text);
  if (sound !== null) return sound;
  state.altered.add(hash);
  throw new EngineError(
    "policy_invalid",
    `Cannot put "${hash}" into force: what is kept is not what was approved`,
    { facts: { content: hash } },
  );
}

/** Compiles what a scope puts into force, so that what fails does so before it is. */
function prove(state: State, scope: Scope): void {
  const tenant = scope ?? "";
  compileFor(state, tenant, null);
  const trial = findTrial(state, tenant);
  if (trial !== null) compileFor(state, tenant, trial);
}

function nameOf(scope: Scope): string {
  return scope === null ? "the deployment" : `tenant "${scope}"`;
}
