/**
 * All that is in force at a time, and the set of policies that comes of it for a tenant.
 *
 * @module
 */
import type { ActivePointer, Trial } from "../../domain/change.ts";
import type { PolicyContent, Switch } from "../../domain/verdict.ts";
import type { BoardSwitch, Scope } from "../../ports/governance.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { joinOwn } from "./join_own.ts";

/** What a scope puts into force. */
export interface Layer {
  readonly policies: string | null;
  readonly trial: Trial | null;
  /** The switches that are on. */
  readonly switches: readonly Switch[];
}

/** A pointer, and whose it is. */
export type ScopedPointer = {
  readonly scope: Scope;
  readonly pointer: ActivePointer;
};

/** What a state is made of, as it was read. */
export interface Readings {
  readonly pointers: readonly ScopedPointer[];
  /** Switches of this node. */
  readonly here: readonly BoardSwitch[];
}

/** All that is in force at a time; never changed, only replaced. */
export interface State extends Readings {
  /** Tells states apart. */
  readonly stamp: string;
  readonly layers: Map<Scope, Layer>;
  readonly contents: Map<string, PolicyContent>;
  /** By the hash of their texts; null for one that is off. */
  readonly switches: Map<string, Switch | null>;
  readonly compiled: Map<string, PolicySet>;
  readonly problems: string[];
}

/** Nothing at all. */
export const NOTHING: Layer = { policies: null, trial: null, switches: [] };

/** Before anything was read. */
export const EMPTY: State = {
  ...{ stamp: "", pointers: [], here: [], problems: [] },
  layers: new Map(),
  contents: new Map(),
  switches: new Map(),
  compiled: new Map(),
};

/** What is on trial, and whose it is. */
export type ScopedTrial = Trial & { readonly scope: Scope };

/** One trial at a time: the deployment's goes before the tenant's own. */
export function findTrial(
  { layers }: State,
  tenant: string,
): ScopedTrial | null {
  for (const scope of [null, tenant]) {
    const trial = layers.get(scope)?.trial;
    if (trial) return { scope, ...trial };
  }
  return null;
}

/** The set of a tenant, with one scope's policies those on trial if given. */
export function compileFor(
  state: State,
  tenant: string,
  trial: ScopedTrial | null,
): PolicySet {
  const name = JSON.stringify([
    state.layers.has(tenant) ? tenant : null,
    trial?.content ?? null,
  ]);
  const known = state.compiled.get(name);
  if (known) return known;
  const [deployment, own] = [null, tenant].map((scope) =>
    contentOf(state, scope, trial)
  ) as [PolicyContent, PolicyContent];
  const set = joinOwn(deployment, own, tenant);
  state.compiled.set(name, set);
  return set;
}

/** What a scope puts into force, its policies those on trial if given. */
function contentOf(
  { layers, contents }: State,
  scope: Scope,
  trial: ScopedTrial | null,
): PolicyContent {
  const layer = layers.get(scope) ?? NOTHING;
  const hash = trial?.scope === scope ? trial.content : layer.policies;
  const content = hash === null ? undefined : contents.get(hash);
  const { policies = [], lists = [] } = content ?? {};
  return { policies, lists, switches: layer.switches };
}
