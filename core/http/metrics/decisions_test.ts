/**
 * Decisions and falls, by few labels.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { registerDecisions } from "./decisions.ts";

Deno.test("causes of falls that are sentences are one", async () => {
  const registry = new Registry();
  const { decision } = registerDecisions(registry);
  const falls = [
    "deadline",
    "breaker_open:postgres",
    "features: rebuilding",
    "limits: late:kv",
    "store_unavailable",
    'Cannot use model "a": it has no champion',
    'Cannot use model "b": it has no champion',
  ].map((cause) => ({ cause }));
  decision("static_rule", falls);
  decision("champion");
  const lines = (await registry.metrics()).split("\n");
  const told = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}{`))
      .map((line) => line.slice(name.length));
  assert.deepEqual(told("moe_decisions_total"), [
    '{rung="static_rule"} 1',
    '{rung="champion"} 1',
  ]);
  assert.deepEqual(told("moe_falls_total"), [
    '{cause="deadline"} 1',
    '{cause="breaker_open:postgres"} 1',
    '{cause="features: rebuilding"} 1',
    '{cause="limits: late:kv"} 1',
    '{cause="store_unavailable"} 1',
    '{cause="other"} 2',
  ]);
});
