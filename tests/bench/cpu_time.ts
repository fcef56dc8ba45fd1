/**
 * CPU time of other processes, which says what a request costs however busy the machine
 * is with others.
 *
 * @module
 */

/**
 * Reads the time that all threads of a process ran.
 *
 * @param pid The process.
 * @returns Seconds, of those threads that have not ended.
 */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`)
        .split(" ")[0],
    );
  }
  return nanoseconds / 1e9;
}
