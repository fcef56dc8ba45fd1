/**
 * Whatever is changed in an export is found without the database; what the chain alone
 * cannot tell, checkpoints do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { sha256 } from "../../../domain/canonical.ts";
import { printCheckpoint } from "../checkpoints/checkpoint.ts";
import { damage } from "./export_damage_test.ts";
import { type ExportAsked, exportLines } from "./export.ts";
import {
  type ExportEnd,
  type ExportHeader,
  parseExportLine,
  printExportLine,
  printLoggedLine,
} from "./export_file.ts";
import { createMemoryLog, type MemoryLog } from "../records/memory_log_test.ts";
import { createMasking } from "../records/masks.ts";
import { createManyReader } from "../records/reading.ts";
import { hashRecord, printRecord } from "../records/record.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "../checkpoints/signed_note.ts";
import { type ExportVerification, verifyExport } from "./verify_export.ts";

const AT = "2026-01-31T09:00:00.000Z";
const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");
const NOBODY = { seq: 0, hash: "0".repeat(64) };

async function logOf(rows: number): Promise<MemoryLog> {
  const log = createMemoryLog();
  for (let row = 1; row <= rows; row++) {
    const id = `dec_${row}`;
    await log.append([{
      ...{ tenant: "acme", id, at: AT, idempotent: null },
      record:
        `{"decision":{"at":"${AT}","id":"${id}"},"kind":"decision","tenant":"acme","v":1}`,
    }]);
  }
  return log;
}

async function exported(
  log: MemoryLog,
  asked: Partial<ExportAsked> = {},
): Promise<string> {
  const decisions = {
    many: createManyReader(log),
    outcomes: { of: () => Promise.resolve([]) },
  };
  const lines = exportLines({ decisions, clock: { now: () => AT } }, {
    ...{ tenant: "acme", masking: null },
    ...asked,
  });
  return (await Array.fromAsync(lines)).join("");
}

/** A checkpoint of a log as it is after a record, made when an export was. */
function noteAt(log: MemoryLog, seq: number, at = AT): string {
  const row = log.rows[seq - 1];
  assert.ok(row);
  const decisions = { seq, hash: row.hash };
  const owned = { deployment: "eu-1", owner: "acme", at };
  return SIGNER.sign(printCheckpoint({ ...owned, decisions, acts: NOBODY }));
}

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) yield await line;
}

function verify(
  text: string,
  notes: readonly string[] = [],
): Promise<ExportVerification> {
  return verifyExport(linesOf(text), { notes, verifiers: VERIFIERS });
}

const isFound = ({ intact, complete }: ExportVerification) =>
  !(intact && complete);

Deno.test("every change of an export is found, and an export as it was is not", async () => {
  const log = await logOf(5);
  const text = await exported(log);
  const notes = [noteAt(log, 3), noteAt(log, 5)];
  for (const proofs of [[], notes]) {
    assert.ok(!isFound(await verify(text, proofs)));
  }
  await fc.assert(
    fc.asyncProperty(damage, async (harm) => {
      const changed = harm(text);
      assert.equal(isFound(await verify(changed)), changed !== text);
    }),
    { numRuns: 1000 },
  );
});

interface Parts {
  header: ExportHeader;
  end: ExportEnd;
  log: MemoryLog;
}

/** Puts an export together by somebody who knows its form. */
async function forge(
  log: MemoryLog,
  change: (parts: Parts) => void,
): Promise<string> {
  const [first = "", ...rest] = (await exported(log)).trimEnd().split("\n");
  const [one, last] = [first, rest.at(-1) ?? ""].map(parseExportLine);
  assert.ok(one && "header" in one && last && "end" in last);
  const parts: Parts = {
    header: one.header,
    end: last.end,
    log: { ...log, rows: log.rows.map((row) => ({ ...row })) },
  };
  change(parts);
  const { rows } = parts.log;
  const { seq = 0, hash = "" } = rows.at(-1) ?? {};
  const header = printExportLine(parts.header);
  const end = {
    ...parts.end,
    ...{ lines: rows.length, last: { seq, hash }, header: sha256(header) },
  };
  return [header, ...rows.map(printLoggedLine), printExportLine(end), ""]
    .join("\n");
}

function rebuild({ rows }: MemoryLog, from: number): void {
  for (let place = from; place < rows.length; place++) {
    const [before, row] = [rows[place - 1], rows[place]];
    assert.ok(row);
    const prev = before?.hash ?? NOBODY.hash;
    const hash = hashRecord({ ...row, prev });
    rows[place] = { ...row, prev, hash };
  }
}

const forgeries: {
  note: string;
  change: (parts: Parts) => void;
  want: Partial<ExportVerification>;
  kinds: readonly string[];
}[] = [
  {
    note: "a record rewritten with all after it",
    change: ({ log }) => {
      const row = log.rows[1];
      assert.ok(row);
      const record = row.record.replace('"v":1', '"v":1,"x":1');
      log.rows[1] = { ...row, record };
      rebuild(log, 1);
    },
    want: { intact: false, complete: true },
    kinds: ["rewritten", "rewritten"],
  },
  {
    note: "an end cut off, and told to be the end",
    change: ({ log, header }) => {
      log.rows.splice(4);
      Object.assign(header, { upTo: 4, size: 4 });
    },
    want: { intact: true, complete: false },
    kinds: ["cut"],
  },
];

Deno.test.each(forgeries)(
  "$note is found by checkpoints alone",
  async (one) => {
    const log = await logOf(5);
    const text = await forge(log, one.change);
    assert.ok(!isFound(await verify(text)));
    const found = await verify(text, [noteAt(log, 3), noteAt(log, 5)]);
    const { intact, complete } = found;
    assert.deepEqual({ intact, complete }, one.want);
    assert.deepEqual(found.marks.map(({ kind }) => kind), one.kinds);
  },
);

Deno.test("an export from the middle of a log says what is outside of it", async () => {
  const log = await logOf(5);
  const text = await forge(log, ({ log, header }) => {
    const anchor = { seq: 2, hash: log.rows[1]?.hash ?? "" };
    log.rows.splice(0, 2);
    Object.assign(header, { anchor });
  });
  const found = await verify(text, [noteAt(log, 2), noteAt(log, 4)]);
  assert.ok(found.intact && found.complete);
  assert.deepEqual(found.outside, { before: 2, behind: 0 });
  assert.deepEqual([found.from, found.upTo, found.covered], [3, 5, 4]);
});

Deno.test("an anchor that no checkpoint signed speaks against an export", async () => {
  const log = await logOf(5);
  const text = await forge(log, ({ log, header }) => {
    const anchor = { seq: 2, hash: "1".repeat(64) };
    log.rows.splice(0, 2);
    rebuild(log, 0);
    const [first] = log.rows;
    assert.ok(first);
    log.rows[0] = {
      ...first,
      prev: anchor.hash,
      hash: hashRecord({ ...first, prev: anchor.hash }),
    };
    rebuild(log, 1);
    Object.assign(header, { anchor });
  });
  assert.ok((await verify(text)).intact);
  assert.ok(!(await verify(text, [noteAt(log, 2)])).intact);
  assert.ok(!(await verify(text, [noteAt(log, 4)])).intact);
});

Deno.test("retention's own record explains a beginning, and lost ones are told of", async () => {
  const log = await logOf(3);
  for (
    const gap of [
      { id: "gap_1", reason: "retention", count: 2, upTo: 2 },
      { id: "gap_2", reason: "spool_damaged", count: 7 },
    ]
  ) {
    await log.append([{
      ...{ tenant: "acme", id: gap.id, at: AT, kind: "gap", idempotent: null },
      record: printRecord({
        v: 1,
        kind: "gap",
        tenant: "acme",
        at: AT,
        ...gap,
      }),
    }]);
  }
  const text = await forge(log, ({ log, header }) => {
    const anchor = { seq: 2, hash: log.rows[1]?.hash ?? "" };
    log.rows.splice(0, 2);
    Object.assign(header, { anchor });
  });
  const { outside, intact, complete, told } = await verify(text);
  assert.deepEqual(outside, { before: 0, behind: 0 });
  assert.deepEqual([intact, complete, told.records], [true, false, 7]);
});

Deno.test("checkpoints made after an export do not speak against it", async () => {
  const log = await logOf(3);
  const text = await exported(log);
  const grown = await logOf(5);
  const later = noteAt(grown, 5, "2026-01-31T10:00:00.000Z");
  assert.ok(!isFound(await verify(text, [noteAt(log, 3), later])));
});

Deno.test.each([
  {
    note: "another owner",
    change: (text: string) => text.replace("acme", "rival"),
    kind: "origin",
  },
  {
    note: "no checkpoint",
    change: (text: string) => `${text}more\n`,
    kind: "form",
  },
])("a note of $note is told of", async ({ change, kind }) => {
  const log = await logOf(2);
  const text = printCheckpoint({
    ...{ deployment: "eu-1", owner: "acme", at: AT, acts: NOBODY },
    decisions: { seq: 2, hash: log.rows[1]?.hash ?? "" },
  });
  const found = await verify(await exported(log), [SIGNER.sign(change(text))]);
  assert.deepEqual(found.marks.map((one) => one.kind), [kind]);
});

Deno.test("a masked export says what is masked, and cannot be verified", async () => {
  const log = await logOf(2);
  const masking = createMasking([{ path: "/decision/id", how: "drop" }]);
  const text = await exported(log, { masking });
  assert.ok(!(await verify(text)).intact);
  const [first = "", second = ""] = text.split("\n");
  assert.equal(JSON.parse(first).masks.length, 2);
  assert.deepEqual(JSON.parse(second).record.decision, { at: AT });
});
