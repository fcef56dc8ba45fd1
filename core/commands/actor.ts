/**
 * Who acts on changes at the command line: a person at the machine, by name.
 *
 * @module
 */
import { type Actor, isReservedName } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import { isGroup } from "../domain/names.ts";
import { type Options, textOption } from "./command.ts";
import { parseName } from "./option.ts";

/** Options of every command by which a person acts on a change. */
export const ACTOR = {
  "as*": "who does it",
  groups:
    "groups that they speak for, comma-separated, such as growth-finance; none unless given",
} as const;

/**
 * Reads who acts, from `--as` and `--groups`.
 *
 * @throws {EngineError} `request_invalid` if it is no name, or the engine's own.
 */
export function actorOption(options: Options): Actor {
  return {
    name: parseActorName("as", textOption(options, "as", "")),
    human: true,
    groups: groupsOption(options),
  };
}

/**
 * Reads the name of somebody who may act on changes.
 *
 * @param what Option or operand, for the message.
 * @throws {EngineError} `request_invalid` if it is no name, or the engine's own.
 */
export function parseActorName(what: string, text: string): string {
  const name = parseName(what, text);
  if (!isReservedName(name)) return name;
  throw new EngineError(
    "request_invalid",
    `Cannot use ${
      what === "as" ? "--as" : what
    } "${name}": the engine itself acts by that name; give another`,
    { facts: { option: what } },
  );
}

/**
 * Reads `--groups`.
 *
 * @throws {EngineError} `request_invalid` if one is no group's name.
 */
export function groupsOption(options: Options): readonly string[] {
  const text = textOption(options, "groups", "");
  if (text === "") return [];
  const groups = text.split(",").map((group) => group.normalize("NFC").trim());
  const wrong = groups.find((group) => !isGroup(group));
  if (wrong === undefined) return [...new Set(groups)];
  throw new EngineError(
    "request_invalid",
    `Cannot use --groups "${text}": "${wrong}" is no group's name`,
    { facts: { option: "groups" } },
  );
}
