/**
 * `moe` as a person runs it: a process of its own.
 *
 * @module
 */
import { ROOT } from "../architecture/paths.ts";
import { PERMISSIONS } from "../servers/engine.ts";

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

/** Starts a command without waiting for it. */
export function spawnMoe(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  stdin: "null" | "piped" = "null",
): Deno.ChildProcess {
  return command(env, args, stdin).spawn();
}

/** Runs a command to its end. */
export async function runMoe(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ran> {
  const { code, stdout, stderr } = await command(env, args).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

function command(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  stdin: "null" | "piped" = "null",
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, "main.ts", ...args],
    cwd: ROOT,
    // A busy machine costs no rung, and no answer.
    env: { MOE_DEADLINE_MS: "20000", ...env, NO_COLOR: "1" },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}
