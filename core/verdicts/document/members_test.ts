/**
 * Which members a rule of each effect takes, and how its author is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EFFECTS } from "../../domain/verdict.ts";
import { BUDGET, contentOf, save } from "./file_sketch_test.ts";
import { MEMBERS, OF_EFFECTS } from "./members.ts";

const BID = { var: "amount.micros" };

Deno.test.each<{ note: string; content: object; says: RegExp }>([
  {
    note: "prioritise without a number",
    content: contentOf({ effect: "prioritise" }, { on: ["action"] }),
    says: /effect "prioritise" needs "by"/,
  },
  {
    note: "prioritise for bids",
    content: contentOf({ effect: "prioritise", by: 5 }),
    says: /effect "prioritise" is not for "bid" decisions/,
  },
  {
    note: "limit without a window",
    content: contentOf({ effect: "limit", most: 2 }),
    says: /effect "limit" needs "within"/,
  },
  {
    note: "limit for budgets",
    content: contentOf({ effect: "limit", most: 2, within: "24h" }, BUDGET),
    says: /effect "limit" is not for "budget"/,
  },
  {
    note: "limit of micros for actions",
    content: contentOf({
      effect: "limit",
      most: 2,
      within: "24h",
      of: "micros",
    }, {
      on: ["bid", "action"],
    }),
    says: /a limit of micros is for "bid"/,
  },
  {
    note: "review with a bound",
    content: contentOf({ effect: "review", to: 5 }),
    says: /effect "review" takes no "to"/,
  },
  {
    note: "a window of deny",
    content: contentOf({ within: "24h" }),
    says: /effect "deny" takes no "within"/,
  },
  {
    note: "two bounds",
    content: contentOf({
      ...{ effect: "cap", over: { channel: "search" }, to: 5, toPermille: 5 },
    }, BUDGET),
    says: /two bounds/,
  },
  {
    note: "a share of nothing",
    content: contentOf({ effect: "cap", toPermille: 500 }, BUDGET),
    says: /needs a group in "over"/,
  },
  {
    note: "a sum of bids",
    content: contentOf({ effect: "cap", over: { channel: "search" }, to: 5 }),
    says: /"over" is for "budget" decisions only/,
  },
  {
    note: "a sum that reads one budget",
    content: contentOf({
      ...{ effect: "cap", over: { channel: "search" }, to: 5 },
      when: { ">": [BID, 5] },
    }, BUDGET),
    says: /is of the plan as a whole and reads .* only, not "amount\.micros"/,
  },
  {
    note: "a sum over a list that nobody knows",
    content: contentOf({
      ...{ effect: "cap", to: 5, over: { campaigns: { list: "brand" } } },
    }, BUDGET),
    says: /at rules\[0\]\.over\.campaigns: list "brand" is unknown/,
  },
  {
    note: "a schedule of no time",
    content: contentOf({ during: { from: "08:00", to: "08:00" } }),
    says: /at rules\[0\]\.during: from 08:00 to 08:00 is no time/,
  },
  {
    note: "a schedule that says nothing",
    content: contentOf({ during: {} }),
    says: /it is empty/,
  },
  {
    note: "a schedule that ends as it begins",
    content: contentOf({ during: { to: "00:00" } }),
    says: /needs "from"/,
  },
  {
    note: "a calendar that nobody knows",
    content: contentOf({ during: { dates: { list: "holydays" } } }),
    says: /at rules\[0\]\.during.*: list "holydays" is unknown/,
  },
])("a policy does not load with $note", ({ content, says }) => {
  assert.throws(() => save(content), { code: "policy_invalid", message: says });
});

/** A sound value of each member. */
const VALUES = {
  ...{ to: 5, over: { channel: "search" }, toPermille: 5, byPermille: 900 },
  ...{ by: 5, most: 5, of: "decisions", per: ["subject"], within: "24h" },
};

Deno.test("an effect takes its own members and no others", () => {
  for (const effect of EFFECTS) {
    const { needs, takes, on = ["bid"] } = MEMBERS[effect];
    const needed = needs.length === 0 && takes.includes("to") ? ["to"] : needs;
    const rule = Object.fromEntries(
      Object.entries(VALUES).filter(([name]) => needed.includes(name as never)),
    );
    const own = on.slice(0, 1);
    save(contentOf({ effect, ...rule }, { on: own }));
    for (const name of OF_EFFECTS) {
      const value = VALUES[name as keyof typeof VALUES];
      const isOwn = needs.includes(name) || takes.includes(name);
      if (isOwn) continue;
      const more = contentOf({ effect, ...rule, [name]: value }, { on: own });
      assert.throws(() => save(more), {
        message: new RegExp(`effect "${effect}" takes no "${name}"`),
      });
    }
  }
});
