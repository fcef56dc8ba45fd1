/**
 * Logged records from files: what is none is refused by its line, before it is settled.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readRecordFile } from "./record_file.ts";

const RECORD = {
  ...{ v: 1, kind: "decision", tenant: "acme", by: "test" },
  request: {
    ...{ model: null, entities: { channel: "email" }, zone: null },
    ...{ actions: null, features: {}, constraints: { compliance: {} } },
  },
  decision: {
    ...{ id: "dec_1", at: "2026-08-22T10:00:00.000Z", score: null },
    recommendation: { kind: "bid", bidMicros: 5, currency: "EUR" },
    ...{ actions: [], applied: [], modelVersion: "clicks@2" },
    ...{ rung: "champion", falls: [], features: {} },
  },
};

async function read(lines: readonly unknown[], tenant = "acme") {
  const path = await Deno.makeTempFile();
  const texts = lines.map((line) =>
    typeof line === "string" ? line : JSON.stringify(line)
  );
  try {
    await Deno.writeTextFile(path, texts.join("\n"));
    return (await Array.fromAsync(readRecordFile(path, tenant))).flat();
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readRecordFile() takes records, and rows that hold one", async () => {
  const row = { seq: 1, record: JSON.stringify(RECORD) };
  const other = { ...RECORD, tenant: "other" };
  assert.deepEqual(await read([RECORD, "", row, other]), [RECORD, RECORD]);
});

const decision = (member: object) => ({
  ...RECORD,
  decision: { ...RECORD.decision, ...member },
});

Deno.test.each<{ note: string; line: unknown; says: RegExp }>([
  { note: "null", line: null, says: /line 2 is no record of a decision/ },
  { note: "a list", line: [], says: /line 2 is no record/ },
  { note: "no JSON", line: "{", says: /line 2 is no record/ },
  {
    note: "a number for a decision",
    line: { ...RECORD, decision: 1, request: 1 },
    says: /line 2 .*\(at request\)/,
  },
  {
    note: "a model that has no version",
    line: decision({ modelVersion: "clicks" }),
    says: /line 2 .*\(at decision\.modelVersion\)/,
  },
  {
    note: "a moment that is none",
    line: decision({ at: "yesterday" }),
    says: /line 2 .*\(at decision\.at\)/,
  },
  {
    note: "nothing recommended",
    line: decision({ recommendation: {} }),
    says: /line 2 .*\(at decision\.recommendation\.kind\)/,
  },
])("readRecordFile() refuses $note", async ({ line, says }) => {
  await assert.rejects(read([RECORD, line]), {
    code: "file_unreadable",
    message: says,
  });
});

Deno.test("readRecordFile() says which file there is not", async () => {
  await assert.rejects(
    Array.fromAsync(readRecordFile("/none/such.jsonl", "acme")),
    { code: "file_unreadable", message: /"\/none\/such\.jsonl": it does not/ },
  );
});
