/**
 * The spool as Prometheus reads it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { type LogStanding, registerSpool } from "./spool.ts";

async function print(standing: LogStanding | null): Promise<string> {
  const registry = new Registry();
  registerSpool(registry, {
    clock: { now: () => "2026-03-01T00:00:30.000Z" },
    ...{ spooled: () => standing, turnedAway: () => 2 },
  });
  await registry.metrics();
  return await registry.metrics();
}

Deno.test("what waits, how old it is, and what is missing are told, however often they are asked", async () => {
  const text = await print({
    ...{ waiting: 3, oldestAt: "2026-03-01T00:00:10.000Z", bytes: 4096 },
    ...{ maxBytes: 8192, gaps: { damaged: 5, refused: 1 } },
  });
  const values = text.split("\n").filter((line) => /^moe/.test(line));
  assert.deepEqual(values, [
    "moe_log_spooled 3",
    "moe_log_spooled_oldest_seconds 20",
    "moe_log_spool_bytes 4096",
    "moe_log_spool_limit_bytes 8192",
    "moe_log_shed_total 2",
    'moe_log_gaps_total{reason="damaged"} 5',
    'moe_log_gaps_total{reason="unreadable"} 0',
    'moe_log_gaps_total{reason="refused"} 1',
  ]);
});

Deno.test("without a spool nothing waits and nothing is missing, and decisions may be turned away", async () => {
  const told = (await print(null)).match(/^moe_\S+ [^0].*/gm);
  assert.deepEqual(told, ["moe_log_shed_total 2"]);
});
