/**
 * Plans on the move: who moved them where and why, and where no plan may go.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Plan,
  PLAN_MOVES,
  type PlanFinding,
  type PlanState,
} from "../../core/domain/plan.ts";
import type { PlanMove } from "../../core/ports/decisions.ts";
import type { Case } from "./cases.ts";
import { PLAN } from "./record_cases.ts";

const FINDINGS: readonly PlanFinding[] = [{
  code: "live_value_drifted",
  entity: "channel:search",
  message: "it is 7",
}];

const STATES = Object.keys(PLAN_MOVES) as PlanState[];

function step(from: PlanState, to: PlanState, minute: number): PlanMove {
  return {
    ...{ from, to, by: "bob" },
    at: `2026-03-01T00:0${minute}:00.000Z`,
  };
}

/** Cases about the moves of plans. */
export const planCases: readonly Case[] = [
  {
    name: "every move of a plan is on record, with who, when and why",
    run: async ({ plans }, tenant) => {
      await plans.create(tenant, PLAN, null);
      await plans.move(tenant, PLAN.id, step("validated", "approved", 1));
      const objected = await plans.move(tenant, PLAN.id, {
        ...step("approved", "proposed", 2),
        ...{ reason: "it is 7", findings: FINDINGS },
      });
      assert.equal(objected?.approvedBy, null);
      assert.deepEqual(objected?.findings, FINDINGS);
      await plans.move(tenant, PLAN.id, {
        ...step("proposed", "validated", 3),
        findings: [],
      });
      const approved = await plans.move(
        tenant,
        PLAN.id,
        step("validated", "approved", 4),
      );
      assert.equal(approved?.approvedBy, "bob");
      assert.deepEqual(await plans.find(tenant, PLAN.id), approved);
      const events = await plans.history(tenant, PLAN.id);
      assert.deepEqual(events[0], {
        ...{ seq: 1, from: "proposed", to: "validated", by: "ann" },
        ...{ at: PLAN.createdAt, reason: null },
      });
      assert.deepEqual(
        events.map(({ seq, from, to, by, reason }) =>
          [seq, from, to, by, reason].join(" ")
        ),
        [
          "1 proposed validated ann ",
          "2 validated approved bob ",
          "3 approved proposed bob it is 7",
          "4 proposed validated bob ",
          "5 validated approved bob ",
        ],
      );
      assert.equal(events[2]?.at, "2026-03-01T00:02:00.000Z");
      assert.deepEqual(await plans.history(`${tenant}-other`, PLAN.id), []);
    },
  },
  {
    name: "no plan goes where none may go, and nothing is on record then",
    run: async ({ plans }, tenant) => {
      await plans.create(tenant, PLAN, null);
      const before = await plans.history(tenant, PLAN.id);
      for (const from of STATES) {
        const allowed: readonly PlanState[] = PLAN_MOVES[from];
        for (const to of STATES) {
          if (allowed.includes(to)) continue;
          await assert.rejects(
            plans.move(tenant, PLAN.id, step(from, to, 1)),
            RangeError,
          );
        }
      }
      assert.deepEqual(await plans.find(tenant, PLAN.id), PLAN);
      assert.deepEqual(await plans.history(tenant, PLAN.id), before);
    },
  },
  {
    name: "who asked for a plan does not approve it, and nothing is on record",
    run: async ({ plans }, tenant) => {
      await plans.create(tenant, PLAN, null);
      await assert.rejects(
        plans.move(tenant, PLAN.id, {
          ...step("validated", "approved", 1),
          by: PLAN.createdBy,
        }),
        { code: "approval_invalid" },
      );
      assert.deepEqual(await plans.find(tenant, PLAN.id), PLAN);
      assert.equal((await plans.history(tenant, PLAN.id)).length, 1);
    },
  },
  {
    name: "plans are found by where they stand, oldest first",
    run: async ({ plans }, tenant) => {
      const made = (id: string, state: PlanState, minute: number): Plan => ({
        ...{ ...PLAN, id, state },
        createdAt: `2026-03-01T00:0${minute}:00.000Z`,
      });
      await plans.create(tenant, made("plan_c", "validated", 1), null);
      await plans.create(tenant, made("plan_b", "proposed", 2), null);
      await plans.create(tenant, made("plan_a", "validated", 3), null);
      const ids = async (...states: PlanState[]) =>
        (await plans.standing(tenant, states)).map(({ id }) => id);
      assert.deepEqual(await ids("validated"), ["plan_c", "plan_a"]);
      assert.deepEqual(await ids("validated", "proposed"), [
        ...["plan_c", "plan_b", "plan_a"],
      ]);
      assert.deepEqual(await ids("applied"), []);
      assert.deepEqual(await plans.standing(`${tenant}-x`, ["validated"]), []);
      await plans.move(tenant, "plan_a", step("validated", "approved", 5));
      const since = async (minute: number) =>
        (await plans.standing(
          tenant,
          ["validated", "approved"],
          `2026-03-01T00:0${minute}:00.000Z`,
        )).map(({ id }) => id);
      assert.deepEqual(await since(0), ["plan_c", "plan_a"]);
      assert.deepEqual(await since(5), ["plan_a"]);
      assert.deepEqual(await since(6), []);
    },
  },
  {
    name: "a plan that many would move at once goes one way",
    run: async ({ plans }, tenant) => {
      await plans.create(tenant, PLAN, null);
      const moves = await Promise.all(
        Array.from(
          { length: 12 },
          (_, at) =>
            plans.move(
              tenant,
              PLAN.id,
              step("validated", at % 2 === 0 ? "approved" : "proposed", 1),
            ),
        ),
      );
      const moved = moves.filter((plan) => plan !== null);
      assert.equal(moved.length, 1);
      assert.equal((await plans.history(tenant, PLAN.id)).length, 2);
    },
  },
];
