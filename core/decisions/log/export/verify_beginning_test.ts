/**
 * Why an export begins where it does is found, and one that was cut there is not whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ExportHeader } from "./export_file.ts";
import { type MemoryLog } from "../records/memory_log_test.ts";
import { printRecord } from "../records/record.ts";
import { AT, exported, forge, logOf, noteAt, verify } from "./exported_test.ts";

Deno.test("an export from the middle of a log says what is outside of it, and is whole only if it was asked for so", async () => {
  const log = await logOf(5);
  const cut = (also: Partial<ExportHeader>) =>
    forge(log, ({ log, header }) => {
      const anchor = { seq: 2, hash: log.rows[1]?.hash ?? "" };
      log.rows.splice(0, 2);
      Object.assign(header, { anchor, ...also });
    });
  const notes = [noteAt(log, 2), noteAt(log, 4)];
  for (const proofs of [[], notes]) {
    const { intact, complete, begins, damages } = await verify(
      await cut({}),
      proofs,
    );
    assert.deepEqual([intact, complete, begins.cause], [
      ...[true, false, "unexplained"],
    ]);
    assert.deepEqual(damages.map(({ kind, count }) => [kind, count]), [
      ["retired", 2],
    ]);
  }
  const early = await verify(await cut({ until: AT }), notes);
  assert.deepEqual([early.complete, early.begins.cause], [true, "checkpoint"]);
  assert.ok(!(await verify(await cut({ until: AT }))).complete);
  const found = await verify(await cut({ from: AT }), notes);
  assert.ok(found.intact && found.complete);
  assert.deepEqual(found.begins, {
    ...{ after: 2, cause: "asked", signed: true, at: null },
  });
  assert.deepEqual(found.outside, { before: 2, behind: 0 });
  assert.deepEqual([found.from, found.upTo, found.covered], [3, 5, 4]);
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
  const { outside, intact, complete, told, begins } = await verify(text);
  assert.deepEqual(begins, {
    ...{ after: 2, cause: "retention", signed: false, at: AT },
  });
  assert.deepEqual(outside, { before: 0, behind: 0 });
  assert.deepEqual([intact, complete, told.records], [true, false, 7]);
});

Deno.test("an export during which records are retired fails, and one of a damaged log does not", async () => {
  const log = await logOf(3);
  const retire = (seq: number) => {
    const gone = log.rows.splice(0, seq).at(-1);
    return gone === undefined ? null : { seq, hash: gone.hash };
  };
  for (const isRetired of [false, true]) {
    let anchor: { seq: number; hash: string } | null = null;
    const read: MemoryLog["read"] = (...asked) => {
      const gone = retire(1);
      if (isRetired) anchor = gone;
      return log.read(...asked);
    };
    const torn = { ...log, read, anchor: () => Promise.resolve(anchor) };
    if (isRetired) {
      await assert.rejects(exported(torn), /were retired meanwhile/);
    } else {
      assert.equal((await verify(await exported(torn))).complete, false);
    }
    log.rows.push(...(await logOf(3)).rows.slice(log.rows.length));
  }
});
