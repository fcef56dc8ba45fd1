/**
 * Whatever is changed in an export is found without the database; what the chain alone
 * cannot tell, checkpoints do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { printCheckpoint } from "../checkpoints/checkpoint.ts";
import { damage } from "./export_damage_test.ts";
import { createMasking } from "../records/masks.ts";
import { hashRecord } from "../records/record.ts";
import type { ExportVerification } from "./verify_export.ts";
import {
  AT,
  exported,
  forge,
  isFound,
  logOf,
  NOBODY,
  noteAt,
  type Parts,
  rebuild,
  SIGNER,
  verify,
} from "./exported_test.ts";

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
