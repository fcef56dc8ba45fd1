/**
 * What kill switches stop beside decisions.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  covers,
  findSwitchFault,
  isStopped,
  type Operation,
} from "./kill_switch.ts";
import type { SwitchScope } from "./verdict.ts";

const name = fc.option(fc.constantFrom("a", "b"), { nil: undefined });
const scope = fc.record({
  ...{ tenant: name, channel: name, campaign: name, model: name },
  ...{ policies: name, connector: name },
  act: fc.option(fc.constant("apply" as const), { nil: undefined }),
}).map((stops) =>
  Object.fromEntries(
    Object.entries(stops).filter(([, of]) => of !== undefined),
  ) as SwitchScope
).filter((stops) => findSwitchFault(stops) === null);
const operation: fc.Arbitrary<Operation> = fc.record({
  act: fc.constantFrom("apply", "connect"),
  connector: fc.constantFrom("a", "b"),
});

Deno.test("a switch that covers another stops all that it stops", () => {
  fc.assert(fc.property(
    ...[scope, scope, fc.constantFrom("a", "b", "c"), operation],
    (wide, narrow, tenant, asked) => {
      if (
        !covers(wide, narrow) || !isStopped({ stops: narrow }, tenant, asked)
      ) {
        return;
      }
      assert.ok(isStopped({ stops: wide }, tenant, asked));
    },
  ));
});

Deno.test("covers() is an order: a switch covers itself, and what those cover that it covers", () => {
  fc.assert(fc.property(scope, scope, scope, (a, b, c) => {
    assert.ok(covers(a, a));
    if (covers(a, b) && covers(b, c)) assert.ok(covers(a, c));
  }));
});

Deno.test("a switch stops what its kind says, and nothing of another", () => {
  const stopped = (stops: SwitchScope) =>
    (["apply", "connect"] as const).flatMap((act) =>
      ["ads", "mail"].filter((connector) =>
        isStopped({ stops }, "acme", { act, connector })
      ).map((connector) => `${act} ${connector}`)
    );
  const writing = ["apply ads", "apply mail"];
  assert.deepEqual(stopped({}), writing);
  assert.deepEqual(stopped({ tenant: "acme" }), writing);
  assert.deepEqual(stopped({ tenant: "blue" }), []);
  assert.deepEqual(stopped({ channel: "tv" }), []);
  assert.deepEqual(stopped({ act: "apply" }), writing);
  assert.deepEqual(stopped({ act: "apply", connector: "ads" }), ["apply ads"]);
  assert.deepEqual(stopped({ connector: "ads" }), ["apply ads", "connect ads"]);
  assert.deepEqual(stopped({ connector: "ads", tenant: "blue" }), []);
});

Deno.test("names that do not go together are refused", () => {
  const faults: readonly (readonly [object, RegExp])[] = [
    [{ planet: "mars" }, /^it stops by tenant, channel/],
    [{ act: "rollback" }, /^act is "apply"$/],
    [{ act: "apply", channel: "tv" }, /go with tenant alone$/],
    [{ connector: "ads", model: "m" }, /go with tenant alone$/],
  ];
  for (const [stops, fault] of faults) {
    assert.match(findSwitchFault(stops as SwitchScope) ?? "", fault);
  }
  assert.equal(findSwitchFault({ connector: "ads", act: "apply" }), null);
});
