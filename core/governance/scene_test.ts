/**
 * A scene for tests of changes: three people, a service, and policies that are short texts.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Actor,
  AT_ONCE,
  type Change,
  type Rollout,
} from "../domain/change.ts";
import type { ChangeAdapter, Findings } from "../ports/governance.ts";
import { signatureOf } from "./approval.ts";
import type { PlainAct } from "./authoring.ts";
import { type Changes, createChanges } from "./changes.ts";
import { createMemoryStore } from "./memory_store_test.ts";

const HOUR_MS = 3_600_000;
/** The author. */
export const ANN: Actor = { name: "ann", human: true, groups: [] };
/** A reviewer. */
export const BOB: Actor = { name: "bob", human: true, groups: [] };
/** The owner. */
export const FIN: Actor = { name: "fin", human: true, groups: ["finance"] };
/** A service. */
export const BOT: Actor = { name: "bot", human: false, groups: ["finance"] };
/** Six hours for a twentieth first. */
export const CANARY: Rollout = {
  ...AT_ONCE,
  canaryPermille: 50,
  canaryHours: 6,
};

const FOUND: Findings = {
  ...{ class: "relaxing", proven: true, owners: ["finance"], guardians: [] },
  items: [{ name: "meaning", passed: true, summary: "It relaxes" }],
  problems: [],
};

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Changes in memory; machines find what they are told to find. */
export function openChanges(found: Partial<Findings> = {}) {
  let now = Date.parse("2026-03-01T00:00:00.000Z");
  let ids = 0;
  const adapter: Mutable<ChangeAdapter> = {
    kind: "policies",
    requires: ["meaning"],
    check: () => Promise.resolve({ ...FOUND, ...found }),
    recheck: () => Promise.resolve([]),
    merge: (mine, _, active) => mine === active ? null : `${active}+${mine}`,
  };
  const store = createMemoryStore();
  const changes = createChanges({
    store,
    adapters: [adapter],
    clock: { now: () => new Date(now).toISOString() },
    ids: { next: (prefix) => `${prefix}_${++ids}` },
  });
  return {
    ...{ changes, store, adapter },
    pass: (hours: number) => {
      now += hours * HOUR_MS;
    },
    found: (also: Partial<Findings>) => Object.assign(found, also),
  };
}

/** A proposal by the author. */
export function proposalOf(content: string, rollout: Rollout = AT_ONCE) {
  return {
    ...{ kind: "policies", subject: "policies", title: "A change" } as const,
    ...{ reason: "better", content, by: ANN, rollout },
  };
}

/** Where a change is found. */
export function refOf({ tenant, id }: Change) {
  return { scope: tenant, id };
}

/** Agrees with a change as it is given. */
export function approval(by: Actor, change: Change): PlainAct {
  const signs = signatureOf(change);
  assert.ok(signs !== null);
  return { act: "approve", by, signs };
}

/** A change in review. */
export async function submitted(
  changes: Changes,
  content: string,
  rollout?: Rollout,
): Promise<Change> {
  const ref = refOf(await changes.propose(null, proposalOf(content, rollout)));
  await changes.check(ref, ANN);
  return await changes.act(ref, { act: "submit", by: ANN });
}

/** A change that both others agreed with. */
export async function approved(
  changes: Changes,
  content: string,
  rollout?: Rollout,
): Promise<Change> {
  const change = await submitted(changes, content, rollout);
  await changes.act(refOf(change), approval(BOB, change));
  return await changes.act(refOf(change), approval(FIN, change));
}
