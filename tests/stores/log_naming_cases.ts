/**
 * Records are found by names that they are given after they were logged.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printSealed } from "../../core/domain/sealed_record.ts";
import { subjectHash } from "../../core/domain/keyed_hash.ts";
import type { LogEntry } from "../../core/ports/decisions.ts";
import type { Case } from "./cases.ts";

const AT = "2026-03-01T00:00:00.000Z";

function entryOf(tenant: string, id: string): LogEntry {
  const text = { tenant, by: "t", decision: { id, at: AT } };
  const record = JSON.stringify({ v: 1, kind: "decision", ...text });
  return { tenant, id, at: AT, record, idempotent: null };
}

/** A decision that is sealed, and one of another kind. */
function otherEntries(tenant: string, id = "other"): LogEntry[] {
  const said = { tenant, id: `dec_${id}`, at: AT };
  const sealed = printSealed({ ...said, data: "", key: "k", of: "decision" });
  const gap = { ...said, id: `gap_${id}`, kind: "gap" as const };
  const told = { v: 1, ...gap, reason: "test", count: 1 };
  return [
    { ...said, record: sealed, idempotent: null },
    { ...gap, record: JSON.stringify(told), idempotent: null },
  ];
}

/** Cases about what may lack names: nothing that is sealed. */
export const unnamedCases: readonly Case[] = [
  {
    name: "decisions in clear are found to be named, a page within a part",
    run: async ({ log, naming }, tenant) => {
      const unnamed = async (after: number, within = 100, limit = 2) => {
        const asked = { after, within, limit };
        const { rows, upTo } = await naming.unnamed(tenant, asked);
        return [rows.map(({ id }) => id), upTo];
      };
      assert.deepEqual(await unnamed(0), [[], null]);
      await log.append([
        entryOf(tenant, "dec_1"),
        ...otherEntries(tenant),
        entryOf(tenant, "dec_4"),
        entryOf(tenant, "dec_5"),
        ...otherEntries(tenant, "more"),
      ]);
      assert.deepEqual(await unnamed(0), [["dec_1", "dec_4"], 4]);
      assert.deepEqual(await unnamed(0, 3), [["dec_1"], 3]);
      assert.deepEqual(await unnamed(4), [["dec_5"], 7]);
      assert.deepEqual(await unnamed(6), [[], 7]);
      assert.deepEqual(await unnamed(7), [[], null]);
      const asked = { after: 4, within: 9, limit: 1 };
      const { rows: [row] } = await naming.unnamed(tenant, asked);
      assert.deepEqual([row?.seq, row?.at], [5, AT]);
    },
  },
];

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
