/**
 * Any steps, by any persons, in any order, while the world moves: a plan goes where a
 * simple table says and nowhere else.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlanState } from "../../domain/plan.ts";
import { type Company, found, makePlan, NOW } from "../rooms_test.ts";

const TV = "channel:tv";
const DENY = {
  id: "no_tv",
  when: { "==": [{ var: "context.channel" }, "tv"] },
  effect: "deny",
  reason: "TV is stopped",
} as const;

/** What is wrong in the world, as the table sees it. */
interface World {
  denied: boolean;
  replaced: boolean;
  expired: boolean;
  /** Somebody else set the budget of TV. */
  moved: boolean;
  /** The destination refuses to write that of TV. */
  refuses: boolean;
}

interface Expected extends World {
  state: PlanState;
  /** Whether the plan's budget of TV was written and not restored. */
  written: boolean;
}

const STEPS = [
  "validate",
  "approve",
  "apply",
  "rollback",
  "verify",
] as const;
type Step = (typeof STEPS)[number];

const isHalfWay = ({ state }: Expected) =>
  state === "applying" || state === "rolling_back";

/** Where a step leads from where the plan stands; null if it is refused. */
function lead(
  table: Expected,
  step: Step,
  who: string,
): PlanState | null {
  const { state, denied, replaced, expired, moved, refuses, written } = table;
  const objects = denied || replaced || expired || moved;
  switch (`${step} ${state}`) {
    case "validate proposed":
    case "validate validated":
      return objects ? "proposed" : "validated";
    case "validate approved":
      return objects ? "proposed" : "approved";
    case "approve validated":
      return who === "ann" || expired ? null : "approved";
    case "apply approved":
      return objects ? "proposed" : refuses ? "applying" : "applied";
    case "apply applying":
      return refuses || denied || expired ? "applying" : "applied";
    case "rollback applied":
    case "rollback applying":
    case "rollback rolling_back":
      return refuses && written && !moved ? "rolling_back" : "rolled_back";
    case "verify applied":
      return "applied";
    default:
      return null;
  }
}

/** Steps that did what was asked answer; those that could not, or in part, fail. */
function isFailure(step: Step, to: PlanState | null): boolean {
  return to === null || to === "applying" || to === "rolling_back" ||
    (step === "apply" && to === "proposed");
}

type Act =
  | { readonly step: Step; readonly who: string }
  | { readonly change: keyof World };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constantFrom(...STEPS),
      who: fc.constantFrom("ann", "bob", "cy"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      change: fc.constantFrom<keyof World>(
        ...["denied", "replaced", "expired", "moved", "refuses"] as const,
      ),
    }),
  },
);

const APPROVE = { step: "approve", who: "bob" } as const;
const APPLY = { step: "apply", who: "cy" } as const;
const REFUSE = { change: "refuses" } as const;

/** From the start, or from where writes were tried. */
const lives = fc.tuple(
  fc.constantFrom<readonly Act[]>(
    [],
    [APPROVE, APPLY],
    [APPROVE, REFUSE, APPLY],
    [APPROVE, APPLY, REFUSE, { step: "rollback", who: "ann" }],
  ),
  fc.array(acts, { maxLength: 30 }),
).map((parts) => parts.flat());

/** Turns something in the world, unless the table could not follow. */
function turn(
  { rule, faults, clock, live }: Company,
  table: Expected,
  { change, own }: { readonly change: keyof World; readonly own: string },
): void {
  if (change === "moved" && isHalfWay(table)) return;
  if (change === "expired" && table.expired) return;
  const on = !table[change];
  table[change] = on;
  rule(table.denied ? [DENY] : []);
  faults.champion = table.replaced ? 4 : 3;
  faults.refuses = new Set(table.refuses ? [TV] as const : []);
  if (table.expired) clock.at = "2026-03-20T00:00:00.000Z";
  if (change === "moved" && on) live.set(TV, "7");
  if (change === "moved" && !on) live.set(TV, table.written ? own : "5");
}

Deno.test("a plan goes where the table says, whoever does what in whatever order", async () => {
  const seen = new Set<PlanState>();
  await fc.assert(
    fc.asyncProperty(lives, async (list) => {
      const company = found();
      const { plans, live } = company;
      live.set(TV, "5");
      const before = new Map(live);
      const { id, changeSet } = await makePlan(company);
      const own = changeSet.operations.find(({ target }) => target === TV);
      const table: Expected = {
        ...{ state: "validated", written: false, denied: false },
        ...{ replaced: false, expired: false, moved: false, refuses: false },
      };
      for (const act of list) {
        if ("change" in act) {
          turn(company, table, { ...act, own: own?.set ?? "" });
          continue;
        }
        const { step, who } = act;
        const to = lead(table, step, who);
        const failure = await plans[step]("acme", id, who).then(
          () => null,
          (error: { code: string }) => error.code,
        );
        assert.equal(
          failure !== null,
          isFailure(step, to),
          `${step} ${failure}`,
        );
        table.state = to ?? table.state;
        if (table.state === "applied") table.written = true;
        const plan = await plans.find("acme", id);
        assert.equal(plan?.state, table.state);
        seen.add(table.state);
        if (step === "verify" && to !== null) {
          assert.equal(plan.findings.length > 0, table.moved);
        }
        if (to === "applied" && step === "apply") {
          for (const { target, set } of changeSet.operations) {
            assert.equal(live.get(target), set);
          }
        }
        if (to === "rolled_back" && !table.moved) {
          assert.deepEqual(live, before);
        }
      }
      await assertHistory(company, id, table.state);
    }),
    { numRuns: 300 },
  );
  const states: readonly PlanState[] = [
    ...["proposed", "validated", "approved", "applying", "applied"] as const,
    ...["rolling_back", "rolled_back"] as const,
  ];
  assert.deepEqual([...seen].sort(), [...states].sort());
});

/** Each move begins where the one before ended, and nobody approves their own. */
async function assertHistory(
  { plans }: Company,
  id: string,
  state: PlanState,
): Promise<void> {
  const events = await plans.history("acme", id);
  assert.deepEqual(events[0], {
    ...{ seq: 0, from: null, to: "proposed", by: "ann", at: NOW },
    reason: null,
  });
  events.forEach(({ seq, from, to, by }, at) => {
    assert.equal(seq, at);
    if (at > 0) assert.equal(from, events[at - 1]?.to);
    if (to === "approved" && from === "validated") assert.notEqual(by, "ann");
  });
  assert.equal(events.at(-1)?.to, state);
}
