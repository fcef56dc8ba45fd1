/**
 * What comes of a decision is part of its chain, once, and does not get in the way of
 * those who read decisions.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionOutcome } from "../../../domain/log_record.ts";
import { readRecordsSince } from "../../policy_replay/replay_policies.ts";
import { createDecisions } from "../../decisions.ts";
import { decideIn, REQUEST, worldOf } from "../../memory_ports_test.ts";

const OUTCOME: DecisionOutcome = {
  id: "order-1",
  decision: "dec_1",
  at: "2026-01-31T10:00:00.000Z",
  kind: "conversion",
  value: null,
  money: { micros: "25000000", currency: "EUR" },
};

function told(change: Partial<DecisionOutcome> = {}) {
  return { outcome: { ...OUTCOME, ...change }, by: "shop" };
}

async function decided() {
  const world = worldOf();
  await decideIn(world, REQUEST);
  return { world, decisions: createDecisions(world) };
}

Deno.test("an outcome is a record of the chain, found by its decision and its entities", async () => {
  const { world, decisions } = await decided();
  assert.equal(await decisions.outcomes.tell("acme", told()), true);
  assert.deepEqual(await decisions.outcomes.of("acme", ["dec_1"]), [OUTCOME]);
  assert.deepEqual(await decisions.outcomes.of("acme", ["dec_2"]), []);
  const about = await world.log.search("acme", {
    ...{ entities: ["subject:u-1"], limit: 10 },
  });
  assert.deepEqual(about.map(({ kind }) => kind), ["decision", "outcome"]);
  const verified = await decisions.verify("acme");
  assert.ok(verified.sound && verified.rows === 2);
});

Deno.test("however outcomes are told, each counts once", async () => {
  const id = fc.constantFrom("a", "b", "c");
  await fc.assert(fc.asyncProperty(fc.array(id), async (ids) => {
    const { decisions } = await decided();
    const known = new Set<string>();
    for (const id of ids) {
      const isNew = await decisions.outcomes.tell("acme", told({ id }));
      assert.equal(isNew, !known.has(id));
      known.add(id);
    }
    const kept = await decisions.outcomes.of("acme", ["dec_1"]);
    assert.deepEqual(kept.map(({ id }) => id), [...known]);
  }));
});

Deno.test("an outcome whose answer was forgotten is still not kept twice", async () => {
  const { world, decisions } = await decided();
  await decisions.outcomes.tell("acme", told());
  const find = () => Promise.resolve(null);
  const later = createDecisions({ ...world, idempotency: { find } });
  world.log.forget();
  assert.equal(await later.outcomes.tell("acme", told()), false);
  await assert.rejects(later.outcomes.tell("acme", told({ kind: "visit" })), {
    code: "idempotency_key_reused",
  });
  assert.equal(world.log.rows.length, 2);
});

Deno.test("an outcome told otherwise is refused, and so is one of no decision", async () => {
  const { decisions } = await decided();
  await decisions.outcomes.tell("acme", told());
  await assert.rejects(decisions.outcomes.tell("acme", told({ value: "2" })), {
    code: "idempotency_key_reused",
  });
  const [first] = await decisions.outcomes.of("acme", ["dec_1"]);
  assert.equal(first?.value, null);
  await assert.rejects(
    decisions.outcomes.tell("acme", told({ decision: "dec_9" })),
    { code: "not_found" },
  );
});

Deno.test("the same id at two decisions is two outcomes", async () => {
  const { world, decisions } = await decided();
  await decideIn({ ...world, ids: { next: () => "dec_2" } }, REQUEST);
  await decisions.outcomes.tell("acme", told());
  await decisions.outcomes.tell("acme", told({ decision: "dec_2" }));
  const both = await decisions.outcomes.of("acme", ["dec_1", "dec_2"]);
  assert.deepEqual(both.map(({ decision }) => decision), ["dec_1", "dec_2"]);
});

Deno.test("who reads decisions passes over what is none", async () => {
  const { world, decisions } = await decided();
  await decisions.outcomes.tell("acme", told());
  const since = "2026-01-01T00:00:00.000Z";
  const pages = await Array.fromAsync(
    readRecordsSince(world.log, { tenant: "acme", since }),
  );
  assert.equal(pages.flat().length, 1);
  const { id = "" } = world.log.rows[1] ?? {};
  assert.equal(await decisions.find("acme", id), null);
  await assert.rejects(decisions.replay("acme", id), { code: "not_found" });
});

Deno.test("what cannot be opened is passed over, and says so when asked for", async () => {
  const { world, decisions } = await decided();
  const [row] = world.log.rows;
  assert.ok(row);
  const at = row.at;
  const record =
    `{"at":"${at}","id":"dec_1","kind":"sealed","of":"decision","tenant":"acme","v":2}`;
  world.log.rows[0] = { ...row, record };
  await assert.rejects(decisions.find("acme", "dec_1"), {
    code: "record_erased",
  });
  await assert.rejects(decisions.outcomes.tell("acme", told()), {
    code: "record_erased",
  });
  const [found] = await decisions.many.search("acme", {
    ...{ entities: ["subject:u-1"], limit: 10, masked: true },
  });
  assert.equal(found?.record, null);
});
