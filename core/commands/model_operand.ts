/**
 * Models as a person names them on the command line.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { type Alias, ALIASES } from "../domain/model_event.ts";
import { type ModelRef, parseModelRef } from "../domain/score.ts";
import { type Options, textOption } from "./command.ts";

const MOST_REASON = 500;

/**
 * Reads `NAME@VERSION`.
 *
 * @throws {EngineError} `request_invalid` if it has another form.
 */
export function modelRefOperand(text: string): ModelRef {
  try {
    return parseModelRef(text);
  } catch (error) {
    throw new EngineError("request_invalid", (error as Error).message);
  }
}

/**
 * Reads `NAME`.
 *
 * @throws {EngineError} `request_invalid` if no model can have it.
 */
export function modelNameOperand(text: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(text)) return text;
  throw refused("NAME", text, "snake_case of at most 63 characters");
}

/**
 * Reads the number of an entry of a log.
 *
 * @throws {EngineError} `request_invalid` if it is none.
 */
export function seqOperand(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw refused("SEQ", text, "the number that the proposal was given");
}

/**
 * Reads `--role`.
 *
 * @returns The role, champion unless given.
 * @throws {EngineError} `request_invalid` if there is no such role.
 */
export function roleOption(options: Options): Alias {
  const text = textOption(options, "role", "champion");
  const alias = ALIASES.find((one) => one === text);
  if (alias !== undefined) return alias;
  throw refused("--role", text, ALIASES.join(", "));
}

/**
 * Reads `--from`.
 *
 * @returns Number of a version, undefined unless given.
 * @throws {EngineError} `request_invalid` if it is none.
 */
export function fromOption(options: Options): number | undefined {
  const text = textOption(options, "from", "");
  if (options.from === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw refused("--from", text, "the number of a version");
}

/**
 * Reads `--reason`.
 *
 * @throws {EngineError} `request_invalid` if it is empty or long.
 */
export function reasonOption(options: Options): string {
  const text = textOption(options, "reason", "").trim();
  if (text !== "" && text.length <= MOST_REASON) return text;
  throw refused(
    "--reason",
    text.slice(0, 20),
    `1 to ${MOST_REASON} characters`,
  );
}

function refused(name: string, text: string, wanted: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot use ${name} "${text}": give ${wanted}`,
  );
}
