/**
 * Logged records from files: what is none is refused by its line, before it is settled.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printSealed } from "../../domain/sealed_record.ts";
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

async function read(
  lines: readonly unknown[],
  { unread = () => {} }: { readonly unread?: () => void } = {},
) {
  const path = await Deno.makeTempFile();
  const texts = lines.map((line) =>
    typeof line === "string" ? line : JSON.stringify(line)
  );
  try {
    await Deno.writeTextFile(path, texts.join("\n"));
    return (await Array.fromAsync(readRecordFile(path, "acme", unread))).flat();
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readRecordFile() takes records, and rows that hold one", async () => {
  const row = { seq: 1, record: JSON.stringify(RECORD) };
  const other = { ...RECORD, tenant: "other" };
  assert.deepEqual(await read([RECORD, "", row, other]), [RECORD, RECORD]);
});

Deno.test("readRecordFile() reads exports: what is no decision is passed over, what is sealed or erased is told", async () => {
  const rowOf = (kind: string, record: unknown, seq = 1) => ({
    ...{ seq, id: "x", at: "2026-08-22T10:00:00.000Z", kind },
    ...{ prev: "", hash: "", record },
  });
  const head = { seq: 0, hash: "0".repeat(64) };
  const also = { v: 1, tenant: "acme", id: "x", at: "" };
  const sealed = (of: string) =>
    printSealed({ ...also, key: "k-1", data: "AAAA", of });
  let unread = 0;
  const found = await read(
    [
      { v: 1, kind: "export", tenant: "acme", anchor: head, masks: null },
      rowOf("decision", JSON.stringify(RECORD)),
      rowOf("decision", { ...RECORD, outcomes: [] }),
      rowOf("decision", null),
      rowOf("decision", sealed("decision")),
      rowOf("outcome", sealed("outcome")),
      rowOf("outcome", JSON.stringify({ ...also, kind: "outcome" })),
      rowOf("gap", { ...also, kind: "gap" }),
      { v: 1, kind: "end", lines: 7, header: "", last: head },
    ],
    { unread: () => unread++ },
  );
  assert.deepEqual(found, [RECORD, { ...RECORD, outcomes: [] }]);
  assert.equal(unread, 2);
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
