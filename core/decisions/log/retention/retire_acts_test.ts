/**
 * Acts leave up to a checkpoint that signed them, what is told of changes stays, and
 * nothing leaves of a log that is not the one that was signed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findAuditDamage } from "../../../domain/audit_log.ts";
import type { KeptCheckpoint } from "../../../ports/log.ts";
import { GENESIS, printCheckpoint } from "../checkpoints/checkpoint.ts";
import { makeCheckpoints } from "../checkpoints/make_checkpoints.ts";
import { readMarks } from "../checkpoints/marks.ts";
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
import { verifyActs } from "../verifying/verify_acts.ts";
import { runRetention } from "./retention.ts";
import type { RetentionRule } from "./rules.ts";
import type { RetentionRun } from "./run.ts";

const AT = "2026-03-01T00:00:00.000Z";
const NOW = "2026-04-01T00:00:00.000Z";
const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");
const VERIFIERS = parseVerifiers(SIGNER.verifier, "a test");
const TEN_DAYS: readonly RetentionRule[] = [
  { tenant: "*", purpose: "acts", days: 10 },
];

/** Signs acts as they are. */
function sign(acts: MemoryActs, number: number): KeptCheckpoint {
  const { seq, hash } = acts.rows.at(-1) ?? GENESIS;
  const owned = { deployment: "eu-1", owner: "acme", at: AT };
  const heads = { decisions: GENESIS, acts: { seq, hash } };
  return {
    ...{
      number,
      at: AT,
      note: SIGNER.sign(printCheckpoint({ ...owned, ...heads })),
    },
    sizes: { decisions: 0, acts: seq },
  };
}

function fill(acts: MemoryActs): void {
  acts.add([actOf(1, AT), changeOf(2, AT), actOf(3, AT), changeOf(4, AT)]);
  acts.add([actOf(5, AT), actOf(6, AT)]);
}

function retire(
  acts: MemoryActs,
  checkpoint: KeptCheckpoint | null,
  also: Partial<RetentionRun> = {},
) {
  const nothing = () => Promise.resolve(0);
  return runRetention({
    log: {
      tenants: () => Promise.resolve([]),
      anchor: () => Promise.resolve(null),
      append: () => Promise.reject(new TypeError("no decisions are retired")),
      read: () => Promise.resolve([]),
    },
    governance: acts,
    checkpoints: {
      owners: () => Promise.resolve(["acme"]),
      lastBefore: () => Promise.resolve(checkpoint),
    },
    retention: {
      keyedTenants: () => Promise.resolve([]),
      ...{ retire: nothing, countAnswers: nothing, forgetAnswers: nothing },
      ...{ countThinned: nothing, thinCheckpoints: nothing },
      retireActs: acts.retireActs,
    },
    ...{ verifiers: VERIFIERS, ids: { next: (prefix: string) => prefix } },
  }, { rules: TEN_DAYS, now: NOW, ...also });
}

async function verify(acts: MemoryActs, checkpoint: KeptCheckpoint) {
  const marks = readMarks([checkpoint.note], {
    ...{ owner: "acme", part: "acts", verifiers: VERIFIERS },
  });
  return await verifyActs(
    {
      anchor: acts.anchor,
      verify: async (scope, visit) => {
        acts.rows.forEach(visit);
        return findAuditDamage(acts.rows, await acts.anchor(scope));
      },
    },
    "acme",
    marks,
  );
}

const places = ({ rows }: MemoryActs) => rows.map(({ seq }) => seq);

Deno.test("acts leave up to a checkpoint, changes stay, and the log goes on from there", async () => {
  const acts = createMemoryActs();
  fill(acts);
  const checkpoint = sign(acts, 1);
  acts.add([actOf(7, AT)]);
  const [dry] = await retire(acts, checkpoint, { dryRun: true });
  assert.deepEqual([dry?.count, dry?.upTo, acts.rows.length], [4, 6, 7]);
  const [done] = await retire(acts, checkpoint);
  assert.deepEqual([done?.count, done?.upTo, done?.failed], [4, 6, false]);
  assert.deepEqual(places(acts), [2, 4, 7, 8]);
  const found = await verify(acts, checkpoint);
  assert.deepEqual([found.sound, found.anchor.seq, found.head.seq], [
    ...[true, 6, 8],
  ]);
  const [again] = await retire(acts, checkpoint);
  assert.deepEqual([again?.count, again?.failed], [0, false]);
  const later = sign(acts, 2);
  acts.add([changeOf(9, AT)]);
  await retire(acts, later);
  assert.deepEqual(places(acts), [2, 4, 9, 10]);
  assert.ok((await verify(acts, later)).sound);
});

Deno.test("acts are kept for ever where no rule says otherwise", async () => {
  const acts = createMemoryActs();
  fill(acts);
  assert.deepEqual(await retire(acts, sign(acts, 1), { rules: [] }), []);
  assert.equal(acts.rows.length, 6);
});

Deno.test("what a run left half done the next one ends", async () => {
  const acts = createMemoryActs();
  fill(acts);
  const checkpoint = sign(acts, 1);
  const whole = [...acts.rows];
  await retire(acts, checkpoint);
  acts.rows.unshift(...whole.slice(0, 1));
  assert.ok((await verify(acts, checkpoint)).sound);
  await retire(acts, checkpoint);
  assert.deepEqual(places(acts), [2, 4, 7]);
});

Deno.test.each([
  {
    note: "a change that was rewritten with all after it",
    harm: (acts: MemoryActs) => {
      acts.rows.splice(0);
      acts.add([actOf(1, AT), changeOf(9, AT), actOf(3, AT), changeOf(4, AT)]);
      acts.add([actOf(5, AT), actOf(6, AT)]);
    },
  },
  {
    note: "a change whose text was changed",
    harm: ({ rows }: MemoryActs) => {
      const one = rows[1];
      assert.ok(one);
      rows[1] = { ...one, record: one.record.replace("edit", "return") };
    },
  },
  {
    note: "a removed record",
    harm: ({ rows }: MemoryActs) => void rows.splice(2, 1),
  },
])("nothing leaves up to $note", async ({ harm }) => {
  const acts = createMemoryActs();
  fill(acts);
  const checkpoint = sign(acts, 1);
  harm(acts);
  const left = acts.rows.length;
  const [done] = await retire(acts, checkpoint);
  assert.deepEqual([done?.count, done?.failed], [0, true]);
  assert.match(done?.held ?? "", /not the one that was signed/);
  assert.equal(acts.rows.length, left);
});

Deno.test("what stayed is compared even when what is behind it is whole", async () => {
  const acts = createMemoryActs();
  fill(acts);
  const checkpoint = sign(acts, 1);
  await retire(acts, checkpoint);
  acts.rows.splice(1, 1);
  const { sound, damages } = await verify(acts, checkpoint);
  assert.deepEqual([sound, damages.map(({ seq }) => seq)], [false, [6]]);
});

Deno.test("a rewritten log is told of at the first record that a checkpoint signed otherwise", async () => {
  const acts = createMemoryActs();
  fill(acts);
  const [first, second] = [sign(acts, 1), createMemoryActs()];
  second.add([actOf(2, AT), changeOf(2, AT), actOf(3, AT)]);
  second.add([actOf(4, AT), actOf(5, AT), actOf(6, AT)]);
  const { sound, faults } = await verify(second, first);
  assert.equal(sound, false);
  assert.deepEqual(faults.map(({ kind, seq }) => [kind, seq]), [
    ["rewritten", 6],
  ]);
});

Deno.test("checkpoints go on after everything that the last one signed left", async () => {
  const acts = createMemoryActs();
  fill(acts);
  const last = sign(acts, 1);
  await retire(acts, last);
  const { seq, hash } = acts.rows.at(-1) ?? GENESIS;
  const heads = { decisions: GENESIS, acts: { seq, hash } };
  const [made] = await makeCheckpoints({
    log: {
      read: () => Promise.resolve([]),
      anchor: () => Promise.resolve(null),
    },
    governance: acts,
    checkpoints: {
      standings: () => Promise.resolve([{ owner: "acme", heads, last }]),
      keep: () => Promise.resolve(true),
    },
    ...{ signer: SIGNER, archive: null, clock: { now: () => NOW } },
  }, { now: true });
  assert.ok(made && "made" in made, `${JSON.stringify(made)}`);
  assert.equal(made.made.sizes.acts, 7);
});
