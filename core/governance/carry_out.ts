/**
 * Carries acts out on what is kept: reads, asks the workflow, and keeps all of it or
 * nothing. Where another node came between, everything is read and asked again, so no act
 * is done on grounds that no longer hold.
 *
 * @module
 */
import {
  type ActivePointer,
  type Change,
  type ChangeKind,
  ENGINE,
} from "../domain/change.ts";
import type { ChangeAct, ChangeEvent } from "../domain/change_event.ts";
import { EngineError } from "../domain/error.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type {
  ChangeAdapter,
  ChangeStep,
  GovernanceStore,
  Scope,
} from "../ports/governance.ts";
import type { QuorumSizes } from "./approval.ts";
import { loadContent } from "./evidence.ts";
import type { ChangeContext } from "./step.ts";
import type { Workflow } from "./workflow.ts";

/** More than this many others in a row have never come between. */
const ATTEMPTS = 20;

/** What carrying out needs. */
export interface Ports {
  readonly store: GovernanceStore;
  /** @throws {EngineError} `request_invalid` for a kind that is not governed. */
  adapterOf(kind: ChangeKind): ChangeAdapter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly quorum: QuorumSizes;
  readonly workflow: Workflow;
}

/** A change before the acts: as it is kept, or a new one with its first event. */
export interface Start {
  readonly change: Change;
  /** Version that is kept; null for a new one. */
  readonly expected: number | null;
  readonly events: readonly ChangeEvent[];
}

/** What is to be done. */
export interface Task {
  readonly scope: Scope;
  /** Reads or makes the change; asked anew on each attempt. */
  start(): Promise<Start>;
  /** What to do to it, in order, all or nothing. */
  acts(change: Change): Promise<readonly ChangeAct[]>;
  /** Another new change that is kept with it. */
  beside?(change: Change): Promise<Start>;
}

/**
 * Carries acts out.
 *
 * @returns The change as it stands then.
 * @throws {EngineError} `approval_invalid` if an act is refused; `store_unavailable` if
 * others keep coming between.
 */
export async function carryOut(ports: Ports, task: Task): Promise<Change> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { change, step } = await prepare(ports, task);
    if (await ports.store.commit(task.scope, step)) return change;
  }
  throw new EngineError(
    "store_unavailable",
    "Cannot keep change: others keep changing the same",
  );
}

async function prepare(
  ports: Ports,
  task: Task,
): Promise<{ readonly change: Change; readonly step: ChangeStep }> {
  const { scope } = task;
  const start = await task.start();
  const context = await readContext(ports, scope, start.change);
  const acts = await task.acts(start.change);
  const events = [...start.events];
  let { change } = start;
  let { active } = context;
  for (const act of acts) {
    const moved = ask(ports, change, { act, context: { ...context, active } });
    change = moved.change;
    events.push(moved.event);
    active = moved.pointer ?? active;
  }
  if (active !== context.active && acts.at(-1)?.act === "activate") {
    await refuseOutdated(ports, change);
  }
  const also = await displaced(ports, scope, {
    ...{ context, active, change },
    why: acts.at(-1),
  });
  const beside = await task.beside?.(change);
  return {
    change,
    step: {
      changes: [
        { change, expected: start.expected },
        ...also.map(({ change, expected }) => ({ change, expected })),
        ...beside === undefined ? [] : [beside],
      ],
      pointer: active === context.active ? null : active,
      events: [
        ...events,
        ...also.flatMap(({ events }) => events),
        ...beside?.events ?? [],
      ],
    },
  };
}

/** What was agreed with may be older than the engine: it must hold today. */
async function refuseOutdated(
  { store, adapterOf }: Ports,
  { id, kind, content, state }: Change,
): Promise<void> {
  const text = await loadContent(store, content);
  const [problem] = await adapterOf(kind).recheck(text);
  if (problem === undefined) return;
  throw new EngineError(
    "approval_invalid",
    `Cannot activate change "${id}": it does not hold any more: ${problem}; edit it`,
    { facts: { change: id, state } },
  );
}

/** What a step depends on, as it is now. */
async function readContext(
  { store, adapterOf, clock, quorum }: Ports,
  scope: Scope,
  { kind, subject }: Change,
): Promise<ChangeContext> {
  const moves = await store.moves(scope, subject);
  const active = moves.at(-1) ?? await store.active(scope, subject);
  const open = await store.list(scope, { subject, reviewOpen: true });
  return {
    at: clock.now(),
    active,
    reviewOpen: open.length > 0,
    formerly: moves.flatMap(({ content }) => content ?? []),
    requires: adapterOf(kind).requires,
    quorum,
  };
}

/** Changes that are out of force, or off their trial, because the pointer moved. */
async function displaced(
  ports: Ports,
  scope: Scope,
  { context, active, change, why }: {
    readonly context: ChangeContext;
    readonly active: ActivePointer;
    readonly change: Change;
    readonly why: ChangeAct | undefined;
  },
): Promise<readonly Start[]> {
  const replaced = active.change === context.active.change
    ? null
    : context.active.change;
  const trial = context.active.trial?.change ?? null;
  const stopped = active.trial === null && trial !== change.id ? trial : null;
  const back = why?.act === "restore";
  return [
    ...await settle(ports, scope, {
      id: replaced,
      context,
      act: back
        ? { act: "revert", by: ENGINE, reason: why.reason ?? "" }
        : { act: "supersede", by: ENGINE },
    }),
    ...await settle(ports, scope, {
      id: stopped,
      context,
      act: { act: "revert", by: ENGINE, reason: "what it ran beside is gone" },
    }),
  ];
}

async function settle(
  ports: Ports,
  scope: Scope,
  { id, act, context }: {
    readonly id: string | null;
    readonly act: ChangeAct;
    readonly context: ChangeContext;
  },
): Promise<readonly Start[]> {
  const change = id === null ? null : await ports.store.find(scope, id);
  if (change === null) return [];
  const moved = ask(ports, change, { act, context });
  return [{
    change: moved.change,
    expected: change.version,
    events: [moved.event],
  }];
}

function ask(
  { workflow }: Ports,
  change: Change,
  { act, context }: {
    readonly act: ChangeAct;
    readonly context: ChangeContext;
  },
) {
  const advanced = workflow(change, act, context);
  if (!("refused" in advanced)) return advanced;
  throw new EngineError(
    "approval_invalid",
    `Cannot ${act.act} change "${change.id}": ${advanced.refused}`,
    { facts: { change: change.id, state: change.state } },
  );
}
