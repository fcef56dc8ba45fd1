/**
 * Where plans and their writes are kept, as maps, for tests.
 *
 * @module
 */
import type { OperationProgress } from "../../domain/change_set.ts";
import { EngineError } from "../../domain/error.ts";
import {
  type Plan,
  PLAN_MOVES,
  type PlanEvent,
  type PlanState,
} from "../../domain/plan.ts";
import type { ChangeJournal } from "../../ports/changes.ts";
import type {
  IdempotencyStore,
  IdempotentAnswer,
  PlanMove,
  PlanStore,
} from "../../ports/decisions.ts";
import type { LeaseStore } from "../../ports/stores.ts";

/** Plans of one tenant, and first answers. */
export function createMapStore(): {
  plans: PlanStore;
  idempotency: IdempotencyStore;
} {
  const kept = new Map<string, Plan>();
  const events = new Map<string, PlanEvent[]>();
  const answers = new Map<string, IdempotentAnswer>();
  const log = (id: string, step: PlanMove) => {
    const { from, to, by, at, reason = null } = step;
    const known = events.get(id) ?? [];
    const seq = known.length + 1;
    events.set(id, [...known, { seq, from, to, by, at, reason }]);
  };
  return {
    plans: {
      create: async (_tenant, plan, idempotent) => {
        await Promise.resolve();
        const key = `${idempotent?.route} ${idempotent?.key}`;
        const first = idempotent === null ? undefined : answers.get(key);
        if (first) return { kind: "duplicate", first };
        if (idempotent !== null) answers.set(key, idempotent);
        kept.set(plan.id, plan);
        const { createdBy: by, createdAt: at, state: to } = plan;
        if (to !== "proposed") log(plan.id, { from: "proposed", to, by, at });
        return { kind: "created" };
      },
      find: (_tenant, id) => Promise.resolve(kept.get(id) ?? null),
      list: (_tenant, limit) =>
        Promise.resolve([...kept.values()].slice(0, limit)),
      standing: (_tenant, states, since = "") =>
        Promise.resolve(
          [...kept.values()].filter(({ id, state }) =>
            states.includes(state) &&
            (since === "" || events.get(id)?.some(({ at }) => at >= since))
          ),
        ),
      move: async (_tenant, id, step) => {
        await Promise.resolve();
        const moved = move(kept.get(id), step);
        if (moved === null) return null;
        kept.set(id, moved);
        log(id, step);
        return moved;
      },
      history: (_tenant, id) => Promise.resolve(events.get(id) ?? []),
    },
    idempotency: {
      find: (_tenant, route, key) =>
        Promise.resolve(answers.get(`${route} ${key}`) ?? null),
    },
  };
}

function move(plan: Plan | undefined, step: PlanMove): Plan | null {
  const { from, to, by, findings } = step;
  const allowed: readonly PlanState[] = PLAN_MOVES[from];
  if (!allowed.includes(to)) throw new RangeError(`${from} to ${to}`);
  if (plan?.state !== from) return null;
  if (to === "approved" && plan.createdBy === by) {
    throw new EngineError("approval_invalid", "Cannot approve");
  }
  return {
    ...plan,
    state: to,
    findings: findings ?? plan.findings,
    approvedBy: to === "approved"
      ? by
      : to === "proposed"
      ? null
      : plan.approvedBy,
  };
}

/** How far writes have come, of one tenant. */
export function createMapJournal(): ChangeJournal {
  const kept = new Map<string, OperationProgress>();
  const prefix = (changeSet: string) => `${changeSet} `;
  return {
    save: async (_tenant, changeSet, progress) => {
      await Promise.resolve();
      for (const step of progress) {
        const { direction, operation } = step;
        kept.set(`${prefix(changeSet)}${direction} ${operation}`, step);
      }
    },
    load: (_tenant, changeSet) =>
      Promise.resolve(
        [...kept].filter(([key]) => key.startsWith(prefix(changeSet)))
          .sort(([a], [b]) => a < b ? -1 : 1).map(([, step]) => step),
      ),
  };
}

/** Leases that never run out. */
export function createMapLeases(): LeaseStore {
  const held = new Map<string, string>();
  return {
    take: (name, holder) => {
      const free = [undefined, holder].includes(held.get(name));
      if (free) held.set(name, holder);
      return Promise.resolve(free);
    },
    release: (name, holder) => {
      if (held.get(name) === holder) held.delete(name);
      return Promise.resolve();
    },
    rest: () => Promise.resolve(),
  };
}
