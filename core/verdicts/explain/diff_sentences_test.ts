/**
 * What changes is said, before → after, and nothing else is.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  Logic,
  PolicyDocument,
  PolicyList,
  Switch,
} from "../../domain/verdict.ts";
import { policy, type RuleSketch } from "../judge/sketch_test.ts";
import { type Policies, sayDifference } from "./diff_sentences.ts";

const WEEK: Logic = { var: "constraints.contactsWeek" };
const SMS: Logic = { "==": [{ var: "context.channel" }, "sms"] };
const SIX: RuleSketch = { effect: "deny", when: { ">=": [WEEK, 6] } };

function set(
  documents: readonly PolicyDocument[],
  beside: Partial<Policies> = {},
): Policies {
  return { documents, lists: [], switches: [], ...beside };
}

const LIST: PolicyList = {
  list: "stopped",
  version: 1,
  owner: "test",
  about: "test",
  items: ["a", "b"],
};
const SWITCH: Switch = {
  id: "halt",
  stops: { channel: "sms" },
  reason: "Complaints",
};

interface Sample {
  readonly note: string;
  readonly before: Policies;
  readonly after: Policies;
  readonly want: readonly string[];
}

function rules(
  note: string,
  [before, after]: readonly [readonly RuleSketch[], readonly RuleSketch[]],
  want: readonly string[],
): Sample {
  return {
    note,
    before: set([policy(before)]),
    after: set([policy(after)]),
    want,
  };
}

Deno.test.each<Sample>([
  rules("a threshold", [[SIX], [{ ...SIX, when: { ">=": [WEEK, 4] } }]], [
    "sketch/r0: “the number of contacts in the last 7 days is at least 6” becomes “the number of contacts in the last 7 days is at least 4”",
  ]),
  rules("a condition added", [[SIX], [{
    ...SIX,
    when: { and: [{ ">=": [WEEK, 6] }, SMS] },
  }]], ["sketch/r0: now asks that “the channel is sms”"]),
  rules("an effect, a schedule and a reason", [[SIX], [{
    ...SIX,
    effect: "review",
    during: { from: "21:00", to: "08:00" },
    reason: "People sleep",
  }]], [
    "sketch/r0: schedule “between 21:00 and 08:00” is added",
    "sketch/r0: “a bid is refused” becomes “a bid needs a person's agreement first”",
    "sketch/r0: reason “because” becomes “People sleep”",
  ]),
  rules("what doubt does", [[SIX], [{ ...SIX, onMissing: "skip" }]], [
    "sketch/r0: doubt “in doubt a bid is refused” becomes “in doubt a bid is left as if there were no such rule”",
  ]),
  rules("a rule added and one removed", [[{ ...SIX, id: "old" }], [{
    effect: "cap",
    to: 1_000_000,
    id: "new",
  }]], [
    "sketch/old is removed: If the number of contacts in the last 7 days is at least 6, a bid is refused: because. In doubt a bid is refused.",
    "sketch/new is added: A bid is lowered to at most 1.00: because.",
  ]),
  rules("the order of rules", [
    [{ effect: "deny", id: "a" }, { effect: "deny", id: "b" }],
    [{ effect: "deny", id: "b" }, { effect: "deny", id: "a" }],
  ], ["sketch: rules stand in the order b, a"]),
  rules("another notation", [[SIX], [{ ...SIX, when: { "<=": [6, WEEK] } }]], [
    "sketch/r0: is written otherwise, and reads the same",
  ]),
  {
    note: "the head of a policy",
    before: set([policy([SIX])]),
    after: set([policy([SIX], { version: 3, owner: "privacy" })]),
    want: [
      "sketch: version 2 becomes 3",
      "sketch: owner test becomes privacy",
    ],
  },
  {
    note: "policies, lists and switches",
    before: set([policy([SIX])], { lists: [LIST], switches: [SWITCH] }),
    after: set([policy([{ effect: "deny" }], { policy: "other" })], {
      lists: [{ ...LIST, version: 2, items: ["b", "c"] }],
    }),
    want: [
      "policy sketch is removed",
      "policy other is added. Speaks of bids.",
      "other/r0 is added: A bid is refused: because.",
      "list stopped: version 1 becomes 2",
      "list stopped: gains c",
      "list stopped: loses a",
      "switch halt is off: it stopped channel sms",
    ],
  },
])("sayDifference() says $note", ({ before, after, want }) => {
  assert.deepEqual(sayDifference(before, after), want);
});

const micros = fc.integer({ min: 0, max: 3 });
const sketches = fc.array(
  fc.oneof(
    fc.record({ effect: fc.constant("cap" as const), to: micros }),
    fc.tuple(micros, fc.constantFrom("<", ">"))
      .map(([least, how]): RuleSketch => ({
        effect: "deny",
        when: { [how]: [WEEK, least] },
      })),
  ),
  { minLength: 1, maxLength: 3 },
);

Deno.test("sayDifference() is silent exactly where nothing differs", () => {
  fc.assert(fc.property(sketches, sketches, (before, after) => {
    const [old, now] = [before, after].map((rules) => set([policy(rules)]));
    const said = sayDifference(old ?? set([]), now ?? set([]));
    const same = JSON.stringify(old) === JSON.stringify(now);
    assert.equal(said.length === 0, same);
  }));
});
