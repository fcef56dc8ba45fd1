/**
 * Checkpoints in a folder, one file for each owner, only ever added to: the second place,
 * which whoever writes the database should not be able to change.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { CheckpointArchive, LogOwner } from "../../ports/log.ts";

const SUFFIX = ".checkpoints";

/** Keeps checkpoints in a folder. */
export function createCheckpointFiles(folder: string): CheckpointArchive {
  return {
    append: (owner, note) =>
      named(owner, async () => {
        await Deno.mkdir(folder, { recursive: true });
        using file = await Deno.open(pathOf(folder, owner), {
          ...{ append: true, create: true, mode: 0o644 },
        });
        await writeWhole(file, new TextEncoder().encode(`\n\n${note}`));
        await file.syncData();
      }),
    read: (owner) =>
      named(
        owner,
        () => orNothing(() => Deno.readTextFile(pathOf(folder, owner))),
      ),
    tail: (owner) =>
      named(owner, () => orNothing(() => readTail(pathOf(folder, owner)))),
    owners: () => named("*", () => listOwners(folder)),
  };
}

/** Bytes at the end of a file in which the last of them lies. */
const TAIL_BYTES = 4096;

async function readTail(path: string): Promise<string> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  await file.seek(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
  return await new Response(file.readable).text();
}

async function orNothing(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

async function listOwners(folder: string): Promise<readonly LogOwner[]> {
  const owners: LogOwner[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(SUFFIX)) {
        owners.push(decodeURIComponent(name.slice(0, -SUFFIX.length)));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return owners;
}

/** Empty lines come first, so that one which was torn does not spoil the next. */
async function writeWhole(
  file: Deno.FsFile,
  bytes: Uint8Array,
): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    from += await file.write(bytes.subarray(from));
  }
}

function pathOf(folder: string, owner: LogOwner): string {
  const name = encodeURIComponent(owner)
    .replaceAll("*", "%2A").replaceAll(".", "%2E");
  return `${folder}/${name}${SUFFIX}`;
}

async function named<T>(owner: LogOwner, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError(
      "store_unavailable",
      `Cannot use the checkpoints of "${owner}": their folder cannot be read or written`,
      { cause },
    );
  }
}
