/**
 * Until when a decision may be used, under rules that ask for the moment and others.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ModelUse } from "../domain/score.ts";
import type { Logic, PolicyRule } from "../domain/verdict.ts";
import {
  compilePolicySet,
  type PolicySet,
} from "../verdicts/judge/policy_set.ts";
import {
  ACTION,
  BID,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

/** The last half minute before eight, UTC. */
const AT = "2026-02-01T07:59:30.000Z";
const EIGHT = "2026-02-01T08:00:00.000Z";

const early: Logic = { "<": [{ var: "time.localMinute" }, 480] };
const perMinute: Logic = { "*": [{ var: "time.localMinute" }, 1000] };
const reason = "A reason";

/** Rules of which some ask for the moment. */
const RULES: readonly Omit<PolicyRule, "id">[] = [
  { effect: "deny", when: early, reason },
  { effect: "deny", during: { from: "08:00", to: "09:00" }, reason },
  { effect: "review", when: { "!": early }, reason },
  { effect: "review", when: { ">": [{ var: "score.ppm" }, 400_000] }, reason },
  {
    effect: "deny",
    when: { "==": [{ var: "context.action" }, "mens"] },
    onMissing: "skip",
    reason,
  },
];
/** What only actions have. */
const OF_ACTIONS: typeof RULES = [
  { effect: "prioritise", by: 5, when: early, reason },
  { effect: "prioritise", by: 5, reason },
];
/** What only bids have. */
const OF_BIDS: typeof RULES = [
  { effect: "cap", to: { "-": [480_000, perMinute] }, reason },
  { effect: "cap", to: 300, reason },
  { effect: "adjust", byPermille: 500, reason },
];
const KINDS = [
  { on: "action", use: ACTION, rules: [...RULES, ...OF_ACTIONS] },
  { on: "bid", use: BID, rules: [...RULES, ...OF_BIDS] },
] as const;

async function endOf(policies: PolicySet, use: ModelUse): Promise<string> {
  const score = ({ action }: { readonly action: string | null }) =>
    action === "none" ? 0.1 : 0.5;
  const world = worldOf({
    scores: scoresOf(scorerOf(use, { score })),
    policies: () => policies,
    clock: { now: () => AT },
  });
  return (await decideIn(world, REQUEST)).validUntil;
}

Deno.test("where no rule asks for the moment, judging again at the next says the same", async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KINDS).chain(({ on, use, rules }) =>
        fc.subarray([...rules.entries()], { maxLength: 3 })
          .map((chosen) => ({ on, use, chosen }))
      ),
      async ({ on, use, chosen }) => {
        const policies = compilePolicySet(
          chosen.map(([place, rule]) =>
            policyOf({ id: `rule_${place}`, ...rule }, [on])
          ),
        );
        const end = await endOf(policies, use);
        const asked = { ...policies, readsTime: () => true };
        assert.equal(end, await endOf(asked, use));
        ends.add(`${on} ${end}`);
      },
    ),
    { numRuns: 200 },
  );
  for (const { on } of KINDS) assert.ok(ends.has(`${on} ${EIGHT}`));
});
