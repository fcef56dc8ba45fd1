/**
 * Terms that contradict themselves are refused, and names of bids are read as printed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  boundsFor,
  type BudgetTerms,
  parseBidName,
  printBidName,
} from "./budget.ts";
import { checkTerms } from "./budget_terms.ts";

const TERMS: BudgetTerms = {
  id: "spring",
  currency: "EUR",
  capMicros: 1000,
  dayCapMicros: 100,
  from: "2026-01-01T00:00:00.000Z",
  until: "2026-01-02T00:00:00.000Z",
  zone: "Europe/Berlin",
  paysFor: ["campaign:c-1"],
  objective: "value",
  target: null,
  bids: { leastMicros: 0, mostMicros: 50 },
  bidsOf: { "campaign:c-1": { leastMicros: 5, mostMicros: 50 } },
  startMultiplier: 2,
  mode: "pace",
  notices: { lostAfterSeconds: null, lifeSeconds: 60 },
  plan: null,
  closedAt: null,
};

Deno.test("terms that make sense are let in", () => {
  checkTerms(TERMS);
  const cpa = { kind: "cpa", costMicros: 5, withinHours: 1 } as const;
  checkTerms({ ...TERMS, objective: "outcomes", target: cpa });
});

Deno.test.each<
  { note: string; field: string; given: Partial<BudgetTerms> }
>([
  { note: "an id with a dot", field: "id", given: { id: "a.b" } },
  {
    note: "a cap that is no whole number",
    field: "cap_micros",
    given: { capMicros: 1.5 },
  },
  {
    note: "a day cap below nothing",
    field: "day_cap_micros",
    given: { dayCapMicros: -1 },
  },
  {
    note: "an end before the beginning",
    field: "until",
    given: { until: TERMS.from },
  },
  {
    note: "a flight of more than two years",
    field: "until",
    given: { until: "2028-01-04T00:00:00.000Z" },
  },
  { note: "an unknown zone", field: "zone", given: { zone: "Mars/Base" } },
  { note: "nothing to pay for", field: "pays_for", given: { paysFor: [] } },
  {
    note: "a cost per outcome where money is counted",
    field: "target",
    given: { target: { kind: "cpa", costMicros: 5, withinHours: 1 } },
  },
  {
    note: "a return on spend where outcomes are counted",
    field: "target",
    given: {
      objective: "outcomes",
      target: {
        ...{ kind: "roas", returnPermille: 1, outcomeValueMicros: 1 },
        withinHours: 1,
      },
    },
  },
  {
    note: "bids that live shorter than their decisions",
    field: "notices.life_seconds",
    given: { notices: { lostAfterSeconds: null, lifeSeconds: 59 } },
  },
  {
    note: "a multiplier of nothing",
    field: "start_multiplier",
    given: { startMultiplier: 0 },
  },
  {
    note: "a least above the most",
    field: "bids",
    given: { bids: { leastMicros: 51, mostMicros: 50 } },
  },
  {
    note: "an entity's most above that of all",
    field: "bids_of.ad:a",
    given: { bidsOf: { "ad:a": { leastMicros: 0, mostMicros: 51 } } },
  },
])(
  "terms with $note are refused, and the field is named",
  ({ given, field }) => {
    assert.throws(() => checkTerms({ ...TERMS, ...given }), {
      code: "request_invalid",
      message: /^Cannot keep budget "/,
      facts: { budget: given.id ?? TERMS.id, field },
    });
  },
);

Deno.test("bounds are those of the narrowest entity that has any", () => {
  const channel = { leastMicros: 1, mostMicros: 2 };
  const terms = {
    ...TERMS,
    bidsOf: { ...TERMS.bidsOf, "channel:x": channel },
  };
  assert.equal(boundsFor(terms, { channel: "x", campaign: "c-2" }), channel);
  assert.deepEqual(
    boundsFor(terms, { channel: "x", campaign: "c-1" }),
    TERMS.bidsOf["campaign:c-1"],
  );
  assert.equal(boundsFor(terms, { campaign: "constructor" }), TERMS.bids);
});

Deno.test("a bid's name is read back as it was printed, and nothing else is", () => {
  const part = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,40}$/);
  fc.assert(
    fc.property(part, part, fc.nat(), (budget, slice, number) => {
      const name = { budget, slice, number };
      assert.deepEqual(parseBidName(printBidName(name)), name);
    }),
  );
  for (
    const text of ["", "a.b", "a.b.c", "a.b.01", "a.b.-1", "a..1", "1.b.2"]
  ) {
    assert.equal(parseBidName(text), null, text);
  }
});
