/**
 * The folder of a spool: files that only grow, readable by their owner alone, and a mark
 * that is written over.
 *
 * Adding to a file is done on this thread: some kB go to the machine's memory in
 * microseconds, a tenth of what handing them to another thread costs. A disk that stalls
 * is met by the sync, which is on another thread, and nothing is added while one is under
 * way.
 *
 * @module
 */
import { closeSync, constants, fsync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";

/** A file that grows. */
export interface SpoolFile {
  /** Writes all of it at the end, at once: it is for the machine to keep until `sync`. */
  write(bytes: Uint8Array): void;
  /** What was written is on the disk when it resolves. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): void;
}

/** A folder. */
export interface SpoolDisk {
  /** Files by name and size, the mark among them. */
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** Bytes of a file from a place on, up to another or its end. */
  read(name: string, from: number, until: number): Promise<Uint8Array>;
  /** Makes a file; its name is on the disk when it resolves. */
  create(name: string): Promise<SpoolFile>;
  /** What a file holds is on the disk when it resolves. */
  sync(name: string): Promise<void>;
  rename(name: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** What the mark says; nothing if there is none. */
  readMark(): string;
  /** Writes the mark: it survives the process, and after `syncMark` the machine. */
  writeMark(text: string): void;
  syncMark(): Promise<void>;
  close(): void;
}

/** Name of the mark's file. */
export const MARK_FILE = "mark";

const OWNER_ONLY = 0o600;
const encoder = new TextEncoder();
const syncFile = promisify(fsync);

/** Opens a folder that is there. */
export function openSpoolDisk(folder: string): SpoolDisk {
  const mark = openSync(
    `${folder}/${MARK_FILE}`,
    constants.O_RDWR | constants.O_CREAT,
    OWNER_ONLY,
  );
  return {
    list: () => listFiles(folder),
    read: (name, from, until) => readPart(`${folder}/${name}`, from, until),
    create: async (name) => {
      const file = await createFile(`${folder}/${name}`);
      await syncPath(folder).catch((error) => {
        file.close();
        throw error;
      });
      return file;
    },
    sync: (name) => syncPath(`${folder}/${name}`),
    rename: async (name, to) => {
      await Deno.rename(`${folder}/${name}`, `${folder}/${to}`);
      await syncPath(folder);
    },
    remove: (name) => Deno.remove(`${folder}/${name}`),
    readMark: () => Deno.readTextFileSync(`${folder}/${MARK_FILE}`),
    writeMark: (text) => {
      const bytes = encoder.encode(text);
      // At a place, in one call: to go there first takes as long as to write.
      for (let at = 0; at < bytes.length;) {
        at += writeSync(mark, bytes, at, bytes.length - at, at);
      }
    },
    syncMark: () => syncFile(mark),
    close: () => closeSync(mark),
  };
}

async function listFiles(folder: string) {
  const files: { name: string; size: number }[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    const { size } = await Deno.stat(`${folder}/${name}`);
    files.push({ name, size });
  }
  return files;
}

async function createFile(path: string): Promise<SpoolFile> {
  const file = await Deno.open(path, {
    ...{ write: true, createNew: true },
    mode: OWNER_ONLY,
  });
  return {
    write: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(bytes.subarray(at));
      }
    },
    sync: () => file.syncData(),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  };
}

async function readPart(
  path: string,
  from: number,
  until: number,
): Promise<Uint8Array> {
  using file = await Deno.open(path);
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(until - from);
  let at = 0;
  while (at < bytes.length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

async function syncPath(path: string): Promise<void> {
  using opened = await Deno.open(path);
  await opened.sync();
}
