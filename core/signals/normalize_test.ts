/**
 * Checks of what plugins emit.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CLOCK,
  event,
  PSEUDONYMS,
  total,
} from "../../tests/ingest/memory_signals.ts";
import { mapRecords } from "../../plugins/contract.ts";
import { normalize } from "./normalize.ts";

const ORIGIN = {
  source: "src",
  emits: ["performance", "event"],
  observedAt: CLOCK.now(),
  settlesDays: 0,
  pseudonyms: PSEUDONYMS,
};

Deno.test("normalize() never throws, and loses nothing that it is given", () => {
  const good = fc.constantFrom(total("c-1", 1n), event("e-1"));
  const broken = fc.tuple(good, fc.anything(), fc.nat(12)).map(
    ([signal, value, at]) => {
      const members = Object.keys(signal);
      return { ...signal, [members[at % members.length] ?? ""]: value };
    },
  );
  const emitted = fc.array(fc.oneof(good, broken, fc.anything()));
  fc.assert(
    fc.property(emitted, fc.array(fc.anything()), (signals, rejects) => {
      const { performance, events, rejects: kept } = normalize(ORIGIN, {
        signals,
        rejects,
      });
      assert.equal(
        performance.length + events.length + kept.length,
        signals.length + rejects.length,
      );
      for (const { reason, detail, original } of kept) {
        assert.match(reason, /^[a-z][a-z0-9_]*$/);
        for (const text of [detail, original]) {
          assert.ok(text.isWellFormed() && !text.includes("\0"));
        }
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("normalize() says of each reject which record it was, whoever refused it", () => {
  const types = ["Seen", "?", "x".repeat(101), "Seen", "?", "x".repeat(101)];
  const mapped = mapRecords(types, (type) => {
    if (type === "?") throw new TypeError("no type");
    return [{ ...event("e-1"), type: String(type) }];
  });
  const { rejects } = normalize(ORIGIN, mapped);
  assert.deepEqual(
    rejects.map(({ index, reason }) => [index, reason]),
    [
      [1, "record_malformed"],
      [4, "record_malformed"],
      [2, "type_invalid"],
      [5, "type_invalid"],
    ],
  );
  const { rejects: [alone] } = normalize(ORIGIN, {
    signals: [{ ...event("e-1"), type: "" }],
    rejects: [],
  });
  assert.ok(alone && !("index" in alone));
});

Deno.test("normalize() keeps only the members that a signal has", () => {
  const { performance, events } = normalize(ORIGIN, {
    signals: [
      { ...total("c-1", 1n), token: "s3cret" },
      { ...event("e-1"), token: "s3cret" },
    ],
    rejects: [],
  });
  assert.deepEqual(performance[0]?.signal, total("c-1", 1n));
  assert.deepEqual(events, [event("e-1")]);
});

Deno.test("normalize() gives equal rows equal keys, whatever their order of members", () => {
  const one = total("c-1", 1n);
  const two = Object.fromEntries(Object.entries(one).toReversed());
  const { performance: [a, b] } = normalize(ORIGIN, {
    signals: [one, two],
    rejects: [],
  });
  assert.equal(a?.rowKey, b?.rowKey);
  assert.equal(a?.contentHash, b?.contentHash);
});

Deno.test.each([
  { note: "no reason", reject: { detail: "d", original: "o" } },
  { note: "a sentence as reason", reject: { reason: "Is Bad!" } },
  { note: "nothing", reject: null },
])("normalize() keeps a reject with $note as unknown", ({ reject }) => {
  const { rejects } = normalize(ORIGIN, { signals: [], rejects: [reject] });
  assert.equal(rejects[0]?.reason, "unknown");
});

Deno.test("normalize() keeps no identifier of a reject, in whatever member", () => {
  const jane = "jane@example.com";
  const { rejects: [reject] } = normalize(ORIGIN, {
    signals: [],
    rejects: [{
      reason: "number_invalid",
      detail: `column 3: ${jane}`,
      original: `7;${jane};491715550123`,
      context: JSON.stringify({ columns: ["id", "mail", "phone"], row: jane }),
    }],
  });
  const phone = PSEUDONYMS.of("phone", "+49 171 5550123");
  const email = PSEUDONYMS.of("email", jane);
  assert.equal(reject?.detail, `column 3: ${email}`);
  assert.equal(reject?.original, `7;${email};${phone}`);
  assert.ok(!reject?.context?.includes(jane));
});

Deno.test("normalize() keeps an account's id, and no person's in any other", () => {
  const campaign = "for jane@example.com, 203.0.113.7";
  const entities = { account: "123-456-7890", campaign };
  const { performance } = normalize(ORIGIN, {
    signals: [{ ...total("c", 1n), entities, record: "row:jane@example.com" }],
    rejects: [],
  });
  const email = PSEUDONYMS.of("email", "jane@example.com");
  const ip = PSEUDONYMS.of("ip", "203.0.113.7");
  const { signal } = performance[0] ?? {};
  assert.deepEqual(signal?.entities, {
    account: "123-456-7890",
    campaign: `for ${email}, ${ip}`,
  });
  assert.equal(signal?.record, `row:${email}`);
});

Deno.test("normalize() keeps an id an id, however many people are in it", () => {
  const subject = "a@b.co ".repeat(28).trim();
  const { events } = normalize(ORIGIN, {
    signals: [{ ...event("e-1"), entities: { subject } }],
    rejects: [],
  });
  assert.match(events[0]?.entities.subject ?? "", /^email_[0-9a-f]{32}$/);
});
