/**
 * Changes of the stub engine, over the real workflow with a store in memory: tenant acme
 * has one in each state that a route starts from, each of a subject of its own, and a
 * kill switch that is on. Other tenants have none.
 *
 * @module
 */
import { sha256 } from "../../core/domain/canonical.ts";
import {
  type Actor,
  AT_ONCE,
  type Change,
  type Signature,
} from "../../core/domain/change.ts";
import type { Engine } from "../../core/engine.ts";
import { type Changes, createChanges } from "../../core/governance/changes.ts";
import { makeEvidence } from "../../core/governance/evidence.ts";
import { createMemoryStore } from "../../core/governance/memory_store_test.ts";
import { createSwitchAdapter } from "../../core/governance/switch_adapter.ts";
import { createSwitches } from "../../core/governance/switches.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  BoardSwitch,
  ChangeAdapter,
  Findings,
  GovernanceStore,
  Scope,
} from "../../core/ports/governance.ts";

const TENANT = "acme";
const AUTHOR: Actor = { name: "author", human: true, groups: [] };
const REVIEWER: Actor = { name: "reviewer", human: true, groups: [] };
/** Holder of the keys that the stub grants unless told otherwise. */
const TESTER: Actor = { name: "tester", human: true, groups: [] };

const FIRST = '{"version":1}';
const SECOND = '{"version":2}';

/** Hash of policies that were active before. */
export const FORMER = sha256(FIRST);

const FOUND: Findings = {
  ...{ class: "tightening", proven: true, owners: [], guardians: [] },
  items: [{
    ...{ name: "meaning", passed: true, summary: "it is tightening" },
    report: {
      sentences: ["the most that a bid may be becomes 1.00"],
      counterexamples: [{ sentence: "a bid of 2.00 becomes 1.00" }],
    },
  }, {
    ...{ name: "replay", passed: true, summary: "1 of 4 comes out otherwise" },
    report: {
      decisions: 4,
      flips: 1,
      tenants: [{
        tenant: TENANT,
        impact: {
          by: {
            rule: [row("+bid_limits/cap_display", 1)],
            channel: [row("display", 1), row("search", 0)],
            ...{ campaign: [], audience: [] },
          },
        },
      }],
    },
  }],
  problems: [],
};

/** What an approval of the change in review signs. */
export const SIGNS: Signature = {
  ...{ content: sha256(FIRST), base: null, cycle: 1 },
  evidence: makeEvidence(FOUND, { content: sha256(FIRST), base: null }).hash,
};

/** Opens the desk; its changes are made when it is first asked. */
export function openChangeDesk(
  clock: Clock,
): Pick<Engine, "changes" | "switches"> {
  const names: string[] = [];
  let count = 0;
  const ids = { next: () => names.shift() ?? `chg_new${++count}` };
  const adapters = [adapterOf("policies"), adapterOf("model")];
  const changes = createChanges({
    ...{ store: createScopedStore(), clock, ids },
    adapters: [...adapters, createSwitchAdapter()],
  });
  let on: readonly BoardSwitch[] = [];
  const board = {
    list: () => Promise.resolve(on),
    replace: (all: readonly BoardSwitch[]) => {
      on = all;
      return Promise.resolve();
    },
  };
  let ready: Promise<void> | null = null;
  const seeded = afterwards(
    changes,
    () => ready ??= seed(changes, (name) => names.push(name)),
  );
  return {
    changes: seeded,
    switches: createSwitches({ changes: seeded, board, clock }),
  };
}

/** The same, each call held up until something is done. */
function afterwards(changes: Changes, first: () => Promise<void>): Changes {
  const { permitted, review } = changes;
  const held = Object.entries(changes).map(([name, call]) => [
    name,
    async (...given: unknown[]) => {
      await first();
      return await call(...given);
    },
  ]);
  return { ...Object.fromEntries(held), permitted, review };
}

async function seed(
  changes: Changes,
  named: (name: string) => void,
): Promise<void> {
  const draft = (name: string, { by = AUTHOR, of = name } = {}) => {
    named(`chg_${name}`);
    return changes.propose(TENANT, {
      ...{ kind: "model", subject: `model:${of}/champion`, title: name },
      ...{ reason: "better", content: FIRST, by },
      rollout: name === "trial"
        ? { ...AT_ONCE, canaryHours: 6, canaryPermille: 50 }
        : AT_ONCE,
    });
  };
  const checked = async (change: Promise<Change>) =>
    await changes.check(refOf(await change), AUTHOR);
  const submitted = async (change: Promise<Change>) =>
    await changes.act(refOf(await checked(change)), {
      ...{ act: "submit", by: AUTHOR },
    });
  const approved = async (change: Promise<Change>) => {
    const asked = await submitted(change);
    const { signs } = changes.review(asked);
    if (signs === null) throw new Error("nothing to sign");
    const approval = { act: "approve", by: REVIEWER, signs } as const;
    return await changes.act(refOf(asked), approval);
  };
  const active = async (change: Promise<Change>) =>
    await changes.act(refOf(await approved(change)), {
      ...{ act: "activate", by: AUTHOR },
    });
  await draft("draft");
  await checked(draft("checked"));
  await submitted(draft("review"));
  await submitted(draft("own", { by: TESTER }));
  await approved(draft("approved"));
  await active(draft("trial"));
  await draft("stale", { of: "first" });
  await active(draft("first"));
  const subject = "model:first/champion";
  const proposed = { kind: "model", subject, title: "next" } as const;
  await active(changes.propose(TENANT, {
    ...{ ...proposed, reason: "better", content: SECOND, by: AUTHOR },
  }));
  named("chg_undone");
  await changes.rollBack(TENANT, {
    ...{ kind: "model", subject, to: sha256(FIRST) },
    ...{ by: AUTHOR, reason: "worse" },
  });
  for (const content of [FIRST, SECOND]) {
    await active(changes.propose(TENANT, {
      ...{ kind: "policies", subject: "policies", title: "Lower bids" },
      ...{ reason: "too dear", content, by: AUTHOR },
    }));
  }
  await changes.turnOn(TENANT, {
    switch: {
      ...{ id: "stop_display", stops: { channel: "display" } },
      reason: "odd",
    },
    ...{ by: AUTHOR, reason: "odd" },
  });
}

/** One store in memory for each scope. */
function createScopedStore(): GovernanceStore {
  const stores = new Map<Scope, GovernanceStore>();
  const texts = createMemoryStore();
  const of = (scope: Scope) => {
    const known = stores.get(scope) ?? createMemoryStore();
    stores.set(scope, known);
    return known;
  };
  return {
    find: (scope, id) => of(scope).find(scope, id),
    list: (scope, filter) => of(scope).list(scope, filter),
    scopes: () => Promise.resolve([...stores.keys()]),
    commit: (scope, step) => of(scope).commit(scope, step),
    record: (scope, acts) => of(scope).record(scope, acts),
    keep: texts.keep,
    load: texts.load,
    findAltered: texts.findAltered,
    active: (scope, subject) => of(scope).active(scope, subject),
    pointers: (scope) => of(scope).pointers(scope),
    everyPointer: () => Promise.resolve([]),
    moves: (scope, subject) => of(scope).moves(scope, subject),
    records: (scope, asked) => of(scope).records(scope, asked),
    head: (scope) => of(scope).head(scope),
    anchor: (scope) => of(scope).anchor(scope),
  };
}

const MEASURED = { measured: true } as const;

function adapterOf(kind: "policies" | "model"): ChangeAdapter {
  return {
    ...{ kind, requires: ["meaning"], ...kind === "model" && MEASURED },
    check: () => Promise.resolve(FOUND),
    recheck: () => Promise.resolve([]),
    merge: (mine) => mine,
  };
}

function row(key: string, flips: number) {
  return { key, decisions: 2, flips, tighter: flips, looser: 0 };
}

function refOf({ tenant, id }: Change) {
  return { scope: tenant, id };
}
