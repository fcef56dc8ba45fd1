/**
 * People's acts at the command line: signed, taken elsewhere and verified there, retired,
 * and a rewritten log found by every door.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type AsyncBuffer, parquetReadObjects } from "hyparquet";
import { openCheckpointKey } from "../../core/commands/log/checkpoint_key.ts";
import { openEngine } from "../../core/commands/open.ts";
import { makeCheckpoints } from "../../core/decisions/log/checkpoints/make_checkpoints.ts";
import { actEvent } from "../../core/domain/act.ts";
import { createCheckpointFiles } from "../../core/store/log/checkpoint_files.ts";
import { type LogDesk, rewriteActs, withLogDesk } from "./log_desk.ts";

/** Long ago, so that retention takes it. */
const DAY = "2026-01-31";

/** Acts of a tenant and of the deployment, signed after each of them. */
async function fill({ configuration }: LogDesk): Promise<void> {
  const { stores, close } = await openEngine(configuration);
  try {
    const signer = await openCheckpointKey(configuration);
    assert.ok(signer);
    const archive = createCheckpointFiles(`${configuration.checkpointsFolder}`);
    for (const [hour, about] of ["key-1", "key-2", "key-3"].entries()) {
      const at = `${DAY}T0${hour}:00:00.000Z`;
      const act = { act: "moe keys revoke", about, by: "ann", human: true };
      const also = { key: null, reason: "lost", request: `req_${about}` };
      const event = actEvent({ ...act, ...also }, at, "done");
      for (const scope of ["acme", null]) {
        await stores.governance.record(scope, [event]);
      }
      const clock = { now: () => at };
      await makeCheckpoints({ ...stores, signer, archive, clock }, {
        now: true,
      });
    }
  } finally {
    await close();
  }
}

Deno.test("acts are taken elsewhere and verified there, leave when they are old, and a rewritten log is found", () =>
  withLogDesk(async (desk) => {
    const { folder, moe } = desk;
    await fill(desk);
    const key = await moe("checkpoint public-key");
    await Deno.writeTextFile(`${folder}/key.pub`, `${key}\n`);
    await checkExports(desk);
    await checkRetired(desk);
    await checkRotated(desk);
    await checkRewritten(desk);
  }));

/** The command that verifies an export by what lies outside of the database alone. */
function verifying(folder: string, out: string, owner: string): string {
  return `verify-log --file ${folder}/${out} --checkpoints ${folder}/second/${owner}.checkpoints --public-key ${folder}/key.pub`;
}

async function checkExports({ folder, moe }: LogDesk): Promise<void> {
  const out = `${folder}/acts.jsonl`;
  const asked = `audit export --tenant acme --out ${out}`;
  assert.match(await moe(asked), /acts\.jsonl: 4 records/);
  const since = await moe("audit --tenant acme --since 2026-01-31T03:00+02:00");
  assert.match(since, /key-2[^]*key-3/);
  assert.doesNotMatch(since, /key-1/);
  const verify = verifying(folder, "acts.jsonl", "acme");
  const sound = await moe(verify);
  assert.match(sound, /acme: acts 1 to 4 .*, 4 in the file/);
  assert.match(sound, /as it was logged; signed up to 3/);
  const text = await Deno.readTextFile(out);
  await Deno.writeTextFile(out, text.replace('\\"ann\\"', '\\"bob\\"'));
  assert.match(await moe(verify, 1), /NOT as it was logged/);
  await Deno.writeTextFile(out, text);
  const other = verifying(folder, "acts.jsonl", "%2A");
  assert.match(await moe(other, 1), /is of another log/);
  const parquet = `${folder}/acts.parquet`;
  await moe(`audit export --tenant acme --format parquet --out ${parquet}`);
  const bytes = await Deno.readFile(parquet);
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (from, to) => bytes.slice(from, to).buffer,
  };
  const rows = await parquetReadObjects({ file });
  assert.deepEqual(
    rows.slice(0, 2).map(({ seq, kind, about, end }) => [
      ...[seq, kind, about, end],
    ]),
    [[1n, "act", "key-1", "done"], [2n, "act", "key-2", "done"]],
  );
}

async function checkRetired({ folder, moe }: LogDesk): Promise<void> {
  const rules = ["acts", "checkpoints"]
    .map((purpose) => ({ tenant: "*", purpose, days: 30 }));
  await Deno.writeTextFile(`${folder}/rules.json`, JSON.stringify(rules));
  const done = await moe("retention");
  assert.match(done, /\* +acts +30 +\d/);
  assert.match(done, /acme +acts +30 +3 +3/);
  assert.match(done, /acme +checkpoints +30 +2/);
  const sound = await moe("verify-log");
  assert.match(sound, /acme: .* acts, the chain holds, records up to 3 were/);
  const told = await moe("audit --tenant acme");
  assert.match(told, /3 acts up to 3 left/);
  assert.doesNotMatch(told, /key-1/);
  await moe(verifying(folder, "acts.jsonl", "acme"));
  await moe(`audit export --out ${folder}/rest.jsonl`);
  const rest = await moe(verifying(folder, "rest.jsonl", "%2A"));
  assert.match(rest, /\*: acts 7 to \d+ /);
  assert.match(
    rest,
    /begins behind record 6, up to which retention took .*; a checkpoint signed/,
  );
}

/** Checkpoints of keys before stay trusted, and those of no other. */
async function checkRotated({ folder, moe }: LogDesk): Promise<void> {
  const [key, next] = [`${folder}/data/checkpoint.key`, `${folder}/next.key`];
  const old = await moe("checkpoint public-key");
  const make = `checkpoint key --name eu-1 --out ${next} --after ${key}`;
  const made = await moe(make);
  assert.equal(made.split("\n")[1], old);
  assert.equal(await moe(make), made, "a file that is there is left as it is");
  const whole = await Deno.readTextFile(next);
  assert.equal(whole.match(/PRIVATE/g)?.length, 1);
  await Deno.writeTextFile(key, `${whole.split("\n")[0]}\n`);
  await assert.rejects(
    moe(`checkpoint key --name eu-1 --out ${key} --after ${next}`),
    /is there already, without the keys before it/,
  );
  await moe("checkpoint");
  const [, , id] = /^([^+]+)\+([0-9a-f]{8})/.exec(old) ?? [];
  const found = await moe("audit --verify --tenant acme", 1);
  assert.match(found, new RegExp(`a key that is not known: ${id}`));
  await Deno.writeTextFile(key, whole);
  assert.equal(await moe("checkpoint public-key"), made);
  await moe("verify-log");
}

/** What checkpoints signed is compared by the engine that serves. */
async function checkRewritten(desk: LogDesk): Promise<void> {
  const { moe, configuration } = desk;
  await moe("decisions find --tenant acme --entity campaign:c-1 --as ann");
  await moe("checkpoint");
  for (const sound of [true, false]) {
    if (!sound) await rewriteActs(desk);
    const { engine, close } = await openEngine(configuration);
    try {
      const found = await engine.verifyActs("acme");
      assert.deepEqual([found.sound, found.damages], [sound, []]);
      assert.ok(found.covered > 3);
      assert.equal(found.faults[0]?.kind, sound ? undefined : "rewritten");
      const { covered } = await engine.actFor(
        "acme",
        () => engine.verifyActs(null),
      );
      assert.ok(covered > 3, "those of the deployment are seen for a tenant");
    } finally {
      await close();
    }
  }
}
