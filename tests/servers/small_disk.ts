/**
 * A disk of its own in memory that a test may fill up; only root may mount one.
 *
 * @module
 */

/** A small disk. */
export interface SmallDisk {
  readonly folder: string;
  /** Whether it can be filled: where nobody may mount a disk it is a folder. */
  readonly isSmall: boolean;
  /** Takes all the room that is left; given back by `empty`. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  unmount(): Promise<void>;
}

/**
 * Mounts a disk.
 *
 * @param kilobytes Its size.
 * @returns The disk; null where none may be mounted.
 */
export async function mountDisk(kilobytes: number): Promise<SmallDisk | null> {
  const folder = await Deno.makeTempDir({ prefix: "disk_" });
  const options = `size=${kilobytes}k,mode=777`;
  const words = ["-t", "tmpfs", "-o", options, "tmpfs", folder];
  if (Deno.uid() !== 0 || !await run("mount", ...words)) {
    await Deno.remove(folder);
    return null;
  }
  const ballast = `${folder}/ballast`;
  return {
    ...{ folder, isSmall: true },
    fill: async () =>
      void await run("dd", "if=/dev/zero", `of=${ballast}`, "bs=4k"),
    empty: () => Deno.remove(ballast),
    unmount: async () => {
      await run("umount", folder);
      await Deno.remove(folder);
    },
  };
}

/** A small disk, or a folder where none may be mounted. */
export async function openDisk(kilobytes: number): Promise<SmallDisk> {
  const mounted = await mountDisk(kilobytes);
  if (mounted !== null) return mounted;
  const folder = await Deno.makeTempDir({ prefix: "disk_" });
  await Deno.chmod(folder, 0o777);
  const never = () => Promise.reject(new TypeError("Cannot fill a folder"));
  return {
    ...{ folder, isSmall: false, fill: never, empty: never },
    unmount: () => Deno.remove(folder, { recursive: true }),
  };
}

/**
 * Options of a test that needs a small disk: left out, saying so, where none may be
 * mounted, which no package can change.
 */
export async function needingDisk(
  name: string,
): Promise<{ readonly name: string; readonly ignore: boolean }> {
  const disk = await mountDisk(64);
  await disk?.unmount();
  const ignore = disk === null;
  return {
    name: ignore ? `${name} (left out: no disk may be mounted)` : name,
    ignore,
  };
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      ...{ args, stdout: "null", stderr: "null" },
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
