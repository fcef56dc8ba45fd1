/**
 * `moe` as a test runs it: no database, no credentials, what it prints as lines.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { runCommand } from "../../core/commands/run.ts";

/**
 * Runs a command that needs no database.
 *
 * @returns The lines that it printed, which are among `lines` also where it fails.
 */
export async function moe(
  args: readonly string[],
  lines: string[] = [],
): Promise<string[]> {
  const configuration = readConfiguration(() => undefined);
  const terminal = {
    line: (text: string) => void lines.push(text),
    warn: () => {},
    progress: () => {},
    done: () => {},
  };
  assert.equal(await runCommand({ configuration, terminal }, args), 0);
  return lines;
}

/** Solves a problem file. */
// deno-lint-ignore no-explicit-any -- answers are looked at member by member
export async function solve(path: string, ...args: string[]): Promise<any> {
  const [line = "", ...more] = await moe([
    ...["plan", "solve", path, "--json"],
    ...args,
  ]);
  assert.deepEqual(more, []);
  return JSON.parse(line);
}

/** Lends a folder to a test. */
export async function inFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "plan_commands_" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
