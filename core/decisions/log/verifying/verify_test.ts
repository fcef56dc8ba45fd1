/**
 * Each kind of tampering is found and named at its place.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../../domain/canonical.ts";
import type { LoggedRecord } from "../../../domain/decision.ts";
import { createDecisions } from "../../decisions.ts";
import {
  ACTION,
  decideIn,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../memory_ports_test.ts";
import type { MemoryLog } from "../records/memory_log_test.ts";
import { GENESIS } from "../checkpoints/checkpoint.ts";
import { startWalk } from "./walk.ts";

async function chainOf(rows: number) {
  const world = worldOf();
  for (let row = 0; row < rows; row++) await decideIn(world, REQUEST);
  return world;
}

function edit(log: MemoryLog, seq: number, change: Partial<LoggedRecord>) {
  const row = log.rows[seq - 1];
  assert.ok(row);
  log.rows[seq - 1] = { ...row, ...change };
}

function forge(log: MemoryLog, seq: number): void {
  const row = log.rows[seq - 1];
  assert.ok(row);
  const record = row.record.replace("tester", "forger");
  const hash = sha256(`${row.prev}\n${seq}\n${record}`);
  edit(log, seq, { record, hash });
}

const record = (log: MemoryLog, seq: number) =>
  log.rows[seq - 1]?.record.replace("tester", "forger") ?? "";

const damages: {
  note: string;
  harm: (log: MemoryLog) => void;
  want: [number, string, number][];
}[] = [
  { note: "nothing", harm: () => {}, want: [] },
  {
    note: "a changed record",
    harm: (log) => edit(log, 3, { record: record(log, 3) }),
    want: [[3, "changed", 1]],
  },
  {
    note: "a changed record under a hash of its own",
    harm: (log) => forge(log, 3),
    want: [[3, "changed", 1]],
  },
  {
    note: "a changed id",
    harm: (log) => edit(log, 4, { id: "dec_99" }),
    want: [[4, "changed", 1]],
  },
  {
    note: "a changed moment",
    harm: (log) => edit(log, 4, { at: "2026-01-01T00:00:00.000Z" }),
    want: [[4, "changed", 1]],
  },
  {
    note: "a changed first row",
    harm: (log) => edit(log, 1, { prev: "1".repeat(64) }),
    want: [[1, "changed", 1]],
  },
  {
    note: "removed rows",
    harm: (log) => log.rows.splice(2, 2),
    want: [[3, "removed", 2]],
  },
  {
    note: "a removed beginning",
    harm: (log) => log.rows.splice(0, 1),
    want: [[1, "removed", 1]],
  },
  {
    note: "two rows that changed places",
    harm: (log) => {
      const [two, five] = [log.rows[1], log.rows[4]];
      assert.ok(two && five);
      log.rows[1] = { ...five, seq: 2 };
      log.rows[4] = { ...two, seq: 5 };
    },
    want: [[2, "reordered", 1], [5, "reordered", 1]],
  },
  {
    note: "a cut tail",
    harm: (log) => log.rows.splice(4, 2),
    want: [[5, "cut", 2]],
  },
  {
    note: "a whole chain gone",
    harm: (log) => log.rows.splice(0),
    want: [[1, "cut", 6]],
  },
  {
    note: "a forged last row",
    harm: (log) => forge(log, 6),
    want: [[6, "head", 1]],
  },
  {
    note: "a row beyond the head",
    harm: (log) => {
      const last = log.rows[5];
      assert.ok(last);
      const hash = sha256(`${last.hash}\n7\n${last.record}`);
      log.rows.push({ ...last, seq: 7, prev: last.hash, hash });
    },
    want: [[7, "added", 1]],
  },
  {
    note: "a head gone",
    harm: (log) => log.head$ = null,
    want: [[6, "head", 6]],
  },
];

Deno.test.each(damages)("verify finds $note", async ({ harm, want }) => {
  const world = await chainOf(6);
  harm(world.log);
  const found = await createDecisions(world).verify("acme");
  assert.deepEqual(
    found.damages.map(({ seq, kind, count }) => [seq, kind, count]),
    want,
  );
  assert.equal(found.sound, want.length === 0);
});

Deno.test("verify walks in pages, tells how far it is, and a chain that grows meanwhile is sound", async () => {
  const world = await chainOf(2500);
  const shares: number[] = [];
  let grown = 0;
  const { read } = world.log;
  world.log.read = async (...query) => {
    if (grown++ < 3) await decideIn(world, REQUEST);
    return await read(...query);
  };
  const found = await createDecisions(world).verify(
    "acme",
    { report: (_step, share) => shares.push(share ?? 0) },
  );
  assert.deepEqual(found.damages, []);
  assert.equal(found.rows, 2503);
  assert.ok(shares.length >= 3);
});

Deno.test("a record that was changed is neither replayed nor explained", async () => {
  const world = await chainOf(1);
  edit(world.log, 1, { record: record(world.log, 1) });
  const decisions = createDecisions(world);
  const { id } = world.log.rows[0] ?? { id: "" };
  await assert.rejects(decisions.replay("acme", id), { code: "log_tampered" });
  await assert.rejects(decisions.explain("acme", id), { code: "log_tampered" });
  await assert.rejects(decisions.replay("acme", "dec_0"), {
    code: "not_found",
  });
});

Deno.test("a replay that differs names the members", async () => {
  const world = await chainOf(1);
  const other = worldOf({
    scores: scoresOf(scorerOf(ACTION, { score: () => 0.25 })),
  });
  const decisions = createDecisions({
    ...world,
    scores: other.scores,
  });
  const { same, differences } = await decisions.replay("acme", "dec_1");
  assert.equal(same, false);
  assert.ok(differences.includes("score"));
  assert.ok(differences.includes("actions.0.score"));
});

Deno.test("a log that is damaged all over is told of in bounded memory, each kind of damage at least once", () => {
  const rows = 12_000;
  const walk = startWalk("acme", GENESIS);
  for (let seq = 1; seq <= rows; seq++) {
    const at = "2026-01-31T09:00:00.000Z";
    const texts = { record: "{}", prev: "", hash: "" };
    walk.step({ seq, id: `dec_${seq}`, at, kind: "decision", ...texts });
  }
  const { damages, damaged } = walk.end({ seq: rows + 5, hash: "" });
  assert.equal(damaged, rows + 1);
  assert.equal(damages.length, 10_001);
  assert.equal(damages.at(-1)?.kind, "cut");
});
