/**
 * A disk in memory, for tests: it can fill up, fail, be cut off in a write, lose what was
 * not synced, and have its files damaged.
 *
 * @module
 */
import type { SpoolDisk, SpoolFile } from "./disk.ts";

interface Held {
  bytes: Uint8Array;
  /** How many of them outlast a loss of power. */
  synced: number;
}

/** A disk whose faults a test sets. */
export interface MemoryDisk extends SpoolDisk {
  readonly files: Map<string, Held>;
  mark: string;
  /** Bytes that the next write takes before it fails; null for all. */
  room: number | null;
  /** Bytes that the next write takes before the process is dead; null for all. */
  dieAfter: number | null;
  syncFails: boolean;
  truncateFails: boolean;
  syncMarkFails: boolean;
  /** Takes away what was not synced, but for a share of it; the mark is any since its sync. */
  losePower(share: number): void;
}

/** An empty disk. */
export function createMemoryDisk(): MemoryDisk {
  const files = new Map<string, Held>();
  let marks = [""];
  const disk: MemoryDisk = {
    files,
    mark: "",
    room: null,
    dieAfter: null,
    syncFails: false,
    truncateFails: false,
    syncMarkFails: false,
    losePower(share) {
      for (const held of files.values()) {
        const { bytes, synced } = held;
        const kept = synced + Math.floor((bytes.length - synced) * share);
        held.bytes = bytes.slice(0, kept);
        held.synced = kept;
      }
      disk.mark = marks[Math.floor(share * marks.length)] ?? "";
      marks = [disk.mark];
    },
    list: () =>
      Promise.resolve(
        [...files].map(([name, { bytes }]) => ({ name, size: bytes.length })),
      ),
    read: async (name, from, until) =>
      (await find(files, name)).bytes.slice(from, until),
    create: (name) => {
      if (files.has(name)) return Promise.reject(failure("EEXIST"));
      const held = { bytes: new Uint8Array(), synced: 0 };
      files.set(name, held);
      return Promise.resolve(openFile(disk, held));
    },
    sync: async (name) => {
      const held = await find(files, name);
      held.synced = held.bytes.length;
    },
    rename: async (name, to) => {
      files.set(to, await find(files, name));
      files.delete(name);
    },
    remove: (name) => Promise.resolve(void files.delete(name)),
    readMark: () => disk.mark,
    writeMark: (text) => {
      disk.mark = text;
      marks.push(text);
    },
    syncMark: () => {
      if (disk.syncMarkFails) return Promise.reject(failure("EIO"));
      marks = [disk.mark];
      return Promise.resolve();
    },
    close: () => {},
  };
  return disk;
}

function openFile(disk: MemoryDisk, held: Held): SpoolFile {
  let isDead = false;
  return {
    write: (bytes) => {
      const { dieAfter, room } = disk;
      const most = dieAfter ?? room ?? bytes.length;
      held.bytes = Uint8Array.from([
        ...held.bytes,
        ...bytes.subarray(0, most),
      ]);
      disk.dieAfter = null;
      isDead = dieAfter !== null;
      if (!isDead && most < bytes.length) throw failure("ENOSPC");
    },
    sync: () => {
      if (isDead) return new Promise(() => {});
      if (disk.syncFails) return Promise.reject(failure("EIO"));
      held.synced = held.bytes.length;
      return Promise.resolve();
    },
    truncate: (size) => {
      if (disk.truncateFails) return Promise.reject(failure("EIO"));
      held.bytes = held.bytes.slice(0, size);
      held.synced = Math.min(held.synced, size);
      return Promise.resolve();
    },
    close: () => {},
  };
}

function find(files: MemoryDisk["files"], name: string): Promise<Held> {
  const held = files.get(name);
  return held
    ? Promise.resolve(held)
    : Promise.reject(new Deno.errors.NotFound(name));
}

function failure(code: string): Error {
  return Object.assign(new Error("The disk fails"), { code });
}
