/**
 * Destinations as plans see them: what a connector throws, and what it leaves out.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Connector, EngineError, type Lent } from "@moe/plugin";
import { openDestination } from "./destination.ts";

type Side = NonNullable<Connector["destination"]>;

function open(side: Partial<Side> | null) {
  const connector: Connector = {
    ...{ name: "map", apiVersion: 1, about: "a map" },
    ...{ secrets: [], hosts: [], emits: [], restatesDays: 0 },
    config: { parse: (value) => value },
    ...(side && {
      destination: {
        read: () => Promise.resolve([]),
        write: () => Promise.resolve(),
        ...side,
      },
    }),
  };
  const lend = () => ({ now: "2026-04-02T09:00:00.000Z" }) as Lent<unknown>;
  return openDestination(connector, { account: "a-1" }, lend);
}

const CHANGE = { id: "c-1", settings: [] };

Deno.test("openDestination() refuses a connector that only reads", () => {
  assert.throws(() => open(null), { code: "configuration_invalid" });
});

Deno.test.each([
  { note: "at once", write: () => assert.fail("ann@example.com") },
  {
    note: "later",
    write: () => Promise.reject(new TypeError("ann@example.com")),
  },
])(
  "openDestination() names what a connector throws $note, and not its words",
  async ({ write }) => {
    await assert.rejects(
      async () => await open({ write }).write(CHANGE),
      (error) =>
        error instanceof EngineError && error.code === "connector_failed" &&
        !error.message.includes("ann@"),
    );
  },
);

Deno.test("openDestination() passes on the failure that a connector named", async () => {
  const failure = new EngineError("source_throttled", "Cannot write: too fast");
  const write = () => Promise.reject(failure);
  await assert.rejects(open({ write }).write(CHANGE), failure);
});

Deno.test("openDestination() lends the configuration, and takes a micro for a unit", async () => {
  const rate = { batch: 7, pauseMs: 100 };
  const held = open({ rate });
  assert.equal(await held.unit?.(), 1n);
  assert.deepEqual(held.rate, rate);
  const unit = (scope: Lent<unknown>) => {
    assert.deepEqual(scope.config, { account: "a-1" });
    return Promise.resolve(10_000n);
  };
  assert.equal(await open({ unit }).unit?.(), 10_000n);
});
