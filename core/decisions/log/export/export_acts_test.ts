/**
 * Acts are verified elsewhere by their export and checkpoints alone, before and after
 * retention.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { coverStayed, UNRETIRED } from "../../../domain/audit_log.ts";
import { printCheckpoint } from "../checkpoints/checkpoint.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "../checkpoints/signed_note.ts";
import {
  actOf,
  changeOf,
  createMemoryActs,
  type MemoryActs,
} from "../records/memory_acts_test.ts";
import { hashRecord } from "../records/record.ts";
import { exportActLines, exportActs } from "./export_acts.ts";
import { damage } from "./export_damage_test.ts";
import { ACT_COLUMNS, toColumns } from "./export_table.ts";
import { type ExportVerification, verifyExport } from "./verify_export.ts";

const AT = "2026-01-31T09:00:00.000Z";
const LATER = "2026-01-31T10:00:00.000Z";
const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");

function actsOf(by = 0): MemoryActs {
  const acts = createMemoryActs();
  acts.add([actOf(1 + by, AT), changeOf(2, AT), actOf(3, AT)]);
  acts.add([actOf(4, LATER), actOf(5, LATER)]);
  return acts;
}

async function exported(
  governance: MemoryActs,
  asked: { readonly until?: string } = {},
): Promise<string> {
  const scope = { governance, clock: { now: () => LATER } };
  const lines = exportActLines(scope, { owner: "acme", ...asked });
  return (await Array.fromAsync(lines)).join("");
}

/** A checkpoint of acts; decisions, of which there are more, are no part of it. */
function noteAt({ rows }: MemoryActs, seq: number): string {
  const row = rows.find((one) => one.seq === seq);
  assert.ok(row);
  const owned = { deployment: "eu-1", owner: "acme", at: LATER };
  const decisions = { seq: 900, hash: "9".repeat(64) };
  const heads = { decisions, acts: { seq, hash: row.hash } };
  return SIGNER.sign(printCheckpoint({ ...owned, ...heads }));
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

Deno.test("every change of an export of acts is found, and an export as it was is not", async () => {
  const acts = actsOf();
  const text = await exported(acts);
  const found = await verify(text, [noteAt(acts, 3), noteAt(acts, 5)]);
  assert.ok(!isFound(found));
  assert.deepEqual([found.log, found.rows, found.covered], ["acts", 5, 5]);
  await fc.assert(
    fc.asyncProperty(damage, async (harm) => {
      const changed = harm(text);
      assert.equal(isFound(await verify(changed)), changed !== text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("acts that were rewritten with all after them are found by checkpoints alone", async () => {
  const [acts, rewritten] = [actsOf(), actsOf(70)];
  const text = await exported(rewritten);
  assert.ok(!isFound(await verify(text)));
  const { intact, marks } = await verify(text, [noteAt(acts, 3)]);
  assert.deepEqual([intact, marks.map(({ kind, seq }) => [kind, seq])], [
    ...[false, [["rewritten", 3]]],
  ]);
});

Deno.test("a part says what is outside of it", async () => {
  const found = await verify(await exported(actsOf(), { until: LATER }));
  assert.ok(!isFound(found));
  assert.deepEqual([found.upTo, found.outside.behind], [3, 2]);
});

/** Acts of which the first three left, but for the change among them. */
async function retiredActs() {
  const acts = actsOf();
  const note = noteAt(acts, 3);
  const [, change, last] = acts.rows;
  assert.ok(change && last);
  const stayed = coverStayed(UNRETIRED.stayed, change);
  acts.add([{
    ...{ v: 1, kind: "gap", tenant: "acme", id: "gap_1", at: LATER },
    ...{ reason: "retention", count: 2, upTo: 3, anchor: last.hash, stayed },
  }]);
  await acts.retireActs("acme", 3, 10);
  return { acts, note, anchor: last.hash };
}

Deno.test("after retention an export begins behind the anchor, with what stayed, and says why", async () => {
  const { acts, note, anchor } = await retiredActs();
  const text = await exported(acts);
  const found = await verify(text, [note]);
  assert.ok(!isFound(found));
  assert.deepEqual([found.from, found.rows, found.stayed], [4, 3, 1]);
  assert.deepEqual(found.begins, {
    ...{ after: 3, cause: "retention", signed: true, at: LATER },
  });
  const other = text.replaceAll(anchor, "1".repeat(64));
  assert.ok(isFound(await verify(other, [note])));
  const before = await exported(acts, { until: AT });
  const { intact, complete, rows, begins } = await verify(before, [note]);
  assert.deepEqual([intact, complete, rows, begins.cause], [
    ...[true, true, 0, "checkpoint"],
  ]);
  assert.ok(isFound(await verify(before)), "nothing explains its beginning");
});

Deno.test("every change of what stayed is found, also by somebody who knows the form", async () => {
  const { acts } = await retiredActs();
  const text = await exported(acts);
  await fc.assert(
    fc.asyncProperty(damage, async (harm) => {
      const changed = harm(text);
      assert.equal(isFound(await verify(changed)), changed !== text);
    }),
    { numRuns: 300 },
  );
  const [change] = acts.rows;
  assert.ok(change);
  const record = change.record.replace("edit", "return");
  const hash = hashRecord({ ...change, record });
  const forgeries: [MemoryActs["rows"], boolean][] = [
    [[], true],
    [[{ ...change, record, hash }], false],
    [[change, change], false],
  ];
  for (const [stayed, isIntact] of forgeries) {
    const forged = { ...acts, records: forgedRecords(acts, stayed) };
    const found = await verify(await exported(forged));
    assert.deepEqual([found.intact, isFound(found)], [isIntact, true]);
  }
});

/** Acts before which something else stands than what stayed. */
function forgedRecords(
  acts: MemoryActs,
  stayed: MemoryActs["rows"],
): MemoryActs["records"] {
  return async (scope, asked) => {
    const { after } = asked;
    if (after > 0) return await acts.records(scope, asked);
    return [...stayed, ...acts.rows.slice(1)];
  };
}

Deno.test("a table of acts has what stayed within the moments that are asked for", async () => {
  const { acts } = await retiredActs();
  const seqsOf = async (asked: { from?: string; until?: string }) => {
    const scope = { governance: acts };
    const pages = exportActs(scope, { owner: "acme", ...asked });
    return (await Array.fromAsync(pages)).flat().map(({ seq }) => seq);
  };
  assert.deepEqual(await seqsOf({}), [2, 4, 5, 6]);
  assert.deepEqual(await seqsOf({ from: LATER }), [4, 5, 6]);
  assert.deepEqual(await seqsOf({ until: LATER }), [2]);
});

Deno.test("acts have columns of their own", async () => {
  const [page = []] = await Array.fromAsync(
    exportActs({ governance: actsOf() }, { owner: "acme" }),
  );
  const columns = Object.fromEntries(
    toColumns(ACT_COLUMNS, page).map(({ name, data }) => [name, data]),
  );
  assert.deepEqual(columns.kind?.slice(0, 2), ["act", "change"]);
  assert.deepEqual(columns.about?.slice(0, 2), ["", "policies"]);
  assert.equal(columns.done_by?.[0], "ann");
});
