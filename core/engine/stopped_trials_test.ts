/**
 * A trial that went ill is known of after it is over.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createStoppedTrials } from "./stopped_trials.ts";

Deno.test("the last trial of each model that went ill is told, as of when that was first seen", () => {
  let now = "2026-11-01T00:00:00.000Z";
  const stops = createStoppedTrials({ now: () => now });
  const stage = {
    ...{ tenant: "acme", name: "bidder", change: "chg_1", cycle: 1 },
    stage: "canary",
  } as const;
  stops.note(stage);
  now = "2026-11-01T00:00:05.000Z";
  stops.note(stage);
  stops.note({ ...stage, tenant: "other" });
  const told = () => stops.list().map(({ tenant, at }) => [tenant, at]);
  assert.deepEqual(told(), [
    ["acme", "2026-11-01T00:00:00.000Z"],
    ["other", now],
  ]);
  now = "2026-11-02T00:00:00.000Z";
  stops.note({ ...stage, cycle: 2 });
  assert.deepEqual(told()[0], ["acme", now]);
});
