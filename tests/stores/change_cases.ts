/**
 * How far change sets have come: kept over what was there, by tenant and direction, all
 * or none, and no longer applied once they are rolled back.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { OperationProgress } from "../../core/domain/change_set.ts";
import type { Case } from "./cases.ts";

const AT = "2026-03-02T09:00:00.000Z";
const SET = "change-set-1";

function step(
  operation: string,
  also: Partial<OperationProgress> = {},
): OperationProgress {
  return {
    operation,
    direction: "apply",
    state: "sent",
    seen: "5000000",
    attempts: 1,
    error: null,
    at: AT,
    ...also,
  };
}

/** Cases about the journal of changes. */
export const changeCases: readonly Case[] = [
  {
    name: "the latest of an operation is kept, each way on its own",
    run: async ({ changes }, tenant) => {
      assert.deepEqual(await changes.load(tenant, SET), []);
      await changes.save(tenant, SET, []);
      await changes.save(tenant, SET, [
        step("plan_1/campaign:2", { seen: null, error: 'odd "\\ {code},' }),
        step("plan_1/campaign:1"),
      ]);
      const held = step("plan_1/campaign:1", {
        state: "held",
        seen: "7000000",
        attempts: 2,
        at: "2026-03-02T09:00:01.234Z",
      });
      await changes.save(tenant, SET, [held]);
      const other = step("plan_1/campaign:2", {
        seen: null,
        error: 'odd "\\ {code},',
      });
      assert.deepEqual(await changes.load(tenant, SET), [held, other]);
      const back = step("plan_1/campaign:1/inverse", { direction: "rollback" });
      await changes.save(tenant, SET, [back]);
      assert.deepEqual(await changes.load(tenant, SET), [held, other, back]);
      assert.deepEqual(await changes.load(tenant, "change-set-2"), []);
      assert.deepEqual(await changes.load(`${tenant}-other`, SET), []);
    },
  },
  {
    name: "nothing is applied any more once its rollback has begun",
    run: async ({ changes }, tenant) => {
      await changes.save(tenant, SET, [step("a")]);
      await changes.save(tenant, SET, [step("a", { direction: "rollback" })]);
      const kept = await changes.load(tenant, SET);
      await assert.rejects(
        changes.save(tenant, SET, [step("a", { state: "held" }), step("b")]),
        { code: "plan_state_invalid" },
      );
      assert.deepEqual(await changes.load(tenant, SET), kept);
      await changes.save(tenant, SET, [
        step("a", { direction: "rollback", state: "held" }),
      ]);
      await changes.save(tenant, "change-set-2", [step("b")]);
      await changes.save(`${tenant}-other`, SET, [step("b")]);
    },
  },
  {
    name: "many steps are kept at once",
    run: async ({ changes }, tenant) => {
      const steps = Array.from(
        { length: 5000 },
        (_, at) => step(`plan_1/campaign:${String(at).padStart(5, "0")}`),
      );
      await changes.save(tenant, SET, steps);
      assert.deepEqual(await changes.load(tenant, SET), steps);
    },
  },
];
