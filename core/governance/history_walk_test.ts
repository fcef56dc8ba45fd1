/**
 * Random histories: people and services do what they like, in any order, at any time, two
 * nodes at once. Half of it is what one would do next, so that histories get far.
 *
 * @module
 */
import { type Actor, type Change, ENGINE } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type { GovernanceStore } from "../ports/governance.ts";
import type { ChangeRef, PlainAct } from "./authoring.ts";
import { signatureOf } from "./approval.ts";
import {
  Chance,
  randomRollout,
  randomSwitch,
  randomText,
} from "./chance_test.ts";
import { type Changes, type ChangesOptions, createChanges } from "./changes.ts";
import {
  ACTORS,
  createWorld,
  instantOf,
  type World,
} from "./history_world_test.ts";
import { createMemoryStore, type MemoryStore } from "./memory_store_test.ts";

const HOUR_MS = 3_600_000;

/** What happened, and what is true of it. */
export interface History {
  readonly world: World;
  readonly store: MemoryStore;
  /** Texts by hash, as they were first written. */
  readonly written: ReadonlyMap<string, string>;
}

/** A fault put into the workflow, the store or what is found out. */
export type Fault = (
  options: ChangesOptions,
  store: MemoryStore,
) => ChangesOptions;

interface Walk {
  readonly chance: Chance;
  readonly world: World;
  readonly store: MemoryStore;
  readonly changes: Changes;
}

/** Lives through a history. */
export async function walkHistory(
  answers: readonly number[],
  fault: Fault = (options) => options,
): Promise<History> {
  const chance = new Chance(answers);
  const world = createWorld();
  const store = createMemoryStore();
  const written = new Map<string, string>();
  let ids = 0;
  const options: ChangesOptions = {
    store: rememberTexts(store, written),
    adapters: world.adapters,
    clock: { now: () => instantOf(world) },
    ids: { next: (prefix) => `${prefix}_${++ids}` },
  };
  const changes = createChanges(fault(options, store));
  const walk = { chance, world, store, changes };
  await attempt(() => adopt(walk));
  while (!chance.over) await step(walk);
  store.between(() => Promise.resolve());
  world.now += 48 * HOUR_MS;
  await attempt(() => changes.tick());
  return { world, store, written };
}

function rememberTexts(
  store: MemoryStore,
  written: Map<string, string>,
): GovernanceStore {
  return {
    ...store,
    keep: async (hash, text) => {
      if (!written.has(hash)) written.set(hash, text);
      await store.keep(hash, text);
    },
  };
}

/** Refusals are what is expected of half of the acts; nothing else is. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refused = error instanceof EngineError &&
      ["approval_invalid", "request_invalid"].includes(error.code);
    if (!refused) throw error;
  }
}

async function step(walk: Walk): Promise<void> {
  const { chance, world, store } = walk;
  world.now += 1;
  if (chance.below(8) === 0) {
    const other = randomWork(walk);
    store.between(() => attempt(other));
  }
  await attempt(randomWork(walk));
}

/** Something to do; what it does is decided now, so that two can be at once. */
function randomWork(walk: Walk): () => Promise<unknown> {
  const { chance, world, changes } = walk;
  const by = chance.one(ACTORS);
  const kind = chance.below(36);
  switch (kind) {
    case 12:
    case 13: {
      const content = randomText(chance);
      return () => propose(walk, by, content);
    }
    case 14:
    case 26: {
      const ref = randomRef(walk);
      const content = randomText(chance);
      return () => changes.edit(ref, { by, content });
    }
    case 15: {
      const ref = randomRef(walk);
      const content = randomText(chance);
      return () => changes.rebase(ref, { by, content });
    }
    case 16:
      return () => {
        world.now += (1 + chance.below(20)) * HOUR_MS;
        return changes.tick();
      };
    case 17:
    case 18:
      return rollBack(walk, by);
    case 19:
      return turnOn(walk, by);
    case 20:
      return () => {
        world.salt = chance.below(12);
        return Promise.resolve();
      };
    case 21:
      return () => {
        const least = Math.max(0, chance.below(6) - 3);
        world.now += 1;
        world.schemas.push({ at: instantOf(world), least });
        return Promise.resolve();
      };
    case 22:
    case 23:
    case 24:
    case 25:
      return anyAct(walk, by);
    default:
      return next(walk);
  }
}

function randomRef({ chance, store }: Walk): ChangeRef {
  const ids = [...store.changes.keys()];
  return { scope: null, id: ids.length === 0 ? "chg_0" : chance.one(ids) };
}

/** What one would do next with a change that is not over. */
function next(walk: Walk): () => Promise<unknown> {
  const { chance, store, world, changes } = walk;
  const open = [...store.changes.values()].filter(isOpen);
  if (open.length === 0) return () => Promise.resolve();
  const change = chance.one(open.slice(-3));
  const ref = { scope: null, id: change.id };
  const by = chance.one(ACTORS);
  switch (change.state) {
    case "draft":
      return () => changes.check(ref, by);
    case "checked":
      return () => changes.act(ref, { act: "submit", by });
    case "in_review":
      return () => changes.act(ref, approval(change, by));
    case "approved":
      return () => changes.act(ref, { act: "activate", by });
    case "canary":
      if (chance.below(2) === 0) return judge(walk, ref);
      // falls through
    case "scheduled":
    case "shadow":
      return () => {
        world.now += 5 * HOUR_MS;
        return changes.tick();
      };
    case "active":
    case "superseded":
      return () => {
        const act = change.confirmation ? "confirm" : "acknowledge";
        return changes.act(ref, { act, by, reason: "seen" });
      };
    case "suspended": {
      const content = randomText(chance);
      return () => changes.rebase(ref, { by, content });
    }
    default: {
      const content = randomText(chance);
      return () => changes.edit(ref, { by, content });
    }
  }
}

/** What was measured of a canary, mostly told by the engine. */
function judge({ chance, changes }: Walk, ref: ChangeRef) {
  const found = chance.one(["better", "undecided"] as const);
  const by = chance.below(4) > 0 ? ENGINE : chance.one(ACTORS);
  return () =>
    changes.act(ref, {
      ...{ act: "judge", found, by, findings: null, reason: "measured" },
    });
}

function isOpen({ state, confirmation, afterReview }: Change): boolean {
  if (state === "active" || state === "superseded") {
    return confirmation?.confirmedBy === null || afterReview?.closedBy === null;
  }
  return !["rejected", "withdrawn", "expired", "rolled_back"].includes(state);
}

/** Signs what was seen: mostly what is there when it is decided, which may be long ago. */
function approval(change: Change, by: Actor): PlainAct {
  const signs = signatureOf(change) ??
    { content: change.content, base: null, evidence: "", cycle: 0 };
  return { act: "approve", by, signs };
}

/** Any act on any change by anybody, with or without a reason. */
function anyAct(walk: Walk, by: Actor): () => Promise<unknown> {
  const { chance, store, changes } = walk;
  const ref = randomRef(walk);
  const change = store.changes.get(ref.id);
  const name = chance.one(
    [
      ...["submit", "recall", "approve", "require", "return", "reject"],
      ...["withdraw", "schedule", "activate", "confirm", "breach"],
      ...["acknowledge", "check", "reject", "breach"],
    ] as const,
  );
  const reason = chance.below(2) === 0 ? "because" : "";
  if (name === "check") return () => changes.check(ref, by);
  const stale = { content: "?", base: null, evidence: "?", cycle: 1 };
  const signs = change && chance.below(2) === 0 ? signatureOf(change) : null;
  const startAt = new Date(walk.world.now + chance.below(9) * HOUR_MS);
  return () =>
    changes.act(ref, {
      ...{ act: name, by, reason, signs: signs ?? stale },
      quorum: { approvals: 3, groups: ["privacy"] },
      startAt: startAt.toISOString(),
    } as PlainAct);
}

async function adopt({ changes, chance }: Walk): Promise<void> {
  await changes.adopt(null, {
    ...{ kind: "policies", subject: "policies", title: "First" },
    ...{ reason: "start", content: randomText(chance), by: chance.one(ACTORS) },
  });
}

function propose({ changes, chance }: Walk, by: Actor, content: string) {
  const off = chance.below(6) === 0;
  return changes.propose(null, {
    ...{ title: "A change", reason: "better", by },
    ...off
      ? { kind: "switch", subject: `switch:${randomSwitch(chance).id}` }
      : { kind: "policies", subject: "policies" },
    content: off ? "null" : content,
    rollout: randomRollout(chance),
  });
}

function rollBack(walk: Walk, by: Actor): () => Promise<unknown> {
  const { chance, store, changes } = walk;
  const was = store.pointerLog.flatMap(({ content }) => content ?? []);
  const to = chance.one([...was, ...was, ...store.texts.keys(), ""]);
  const reason = chance.below(4) > 0 ? "it went ill" : "";
  const asked = { kind: "policies", subject: "policies" } as const;
  return () =>
    to === ""
      ? Promise.resolve()
      : changes.rollBack(null, { ...asked, to, by, reason });
}

function turnOn({ chance, changes }: Walk, by: Actor) {
  const one = randomSwitch(chance);
  const reason = chance.below(4) > 0 ? "stop" : "";
  return () => changes.turnOn(null, { switch: one, by, reason });
}
