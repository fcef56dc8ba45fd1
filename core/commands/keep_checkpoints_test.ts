/**
 * Checkpoints are made when they are due, by one node, and not of a log that does not
 * follow from the one before.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type CheckpointScope,
  makeCheckpoints,
} from "../decisions/log/checkpoints/make_checkpoints.ts";
import { readMarks } from "../decisions/log/checkpoints/marks.ts";
import {
  makeSigningKey,
  parseSigningKey,
  parseVerifiers,
} from "../decisions/log/checkpoints/signed_note.ts";
import { UNRETIRED } from "../domain/audit_log.ts";
import type { KeptCheckpoint } from "../ports/log.ts";
import { type CheckpointEntry, keepCheckpoints } from "./keep_checkpoints.ts";

const NOBODY = { seq: 0, hash: "0".repeat(64) };
const SIGNER = parseSigningKey(makeSigningKey("eu-1"), "a test");

const hashAt = (seq: number) => seq.toString(16).padStart(64, "0");

/** A log that only has its heads, of which a test may say anything. */
function openDesk() {
  const desk = {
    size: 0,
    forged: false,
    nowMs: Date.UTC(2026, 0, 31, 9),
    kept: [] as KeptCheckpoint[],
    archived: [] as string[],
    full: false,
  };
  const hash = (seq: number) => desk.forged ? "f".repeat(64) : hashAt(seq);
  const making: CheckpointScope = {
    signer: SIGNER,
    clock: { now: () => new Date(desk.nowMs).toISOString() },
    log: {
      anchor: () => Promise.resolve(null),
      read: (_tenant, after) =>
        Promise.resolve([{
          ...{ seq: after + 1, hash: hash(after + 1), id: "", at: "" },
          ...{ kind: "decision", prev: "", record: "" },
        }]),
    },
    governance: {
      records: () => Promise.resolve([]),
      head: () => Promise.resolve(UNRETIRED),
      anchor: () => Promise.resolve(UNRETIRED),
    },
    checkpoints: {
      standings: () =>
        Promise.resolve([{
          owner: "acme",
          heads: {
            decisions: { seq: desk.size, hash: hash(desk.size) },
            acts: NOBODY,
          },
          last: desk.kept.at(-1) ?? null,
        }]),
      keep: (_owner, made) => Promise.resolve(desk.kept.push(made) > 0),
    },
    archive: {
      append: (_owner, note) =>
        desk.full
          ? Promise.reject(new Error("full"))
          : Promise.resolve(void desk.archived.push(note)),
      tail: () =>
        Promise.resolve(`orn of one before

${desk.archived.slice(-2).map((note) => `\n\n${note}`).join("")}`),
    },
  };
  return { desk, making };
}

Deno.test("ten thousand records, or a minute with anything new, make one due", async () => {
  const { desk, making } = openDesk();
  async function made(): Promise<number> {
    return (await makeCheckpoints(making, { now: false })).length;
  }
  desk.size = 1;
  assert.equal(await made(), 1);
  desk.size = 10_000;
  assert.equal(await made(), 0);
  desk.size = 10_001;
  assert.equal(await made(), 1);
  desk.size = 10_002;
  desk.nowMs = Date.parse(desk.kept.at(-1)?.at ?? "") + 59_999;
  assert.equal(await made(), 0);
  desk.nowMs += 1;
  assert.equal(await made(), 1);
  desk.nowMs += 3_600_000;
  assert.equal(await made(), 0);
  assert.deepEqual(desk.kept.map(({ number }) => number), [1, 2, 3]);
  assert.deepEqual(desk.archived, desk.kept.map(({ note }) => note));
});

Deno.test("a clock that is put back neither stops signing nor makes the log look forked", async () => {
  const { desk, making } = openDesk();
  for (const stepMs of [0, 0, -3_600_000, -1, 7_200_000]) {
    desk.size += 1;
    desk.nowMs += stepMs;
    await makeCheckpoints(making, { now: stepMs > -60_000 });
  }
  assert.equal(desk.kept.length, 5);
  const moments = desk.kept.map(({ at }) => at);
  assert.deepEqual([...new Set(moments)].sort(), moments);
  const { faults, hashes } = readMarks(desk.archived.toReversed(), {
    ...{ owner: "acme", part: "decisions" },
    verifiers: parseVerifiers(SIGNER.verifier, "a test"),
  });
  assert.deepEqual([faults, [...hashes.keys()]], [[], [1, 2, 3, 4, 5]]);
});

Deno.test("a checkpoint that the second place did not take is brought there later", async () => {
  const { desk, making } = openDesk();
  const owed = new Set<string>();
  Object.assign(desk, { size: 1, full: true });
  async function codes(): Promise<boolean[]> {
    const made = await makeCheckpoints({ ...making, owed }, { now: false });
    return made.map((one) => "made" in one);
  }
  assert.deepEqual(await codes(), [false]);
  assert.deepEqual(await codes(), [false]);
  desk.full = false;
  assert.deepEqual(await codes(), []);
  assert.deepEqual(await codes(), []);
  assert.equal(desk.kept.length, 1);
  assert.deepEqual(desk.archived, desk.kept.map(({ note }) => note));
});

Deno.test("a database that was put back is not signed, though its own checkpoints fit it", async () => {
  const { desk, making } = openDesk();
  for (const size of [5, 9]) {
    desk.size = size;
    await makeCheckpoints(making, { now: true });
  }
  desk.kept.pop();
  for (const size of [5, 7]) {
    desk.size = size;
    const [refused] = await makeCheckpoints(making, { now: true });
    assert.ok(refused && "error" in refused);
    assert.match(String(refused.error), /record 9 is not the one that was/);
  }
  desk.archived.splice(0);
  assert.ok(
    "made" in ((await makeCheckpoints(making, { now: true }))[0] ?? {}),
  );
});

Deno.test("the second place is compared once by who keeps on signing, and may be behind what was retired", async () => {
  const { desk, making } = openDesk();
  desk.size = 5;
  const compared = new Set<string>();
  await makeCheckpoints({ ...making, compared }, { now: true });
  assert.deepEqual([...compared], ["acme"]);
  desk.archived.push(desk.archived[0]?.replace("\n5\n", "\n9\n") ?? "");
  desk.size = 6;
  const go = (also: Partial<CheckpointScope>) =>
    makeCheckpoints({ ...making, ...also }, { now: true });
  assert.ok("made" in ((await go({ compared }))[0] ?? {}));
  desk.archived.splice(1);
  desk.size = 20;
  const anchor = () => Promise.resolve({ seq: 6, hash: hashAt(6) });
  const log: CheckpointScope["log"] = {
    anchor,
    read: (...asked) =>
      asked[1] < 6 ? making.log.read("acme", 6, 1) : making.log.read(...asked),
  };
  assert.ok("made" in ((await go({ log }))[0] ?? {}));
});

Deno.test.each([
  { note: "was rewritten", harm: { forged: true, size: 6 } },
  { note: "was cut", harm: { size: 3 } },
])("a log that $note is not signed", async ({ harm }) => {
  const { desk, making } = openDesk();
  desk.size = 5;
  await makeCheckpoints(making, { now: true });
  Object.assign(desk, harm);
  const [refused] = await makeCheckpoints(making, { now: true });
  assert.ok(refused && "error" in refused);
  assert.equal((refused.error as { code?: string }).code, "log_tampered");
  assert.equal(desk.kept.length, 1);
});

Deno.test("what fails is told once, and what is new is signed at the stop", async () => {
  const { desk, making } = openDesk();
  const entries: CheckpointEntry[] = [];
  desk.size = 1;
  desk.full = true;
  const rounds = Promise.withResolvers<void>();
  let count = 0;
  const kept = keepCheckpoints({
    making: {
      ...making,
      checkpoints: {
        ...making.checkpoints,
        keep: () => Promise.reject(new Error("away")),
        standings: () => {
          if (++count === 3) rounds.resolve();
          return making.checkpoints.standings();
        },
      },
    },
    leases: {
      take: () => Promise.resolve(true),
      release: () => Promise.resolve(),
      rest: () => Promise.resolve(),
    },
    ids: { next: (prefix) => prefix },
    log: (entry) => entries.push(entry),
    roundMs: 1,
  });
  await rounds.promise;
  kept.stop();
  await kept.ended;
  assert.deepEqual(
    entries.map(({ event, tenant }) => [event, tenant]),
    [["checkpoint_failed", "acme"]],
  );
});

Deno.test("a node without the lease signs nothing", async () => {
  const { desk, making } = openDesk();
  desk.size = 1;
  const kept = keepCheckpoints({
    making,
    leases: {
      take: () => Promise.resolve(false),
      release: () => Promise.resolve(),
      rest: () => Promise.resolve(),
    },
    ids: { next: (prefix) => prefix },
    log: () => {},
    roundMs: 1,
  });
  kept.stop();
  await kept.ended;
  assert.equal(desk.kept.length, 0);
});
