/**
 * Who scores beside the champion is what the log says.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelEvent } from "../domain/model_event.ts";
import type { ModelRecord } from "../domain/score.ts";
import { findBeside } from "./in_charge.ts";

Deno.test("findBeside() finds who was assigned by a node whose clock is ahead", async () => {
  const at = "9999-01-01T00:00:00.000Z";
  const assigned = { kind: "assigned", at } as const;
  const events = [
    { ...assigned, alias: "challenger", version: 2 },
    { ...assigned, alias: "shadow", version: 3 },
  ] as ModelEvent[];
  const found = await findBeside(
    {
      events: () => Promise.resolve(events),
      find: (_tenant, ref) => Promise.resolve(ref as ModelRecord),
    },
    { tenant: "acme", name: "bidder" },
    {
      findTrial: () => Promise.resolve(null),
      open: (_tenant, record) =>
        record.version === 3
          ? Promise.reject(new Error("damaged"))
          : Promise.resolve({
            record,
            score: () => Promise.resolve(new Float64Array()),
            scoreAside: () => Promise.resolve(new Float64Array()),
          } as never),
    },
  );
  assert.deepEqual(
    found.map(({ alias, record }) => [alias, record.version]),
    [["challenger", 2]],
  );
});
