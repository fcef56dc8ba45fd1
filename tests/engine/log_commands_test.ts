/**
 * The decision log at the command line: signed, taken elsewhere, and verified with and
 * without the database.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type AsyncBuffer, parquetReadObjects } from "hyparquet";
import type { Configuration } from "../../core/commands/configuration.ts";
import { openCheckpointKey } from "../../core/commands/log/checkpoint_key.ts";
import { writeParquet } from "../../core/commands/log/write_parquet.ts";
import { openEngine } from "../../core/commands/open.ts";
import { exportRecords } from "../../core/decisions/log/export/export.ts";
import { DECISION_COLUMNS } from "../../core/decisions/log/export/export_table.ts";
import { makeCheckpoints } from "../../core/decisions/log/checkpoints/make_checkpoints.ts";
import { createMasking } from "../../core/decisions/log/records/masks.ts";
import {
  hashRecord,
  printRecord,
} from "../../core/decisions/log/records/record.ts";
import { actEvent } from "../../core/domain/act.ts";
import type { DecisionRecord } from "../../core/domain/decision.ts";
import { createCheckpointFiles } from "../../core/store/log/checkpoint_files.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { decisionOf, REQUEST } from "../http/stub_records.ts";
import { type LogDesk, rewriteActs, withLogDesk } from "./log_desk.ts";

const SUBJECT = "u-48151623";
const ROWS = 1200;

/** Decisions, an outcome, a checkpoint, and all of it as Parquet. */
async function fill(configuration: Configuration, out: string): Promise<void> {
  const { stores, engine, clock, close } = await openEngine(configuration);
  try {
    await stores.log.append(Array.from({ length: ROWS }, (_, row) => {
      const decision = decisionOf(null, `dec_${row}`);
      const entities = { ...REQUEST.entities, subject: SUBJECT };
      const request = { ...REQUEST, entities };
      const record: DecisionRecord = {
        ...{ v: 1, kind: "decision", tenant: "acme", request, decision },
        by: "site",
      };
      return {
        ...{ tenant: "acme", id: decision.id, at: decision.at },
        entities: [`subject:${SUBJECT}`, "campaign:c-17"],
        ...{ record: printRecord(record), idempotent: null },
      };
    }));
    await engine.decisions.outcomes.tell("acme", {
      by: "shop",
      outcome: {
        ...{ id: "order-1", decision: "dec_7", kind: "conversion" },
        ...{ at: "2026-01-31T10:00:00.000Z", value: "2", money: null },
      },
    });
    for (const scope of ["acme", null]) {
      for (const about of ["key-1", "key-2", "key-3"]) {
        const act = { act: "moe keys revoke", about, by: "ann", human: true };
        const also = { key: null, reason: "lost", request: `req_${about}` };
        await stores.governance.record(scope, [
          actEvent({ ...act, ...also }, clock.now(), "done"),
        ]);
      }
    }
    const signer = await openCheckpointKey(configuration);
    assert.ok(signer);
    const archive = createCheckpointFiles(`${configuration.checkpointsFolder}`);
    const making = { ...stores, signer, archive, clock };
    await makeCheckpoints(making, { now: true });
    using file = await Deno.open(out, { write: true, createNew: true });
    const asked = { tenant: "acme", masking: createMasking() };
    const records = exportRecords({ ...engine, clock }, asked);
    assert.equal(await writeParquet(file, DECISION_COLUMNS, records), ROWS);
  } finally {
    await close();
  }
}

/** As whoever owns the database could: all records from one on, and the head. */
async function rewrite(folder: string, from: number): Promise<void> {
  const sql = await openPglite({ folder: `${folder}/data/postgres` });
  const rows = await sql.query<{ seq: bigint; prev: string; record: string }>(
    "select seq, prev, record from decision where seq >= $1::int8 order by seq",
    [from],
  );
  let prev = rows[0]?.prev ?? "";
  for (const { seq, record } of rows) {
    const changed = record.replace('"v":2', '"v":2,"x":1');
    const hash = hashRecord({ seq: Number(seq), prev, record: changed });
    await sql.query(
      "update decision set prev = $2, hash = $3, record = $4 where seq = $1::int8",
      [Number(seq), prev, hash, changed],
    );
    prev = hash;
  }
  await sql.query("update chain_head set hash = $1", [prev]);
  await sql.close();
}

Deno.test("a log is signed, taken elsewhere and verified there, and a rewritten one is found", () =>
  withLogDesk(async (desk) => {
    const { folder, moe } = desk;
    await fill(desk.configuration, `${folder}/log.parquet`);
    await checkUnmasked(folder, moe);
    await checkMasked(`${folder}/log.parquet`);
    const sound = await moe("verify-log");
    assert.match(sound, /acme: 1201 records, .* signed up to 1201/);
    assert.match(sound, /acme: \d+ acts, the chain holds, signed up to 3/);
    assert.match(sound, /\*: (\d+) acts, the chain holds, signed up to \1/);
    await rewriteActs(desk);
    await rewrite(folder, 1190);
    const found = await moe("verify-log", 1);
    assert.match(found, /record 1201 is not the one that a checkpoint signed/);
    assert.match(found, /\n {2}checkpoint {2}rewritten {2}record 3 is not/);
    const acts = await moe("audit --verify", 1);
    assert.match(acts, /record \d is not the one that a checkpoint signed/);
    await checkVanished(folder, moe);
  }));

/** A tenant of whom nothing is left but what lies in the second place. */
async function checkVanished(
  folder: string,
  moe: LogDesk["moe"],
): Promise<void> {
  const sql = await openPglite({ folder: `${folder}/data/postgres` });
  for (
    const table of ["decision", "chain_head", "audit_event", "checkpoint"]
  ) await sql.query(`delete from ${table}`);
  await sql.close();
  const found = await moe("verify-log", 1);
  assert.match(found, /a checkpoint covers 1201 records, the log ends at 0/);
  assert.match(found, /acme: 0 acts, .* 1 checkpoints speak against it/);
}

async function checkUnmasked(
  folder: string,
  moe: LogDesk["moe"],
): Promise<void> {
  const out = `${folder}/log.jsonl`;
  const key = await moe("checkpoint public-key");
  await Deno.writeTextFile(`${folder}/key.pub`, `${key}\n`);
  const asked = `decisions export --tenant acme --unmasked --out ${out}`;
  assert.match(await moe(asked), /1201 records/);
  const proofs =
    `--checkpoints ${folder}/second/acme.checkpoints --public-key ${folder}/key.pub`;
  const verify = `verify-log --file ${out} ${proofs}`;
  assert.match(await moe(verify), /as it was logged; signed to its end/);
  const text = await Deno.readTextFile(out);
  await Deno.writeTextFile(out, text.replace('"seq":600', '"seq":6000'));
  assert.match(await moe(verify, 1), /NOT as it was logged/);
  await Deno.writeTextFile(out, text.slice(0, -100));
  assert.match(await moe(verify, 1), /NOT all that it should hold/);
}

async function checkMasked(out: string): Promise<void> {
  const bytes = await Deno.readFile(out);
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (from, to) => bytes.slice(from, to).buffer,
  };
  const rows = await parquetReadObjects({ file });
  assert.equal(rows.length, ROWS);
  assert.equal(rows[7]?.action, "mens_email");
  assert.equal(rows[7]?.seq, 8n);
  assert.match(rows[7]?.outcomes, /order-1/);
  assert.ok(!rows.some(({ record }) => String(record).includes(SUBJECT)));
}
