/**
 * All that is in force at a time, and the set of policies that comes of it for a tenant.
 *
 * @module
 */
import type { ActivePointer, Trial } from "../../domain/change.ts";
import {
  isStopped,
  kindOfSwitch,
  type Operation,
} from "../../domain/kill_switch.ts";
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
  /** Hashes that what was approved is not kept under any more. */
  readonly altered: readonly string[];
}

/** All that is in force at a time; never changed, only replaced. */
export interface State extends Omit<Readings, "altered"> {
  /** Tells states apart. */
  readonly stamp: string;
  /** Of what is pointed at; none of it is put into force, and what is so already stays. */
  readonly altered: Set<string>;
  readonly layers: Map<Scope, Layer>;
  readonly contents: Map<string, PolicyContent>;
  /** By the hash of their texts; null for one that is off. */
  readonly switches: Map<string, Switch | null>;
  /** By the tenant, null for all without layers of their own, then by what is on trial. */
  readonly compiled: Map<Scope, Map<string | null, PolicySet>>;
  readonly problems: string[];
}

/** Nothing at all. */
export const NOTHING: Layer = { policies: null, trial: null, switches: [] };

/** Before anything was read. */
export const EMPTY: State = {
  ...{ stamp: "", pointers: [], here: [], problems: [] },
  altered: new Set(),
  layers: new Map(),
  contents: new Map(),
  switches: new Map(),
  compiled: new Map(),
};

/** Tells apart what states are made of. */
export function stampOf(
  { pointers, here, altered }:
    & Omit<Readings, "altered">
    & { readonly altered: Iterable<string> },
): string {
  return JSON.stringify([pointers, here, [...altered].sort()]);
}

/** What is on trial, and whose it is. */
export type ScopedTrial = Trial & { readonly scope: Scope };

/** One trial at a time: the deployment's goes before the tenant's own. */
export function findTrial(
  { layers }: State,
  tenant: string,
): ScopedTrial | null {
  const deployments = layers.get(null)?.trial;
  if (deployments) return { scope: null, ...deployments };
  const own = layers.get(tenant)?.trial;
  return own ? { scope: tenant, ...own } : null;
}

/** The set of a tenant, with one scope's policies those on trial if given. */
export function compileFor(
  state: State,
  tenant: string,
  trial: ScopedTrial | null,
): PolicySet {
  const owner = state.layers.has(tenant) ? tenant : null;
  const content = trial?.content ?? null;
  const compiled = state.compiled.get(owner) ??
    new Map<string | null, PolicySet>();
  const known = compiled.get(content);
  if (known) return known;
  const hashes = [null, tenant].map((scope) => hashOf(state, scope, trial));
  const [deployment, own] = [null, tenant].map((scope, place) =>
    contentOf(state, scope, hashes[place] ?? null, hashes)
  ) as [PolicyContent, PolicyContent];
  const set = joinOwn(deployment, own, tenant);
  state.compiled.set(owner, compiled.set(content, set));
  return set;
}

/** Hash of a scope's policies, or of those on trial if given. */
function hashOf(
  { layers }: State,
  scope: Scope,
  trial: ScopedTrial | null,
): string | null {
  if (trial?.scope === scope) return trial.content;
  return layers.get(scope)?.policies ?? null;
}

/** What a scope puts into force. */
function contentOf(
  { layers, contents }: State,
  scope: Scope,
  ...[hash, inForce]: [hash: string | null, inForce: readonly (string | null)[]]
): PolicyContent {
  const content = hash === null ? undefined : contents.get(hash);
  const { policies = [], lists = [] } = content ?? {};
  const { switches } = layers.get(scope) ?? NOTHING;
  return {
    ...{ policies, lists },
    switches: switches.flatMap((one) => onDecisions(one, inForce)),
  };
}

/** A switch as decisions see it, with these policies in force; none if it stops none. */
function onDecisions(
  { stops: { policies, ...stops }, ...on }: Switch,
  inForce: readonly (string | null)[],
): readonly Switch[] {
  const elsewhere = policies !== undefined && !inForce.includes(policies);
  return elsewhere || kindOfSwitch(stops) !== "decisions"
    ? []
    : [{ ...on, stops }];
}

/** The switch that stops an operation of a tenant; null if none does. */
export function findStop(
  { layers }: State,
  tenant: string,
  operation: Operation,
): Switch | null {
  for (const scope of [null, tenant]) {
    const stop = layers.get(scope)?.switches.find((one) =>
      isStopped(one, tenant, operation)
    );
    if (stop) return stop;
  }
  return null;
}
