/**
 * Kill switches: they stop what they name, and what might be it.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { SwitchScope } from "../../domain/verdict.ts";
import { compilePolicySet } from "./policy_set.ts";

const MEMBERS = ["tenant", "channel", "account", "campaign", "model"] as const;

function stop(
  stops: SwitchScope,
  { tenant = "acme", channel = null, ...context }: {
    readonly tenant?: string;
    readonly channel?: string | null;
    readonly campaign?: string | null;
    readonly account?: string | null;
    readonly model?: string | null;
  } = {},
) {
  const set = compilePolicySet([], {
    switches: [{ id: "halt", stops, reason: "Halted" }],
  });
  const facts = { context: { channel, ...context } };
  return set.judge("bid", facts, { tenant, channel, amountMicros: 100 });
}

Deno.test("an empty switch stops everything", () => {
  const { allowed, amountMicros, applied } = stop({});
  assert.deepEqual([allowed, amountMicros], [false, null]);
  assert.deepEqual(applied, [{
    rule: "switch@1/halt",
    effect: "deny",
    missing: false,
    beforeMicros: null,
    afterMicros: null,
    reason: "Halted",
  }]);
});

Deno.test("a switch whose scope is not known is in doubt, and stops", () => {
  const scope = { campaign: "c-1", channel: "email" };
  const { allowed, applied } = stop(scope, { campaign: "c-1" });
  assert.equal(allowed, false);
  assert.equal(applied[0]?.missing, true);
  assert.equal(applied[0]?.reason, "Halted (missing context.channel)");
  assert.equal(stop(scope, { campaign: "c-2" }).allowed, true);
});

Deno.test("a switch stops exactly what matches, or might match, all its members", () => {
  const name = fc.constantFrom("x", "y");
  const scope = fc.record(
    Object.fromEntries(MEMBERS.map((member) => [member, name])),
    { requiredKeys: [] },
  );
  const known = fc.record({
    tenant: name,
    channel: fc.option(name),
    account: fc.option(name),
    campaign: fc.option(name),
    model: fc.option(name),
  });
  fc.assert(fc.property(scope, known, (stops, given) => {
    const mayMatch = MEMBERS.every((member) =>
      stops[member] === undefined || given[member] === null ||
      given[member] === stops[member]
    );
    assert.equal(stop(stops, given).allowed, !mayMatch);
  }));
});

Deno.test("bounds() are denied by a switch too", () => {
  const set = compilePolicySet([], {
    switches: [{ id: "halt", stops: { channel: "email" }, reason: "Halted" }],
  });
  const bounds = (channel: string) =>
    set.bounds("budget", {}, { tenant: "acme", channel });
  assert.equal(bounds("email").denied, true);
  assert.equal(bounds("email").applied[0]?.rule, "switch@1/halt");
  assert.equal(bounds("search").denied, false);
});
