/**
 * What is told of breakers and load is what they are when it is asked.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import type { DependencyListener } from "../../ports/dependencies.ts";
import { createLoadGate } from "./load_gate.ts";
import { registerDependencies } from "./dependency_metrics.ts";

Deno.test("breakers, uses and load are told as they are", async () => {
  const registry = new Registry();
  const gate = createLoadGate();
  const listeners: DependencyListener[] = [];
  let state: "closed" | "open" = "closed";
  registerDependencies(registry, {
    guards: {
      states: () => [{ dependency: "kv", state }],
      onUse: (listener) => void listeners.push(listener),
    },
  }, gate.standing);
  const lines = async () => (await registry.metrics()).split("\n");
  for (let time = 0; time < 9; time++) {
    try {
      gate.enter("plan");
    } catch {
      continue;
    }
  }
  listeners[0]?.("postgres", "late", 1.5);
  assert.ok((await lines()).includes('moe_breaker_state{dependency="kv"} 0'));
  state = "open";
  const told = await lines();
  for (
    const line of [
      'moe_breaker_state{dependency="kv"} 2',
      'moe_dependency_seconds_count{dependency="postgres",outcome="late"} 1',
      "moe_requests_in_flight 8",
      "moe_requests_in_flight_limit 256",
      "moe_requests_shed_total 1",
    ]
  ) assert.ok(told.includes(line), `${line} in ${told.join("\n")}`);
});
