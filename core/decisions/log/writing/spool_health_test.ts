/**
 * What of the spool degrades the engine, in each mode.
 *
 * @module
 */
import assert from "node:assert/strict";
import { healthOfSpool } from "./spooling.ts";

Deno.test.each(
  [
    { writes: "spool", away: null, database: null, want: {} },
    {
      writes: "spool",
      away: "x",
      database: "x",
      want: { "log:spooling": "x" },
    },
    {
      writes: "spool",
      away: null,
      database: "x",
      want: { "log:spooling": "x" },
    },
    { writes: "postgres", away: null, database: "x", want: {} },
    {
      writes: "postgres",
      away: "x",
      database: "x",
      want: { "log:carrying": "x" },
    },
  ] as const,
)("readiness in mode $writes, away $away, database $database", (it) => {
  const { writes, away, database, want } = it;
  const standing = {
    ...{ waiting: 0, oldestAt: null, bytes: 0, problem: null },
    ...{ away, maxBytes: 1, gaps: {} },
  };
  const health = healthOfSpool({ database }, {
    ...{ writes, standing: () => standing },
  });
  const { database: _, ...parts } = health;
  const wrong = Object.entries(parts).filter(([, why]) => why !== null);
  assert.deepEqual(Object.fromEntries(wrong), want);
});
