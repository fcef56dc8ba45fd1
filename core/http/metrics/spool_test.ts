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
    spooled: () => standing,
  });
  await registry.metrics();
  return await registry.metrics();
}

Deno.test("what waits, how old it is, and what is missing are told, however often they are asked", async () => {
  const text = await print({
    ...{ waiting: 3, oldestAt: "2026-03-01T00:00:10.000Z", bytes: 4096 },
    ...{ shed: 2, gaps: { damaged: 5, refused: 1 } },
  });
  const values = text.split("\n").filter((line) => /^moe/.test(line));
  assert.deepEqual(values, [
    "moe_log_spooled 3",
    "moe_log_spooled_oldest_seconds 20",
    "moe_log_spool_bytes 4096",
    "moe_log_shed_total 2",
    'moe_log_gaps_total{reason="damaged"} 5',
    'moe_log_gaps_total{reason="refused"} 1',
  ]);
});

Deno.test("without a spool nothing waits and nothing is missing", async () => {
  assert.doesNotMatch(await print(null), /^moe_\S+ [^0]/m);
});
