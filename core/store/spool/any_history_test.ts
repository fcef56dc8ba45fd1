/**
 * Whatever happens to a process and its disk: what was answered is carried on exactly once,
 * or told as missing.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogEntry } from "../../ports/decisions.ts";
import type { Spool, SpoolGap } from "../../ports/spool.ts";
import { createMemoryDisk, type MemoryDisk } from "./memory_disk_test.ts";
import { openSpool } from "./spool.ts";

const AT = "2026-01-31T09:00:00.000Z";
const OPTIONS = { maxBytes: 1_000_000, segmentBytes: 300 };

/** The log as simple as it can be: what was appended, by id, and what is missing. */
class History {
  readonly disk: MemoryDisk = createMemoryDisk();
  /** By id. */
  readonly made = new Map<string, LogEntry>();
  readonly acked: LogEntry[] = [];
  /** Refused, and cut off the disk again. */
  readonly refused: LogEntry[] = [];
  readonly logged = new Map<string, LogEntry>();
  readonly gaps = new Map<string, SpoolGap>();
  damages = 0;
  private constructor(readonly heldBytes: number, public spool: Spool) {}

  static async start(heldBytes: number): Promise<History> {
    const disk = createMemoryDisk();
    const spool = await openSpool(disk, { ...OPTIONS, heldBytes });
    return Object.assign(new History(heldBytes, spool), { disk });
  }

  entries(count: number): LogEntry[] {
    return Array.from({ length: count }, () => {
      const number = this.made.size + 1;
      const id = `dec_${number}`;
      const tenant = number % 3 === 0 ? "other" : "acme";
      const record = JSON.stringify({ id, text: "ü\n".repeat(number % 9) });
      const kind = number % 2 === 0 ? { kind: "outcome" as const } : {};
      const entry = { tenant, id, at: AT, record, ...kind, idempotent: null };
      this.made.set(id, entry);
      return entry;
    });
  }

  async append(count: number): Promise<boolean> {
    const entries = this.entries(count);
    try {
      await this.spool.append(entries);
      this.acked.push(...entries);
      return true;
    } catch (error) {
      assert.equal((error as { code?: string }).code, "store_unavailable");
      if (!this.disk.truncateFails) this.refused.push(...entries);
      return false;
    }
  }

  async carry(batches: number, most: number, forget: boolean): Promise<void> {
    for (let batch = 0; batch < batches; batch++) {
      const oldest = await this.spool.oldest(most);
      if (oldest === null) return;
      for (const entry of oldest.entries) {
        assert.deepEqual(entry, this.made.get(entry.id));
        this.logged.set(entry.id, entry);
      }
      for (const gap of oldest.gaps) this.gaps.set(gap.id, gap);
      if (forget) return await this.reopen();
      await oldest.carried();
    }
  }

  async reopen(): Promise<void> {
    Object.assign(this.disk, { room: null, dieAfter: null, syncFails: false });
    const { disk, heldBytes } = this;
    this.spool = await openSpool(disk, { ...OPTIONS, heldBytes });
  }

  /** A damage to the file at a share of all, at a share of its bytes. */
  damage(file: number, harm: (bytes: Uint8Array) => Uint8Array | null): void {
    const names = [...this.disk.files.keys()].filter((name) =>
      name.endsWith(".spool")
    );
    const name = names[Math.floor(file * names.length)];
    const held = name === undefined ? undefined : this.disk.files.get(name);
    if (name === undefined || held === undefined) return;
    this.damages += 1;
    const bytes = harm(held.bytes);
    if (bytes === null) this.disk.files.delete(name);
    else held.bytes = bytes;
  }

  missing(): LogEntry[] {
    return this.acked.filter(({ id }) => !this.logged.has(id));
  }

  told(): number {
    return [...this.gaps.values()].reduce((sum, { count }) => sum + count, 0);
  }
}

type Step = (history: History) => Promise<void>;

const count = fc.integer({ min: 1, max: 5 });
const share = fc.integer({ min: 0, max: 999 }).map((part) => part / 1000);

const append = count.map((entries): Step => async (history) => {
  assert.ok(await history.append(entries));
});
const carry = fc.tuple(count, count, fc.boolean())
  .map(([batches, most, forget]): Step => (history) =>
    history.carry(batches, most, forget)
  );
const kill = fc.constant<Step>((history) => history.reopen());
const killInWrite = fc.tuple(count, fc.integer({ min: 0, max: 400 }))
  .map(([entries, bytes]): Step => async (history) => {
    history.disk.dieAfter = bytes;
    history.spool.append(history.entries(entries)).catch(() => {});
    await new Promise((wake) => setTimeout(wake));
    await history.reopen();
  });
const fill = fc.tuple(count, fc.integer({ min: 0, max: 60 }), fc.boolean())
  .map(([entries, room, stuck]): Step => async (history) => {
    Object.assign(history.disk, { room, truncateFails: stuck });
    assert.equal(await history.append(entries), false);
    Object.assign(history.disk, { room: null, truncateFails: false });
  });
const failSync = count.map((entries): Step => async (history) => {
  history.disk.syncFails = true;
  assert.equal(await history.append(entries), false);
  history.disk.syncFails = false;
});
const losePower = share.map((kept): Step => async (history) => {
  history.disk.losePower(kept);
  await history.reopen();
});
const damage = fc.tuple(
  share,
  share,
  fc.constantFrom("flip", "cut", "remove"),
  fc.integer({ min: 0, max: 7 }),
).map(([file, place, how, bit]): Step => async (history) => {
  history.damage(file, (bytes) => {
    const at = Math.floor(place * bytes.length);
    if (how === "remove") return null;
    if (how === "cut") return bytes.slice(0, at);
    const flipped = bytes.slice();
    flipped[at] = (bytes[at] ?? 0) ^ (1 << bit);
    return flipped;
  });
  await history.reopen();
});

/** Nothing is kept in memory, some, or all. */
const held = fc.constantFrom(0, 200, 1_000_000);

async function run(
  [steps, heldBytes]: readonly [steps: readonly Step[], heldBytes: number],
  check: Step = async () => {},
): Promise<History> {
  const history = await History.start(heldBytes);
  for (const step of steps) {
    await step(history);
    await check(history);
  }
  await history.reopen();
  await history.carry(Infinity, 3, false);
  assert.equal(history.spool.standing().waiting, 0);
  return history;
}

const working = [append, append, append, carry, kill, killInWrite];
const RUNS = { numRuns: 300 };

Deno.test("kills, full disks, failing disks and losses of power lose nothing that was answered", async () => {
  const step = fc.oneof(...working, fill, failSync, losePower);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      held,
      async (...how) => {
        const history = await run(how, async ({ spool, ...history }) => {
          for (const entry of history.acked) {
            if (history.logged.has(entry.id)) continue;
            const { tenant, id } = entry;
            assert.deepEqual(await spool.find(tenant, id), entry);
          }
        });
        assert.deepEqual(history.missing(), []);
        assert.equal(history.told(), 0);
        const { refused, logged } = history;
        assert.deepEqual(refused.filter(({ id }) => logged.has(id)), []);
      },
    ),
    RUNS,
  );
});

Deno.test("what is flipped, cut off or removed is told as a gap, and all the rest is carried on", async () => {
  const step = fc.oneof(...working, fill, failSync, damage);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      held,
      async (...how) => {
        const history = await run(how);
        const missing = history.missing().length;
        assert.ok(history.told() >= missing, `${history.told()} < ${missing}`);
        if (history.damages === 0) assert.equal(history.told(), 0);
      },
    ),
    RUNS,
  );
});

Deno.test("what the log has is not told as missing where the mark could not be kept", async () => {
  const history = await History.start(0);
  for (let file = 0; file < 3; file++) await history.append(5);
  history.disk.syncMarkFails = true;
  const failing = await history.spool.oldest(12);
  await assert.rejects(failing?.carried() ?? Promise.resolve(), /disk fails/);
  history.disk.syncMarkFails = false;
  const rest = await history.spool.oldest(100);
  assert.deepEqual(rest?.gaps, []);
  assert.deepEqual(rest?.entries, history.acked.slice(12));
});

Deno.test("what was just written is carried on without reading the disk, in files and batches of any size", async () => {
  const history = await History.start(1_000_000);
  history.disk.read = () => Promise.reject(new Error("It is read"));
  for (let round = 0; round < 3; round++) {
    for (let group = 1; group < 5; group++) await history.append(group);
    await history.carry(1, 3, false);
    const [waiting] = history.missing();
    assert.ok(waiting);
    assert.deepEqual(
      await history.spool.find(waiting.tenant, waiting.id),
      waiting,
    );
    await history.carry(Infinity, 4, false);
  }
  assert.deepEqual(history.missing(), []);
  assert.equal(history.told(), 0);
  assert.ok(history.disk.files.size <= 1);
});

Deno.test("a batch says whether others waited behind it", async () => {
  const history = await History.start(200);
  await history.append(5);
  const first = await history.spool.oldest(5);
  assert.equal(first?.more, true, "there may be");
  await history.append(2);
  const all = await history.spool.oldest(8);
  assert.equal(all?.entries.length, 7);
  assert.equal(all?.more, false);
});
