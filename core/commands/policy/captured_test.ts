/**
 * A command run on files of a folder that lasts as long as the run.
 *
 * @module
 */
import { type Command, parseArguments } from "../command.ts";
import { readConfiguration } from "../configuration.ts";

/** What a command printed, and how it ended. */
export interface Captured {
  readonly code: number;
  readonly lines: readonly string[];
}

/**
 * Runs a command.
 *
 * @param command What to run.
 * @param args Arguments; `@name` is the path of a file.
 * @param files Files by name: text, or what is written as JSON.
 */
export async function runOnFiles(
  command: Command,
  args: readonly string[],
  files: Readonly<Record<string, unknown>>,
): Promise<Captured> {
  const folder = await Deno.makeTempDir({ prefix: "policy_command_" });
  const lines: string[] = [];
  const terminal = {
    line: (text: string) => void lines.push(text),
    warn: (text: string) => void lines.push(text),
    progress: () => {},
    done: () => {},
  };
  try {
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === "string"
        ? content
        : JSON.stringify(content);
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { operands, options } = parseArguments(
      command,
      args.map((arg) => arg.replace(/^@/, `${folder}/`)),
    );
    const configuration = readConfiguration(() => undefined);
    const code = await command.run(
      { configuration, terminal },
      operands,
      options,
    );
    return { code, lines };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
