/**
 * What a command of `moe` is, and what it may use.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { EngineError } from "../domain/error.ts";
import type { Configuration } from "./configuration.ts";
import type { ActAsked } from "./acts.ts";
import type { Terminal } from "./terminal.ts";

/** What every command is given. */
export interface CommandScope {
  readonly configuration: Configuration;
  readonly terminal: Terminal;
  /** What goes on record of the command, once the engine is open; nothing if absent. */
  readonly act?: ActAsked | null;
}

/** Options as given: text, or true for those without a value. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** One command. */
export interface Command {
  /** Words that call it: `verify-log`, `models approve`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Its positional arguments, for the usage line; one in brackets may be left out, a last one ending in `…` given several times. */
  readonly operands: readonly string[];
  /** Its options: name → what it is; a name ending in `!` takes no value, one ending in `*` must be given. */
  readonly options: Readonly<Record<string, string>>;
  /**
   * Does it.
   *
   * @returns Exit code.
   */
  run(
    scope: CommandScope,
    operands: readonly string[],
    options: Options,
  ): Promise<number>;
}

/**
 * Reads a command's arguments.
 *
 * @returns Operands and options.
 * @throws {EngineError} `request_invalid`, naming what is unknown or missing.
 */
export function parseArguments(
  command: Command,
  args: readonly string[],
): { operands: string[]; options: Options } {
  const names = Object.keys(command.options);
  const parsed = parse(command, args, names);
  const missing = names.filter((name) =>
    name.endsWith("*") && parsed.values[name.slice(0, -1)] === undefined
  );
  const lacking = command.operands.slice(parsed.positionals.length)
    .filter((operand) => !operand.startsWith("["));
  if (missing.length + lacking.length > 0) {
    const wanted = [
      ...lacking,
      ...missing.map((name) => `--${name.slice(0, -1)}`),
    ];
    throw new EngineError(
      "request_invalid",
      `Cannot run "moe ${command.name}": ${wanted.join(" and ")} must be given`,
    );
  }
  return { operands: parsed.positionals, options: parsed.values };
}

function parse(
  command: Command,
  args: readonly string[],
  names: readonly string[],
): { positionals: string[]; values: Options } {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(names.map((name) => [
        name.replace(/[!*]$/, ""),
        { type: name.endsWith("!") ? "boolean" : "string" } as const,
      ])),
    });
    const open = command.operands.at(-1)?.endsWith("…") ?? false;
    if (positionals.length > command.operands.length && !open) {
      throw new TypeError(`unexpected "${positionals.at(-1)}"`);
    }
    return { positionals, values };
  } catch (error) {
    throw new EngineError(
      "request_invalid",
      `Cannot run "moe ${command.name}": ${(error as Error).message}`,
    );
  }
}

/**
 * Reads an option that must be text.
 *
 * @returns The text, or the default.
 */
export function textOption(
  options: Options,
  name: string,
  otherwise: string,
): string {
  const given = options[name];
  return typeof given === "string" ? given : otherwise;
}
