/**
 * Records are found by names that they are given after they were logged.
 *
 * @module
 */
import assert from "node:assert/strict";
import { subjectHash } from "../../core/domain/keyed_hash.ts";
import type { LogEntry } from "../../core/ports/decisions.ts";
import type { Case } from "./cases.ts";

const AT = "2026-03-01T00:00:00.000Z";

function entryOf(tenant: string, id: string): LogEntry {
  const text = { tenant, by: "t", decision: { id, at: AT } };
  const record = JSON.stringify({ v: 1, kind: "decision", ...text });
  return { tenant, id, at: AT, record, idempotent: null };
}

/** Cases about names that are given later. */
export const logNamingCases: readonly Case[] = [
  {
    name: "records are named once, and neither the erased nor what is retired",
    run: async ({ log, naming, erasures }, tenant) => {
      const at = AT;
      await log.append([entryOf(tenant, "dec_1")]);
      const target = { tenant, id: "era_1", subjects: ["u-1"] };
      await erasures.begin(target, { at, askedBy: "test" });
      const name = (entity: string, hash: string | null = null, seq = 1) => ({
        ...{ seq, at, entity, subjectHash: hash },
      });
      for (let round = 0; round < 2; round++) {
        await naming.name(tenant, [
          name("campaign:c-1"),
          name("subject:u-1", subjectHash(tenant, "u-1")),
          name("subject:u-2", subjectHash(tenant, "u-2")),
          name("campaign:c-2", null, 7),
        ]);
      }
      const found = async (entity: string) =>
        (await log.search(tenant, { entities: [entity], limit: 9 })).length;
      const entities = ["campaign:c-1", "subject:u-1", "subject:u-2"];
      assert.deepEqual(await Promise.all(entities.map(found)), [1, 0, 1]);
      await log.append([entryOf(tenant, "dec_2")]);
      assert.equal(await found("campaign:c-2"), 0);
    },
  },
];
