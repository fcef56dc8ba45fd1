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
