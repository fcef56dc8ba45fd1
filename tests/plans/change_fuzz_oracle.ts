/**
 * What must be true of a change set that was carried out and rolled back, read off what
 * is held, what others did to it, and what is refused for good.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ChangeSet } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { undoneBy } from "../../core/plans/changes/change_set.ts";
import type { ChangeAnswer } from "../../core/plans/changes/execute.ts";

type Values = ReadonlyMap<EntityKey, string | null>;

/** A change set, and where it goes. */
export interface Play {
  readonly changeSet: ChangeSet;
  /** Targets that are refused for good. */
  readonly refuses: ReadonlySet<EntityKey>;
  readonly world: {
    /** What is held now. */
    readonly live: Values;
    /** What would be held if the engine had never written. */
    readonly foreign: Values;
    /** Targets that others moved. */
    readonly moved: ReadonlySet<EntityKey>;
  };
}

/** Whether all was tried, and what is refused is refused for good. */
export function isFinal(
  { stopped, refused, unsettled }: ChangeAnswer,
  refuses: ReadonlySet<string>,
): boolean {
  const settled = stopped === null && unsettled.length === 0;
  return settled && refused.every(({ operation }) => {
    const [, target = ""] = operation.split("/");
    return refuses.has(target);
  });
}

/** What is said is so, unless somebody moved the value right after. */
export function assertTrue(
  { world: { live, moved }, changeSet }: Play,
  answer: ChangeAnswer,
): void {
  const { operations, inverse } = changeSet;
  const all = new Map([...operations, ...inverse].map((one) => [one.id, one]));
  for (const { operation, state, seen } of answer.progress) {
    const { target, expect, set } = all.get(operation) ?? assert.fail();
    if (moved.has(target)) continue;
    const held = live.get(target) ?? null;
    if (state === "held") assert.equal(held, set);
    if (state === "refused") assert.equal(held, expect);
    if (state === "sent") assert.ok(held === expect || held === set);
    assert.notEqual(state, "drifted", "nobody moved it");
    if (state !== "sent" && seen !== null) assert.equal(seen, held);
  }
  assert.equal(
    answer.done,
    answer.keptBack.length === 0 && answer.stopped === null &&
      answer.progress.every(({ state }) => state === "held"),
  );
}

/** Each operation is held, or it is said why it is not. */
export function assertApplied(play: Play, answer: ChangeAnswer): void {
  const { world: { live, moved }, changeSet, refuses } = play;
  const states = new Map(
    answer.progress.map(({ operation, state }) => [operation, state]),
  );
  for (const { id, target, expect, set } of changeSet.operations) {
    if (moved.has(target)) continue;
    const state = states.get(id) ?? "kept back";
    if (state === "held") assert.equal(live.get(target), set);
    else {
      assert.equal(live.get(target) ?? null, expect);
      const why = state === "refused"
        ? refuses.has(target)
        : answer.keptBack.includes(id) && (refuses.size > 0 || moved.size > 0);
      assert.ok(why, `"${id}" is ${state} for no reason`);
    }
  }
  if (refuses.size + moved.size === 0) assert.ok(answer.done);
}

/** Each value is as it was without the engine, or it is said why it is not. */
export function assertRestored(play: Play, answer: ChangeAnswer): void {
  const { world: { live, foreign, moved }, changeSet, refuses } = play;
  const told = new Set([
    ...[answer.refused, answer.drifted, answer.unsettled].flat()
      .map(({ operation }) => operation),
    ...answer.keptBack,
  ]);
  for (const operation of changeSet.inverse) {
    const { id, target } = operation;
    if ((live.get(target) ?? null) === (foreign.get(target) ?? null)) continue;
    assert.ok(
      told.has(id),
      `"${undoneBy(operation)}" is not restored, nor told`,
    );
    const unpaid = answer.keptBack.includes(id) && refuses.size > 0;
    assert.ok(refuses.has(target) || unpaid, `"${id}" is left for no reason`);
  }
  if (refuses.size + moved.size === 0) {
    assert.deepEqual(live, foreign);
    assert.ok(answer.done);
  }
}
