/**
 * Ways in which a workflow, a store or machines go wrong, to make faults of.
 *
 * @module
 */
import type {
  ActivePointer,
  Change,
  ChangeEvidence,
} from "../domain/change.ts";
import type { ChangeAct } from "../domain/change_event.ts";
import type { ChangeStep, Findings } from "../ports/governance.ts";
import type { ChangesOptions } from "./changes.ts";
import { makeEvidence } from "./evidence.ts";
import type { Fault } from "./history_walk_test.ts";
import { textOf } from "./history_world_test.ts";
import type { MemoryStore } from "./memory_store_test.ts";
import type { ChangeContext } from "./step.ts";
import { type Advance, advance } from "./workflow.ts";

/** What a faulty workflow asks the true one in place of what it was asked. */
interface Question {
  readonly change: Change;
  readonly act: ChangeAct;
  readonly context: ChangeContext;
}

/** A workflow that asks something else than it was asked. */
export function asking(lie: (asked: Question) => Partial<Question>): Fault {
  return (options) => ({
    ...options,
    workflow: (change, act, context) => {
      const asked = { change, act, context };
      const told = { ...asked, ...lie(asked) };
      return advance(told.change, told.act, told.context);
    },
  });
}

/** A workflow that answers something else than is right. */
export function answering(
  lie: (answer: Exclude<Advance, { refused: string }>, asked: Question) =>
    | Advance
    | null,
): Fault {
  return (options) => ({
    ...options,
    workflow: (change, act, context) => {
      const answer = advance(change, act, context);
      if ("refused" in answer) return answer;
      return lie(answer, { change, act, context }) ?? answer;
    },
  });
}

const NOTHING: ChangeStep = { changes: [], pointer: null, events: [] };

/** A store that keeps something else than it was given; whoever comes between came already. */
export function keeping(
  lie: (step: ChangeStep, store: MemoryStore) => ChangeStep,
): Fault {
  return (options, store) => ({
    ...options,
    store: {
      ...options.store,
      commit: async (scope, step) => {
        await options.store.commit(scope, NOTHING);
        return await options.store.commit(scope, lie(step, store));
      },
    },
  });
}

/** Machines that find out something else than is true. */
export function finding(lie: (found: Findings) => Partial<Findings>): Fault {
  return (options) => ({
    ...options,
    adapters: options.adapters.map((adapter) => ({
      ...adapter,
      check: async (content, base, subject) => {
        const found = await adapter.check(content, base, subject);
        return { ...found, ...lie(found) };
      },
    })),
  });
}

/** A workflow that asks something else of one act. */
export function when<A extends ChangeAct["act"]>(
  name: A,
  lie: (
    asked: Question & { readonly act: Extract<ChangeAct, { act: A }> },
  ) => Partial<Question>,
): Fault {
  return asking((asked) =>
    asked.act.act === name
      ? lie(asked as Question & { act: Extract<ChangeAct, { act: A }> })
      : {}
  );
}

/** A change whose evidence says something else, and is bound to it as it is. */
export function reEvidenced(
  change: Change,
  lie: Partial<ChangeEvidence> = {},
): Change {
  if (change.evidence === null) return change;
  const { hash: _, ...found } = change.evidence;
  return { ...change, evidence: makeEvidence({ ...found, ...lie }, change) };
}

/** Where the pointer goes if a change is put into force. */
export function enter(
  { active }: ChangeContext,
  change: Change,
): ActivePointer {
  const { id, content } = change;
  return { ...active, seq: active.seq + 1, content, change: id, trial: null };
}

/** Lists are left out of what is compared. */
export function blindToLists(options: ChangesOptions): ChangesOptions {
  const unlisted = (text: string) => {
    const parsed = JSON.parse(text);
    return parsed !== null && "list" in parsed
      ? textOf({ ...parsed, list: [] })
      : text;
  };
  return {
    ...options,
    adapters: options.adapters.map((adapter) => ({
      ...adapter,
      check: (content, base, subject) =>
        adapter.check(unlisted(content), base && unlisted(base), subject),
    })),
  };
}
