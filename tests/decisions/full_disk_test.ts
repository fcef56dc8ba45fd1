/**
 * A spool on a disk that fills up: entries are refused and told, none that was answered is
 * lost, and it goes on by itself when there is room.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openSpools } from "../../core/store/spool/folders.ts";
import type { Spool } from "../../core/ports/spool.ts";
import { mountDisk, needingDisk } from "../servers/small_disk.ts";
import { recordOf } from "./spool_loop.ts";

const DISK_KB = 512;
const NAME = "a spool on a full disk refuses, loses nothing, and recovers";

Deno.test({
  ...await needingDisk(NAME),
  fn: async () => {
    const disk = await mountDisk(DISK_KB);
    assert.ok(disk !== null, "no disk may be mounted");
    const { folder } = disk;
    try {
      await Deno.writeFile(`${folder}/ballast`, new Uint8Array(200 * 1024));
      await fillAndRecover(folder);
    } finally {
      await disk.unmount();
    }
  },
});

async function fillAndRecover(folder: string): Promise<void> {
  const acked: string[] = [];
  const refused: string[] = [];
  const options = { maxBytes: 2 ** 30, segmentBytes: 64 * 1024 };
  const spool = await openSpools(folder, options);
  try {
    while (refused.length < 5) await append(spool, { acked, refused });
    assert.match(spool.standing().problem ?? "", /ENOSPC/);
    await Deno.remove(`${folder}/ballast`);
    const before = acked.length;
    while (acked.length < before + 50) {
      await append(spool, { acked, refused });
    }
    assert.equal(refused.length, 5);
    assert.equal(spool.standing().problem, null);
  } finally {
    await spool.close();
  }
  const again = await openSpools(folder, options);
  try {
    assert.deepEqual(await takeAll(again), acked);
  } finally {
    await again.close();
  }
}

let made = 0;

/** Three entries, which are answered or refused together. */
async function append(
  spool: Spool,
  { acked, refused }: { acked: string[]; refused: string[] },
): Promise<void> {
  const ids = [1, 2, 3].map(() => `dec_${++made}`);
  const at = "2026-01-31T09:00:00.000Z";
  const entries = ids.map((id) => {
    const record = recordOf(id);
    return { tenant: "acme", id, at, record, idempotent: null };
  });
  try {
    await spool.append(entries);
    acked.push(...ids);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "store_unavailable");
    refused.push(ids.join());
  }
}

async function takeAll(spool: Spool): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const batch = await spool.oldest(50);
    if (batch === null) return ids;
    assert.deepEqual(batch.gaps, []);
    ids.push(...batch.entries.map(({ id }) => id));
    await batch.carried();
  }
}
