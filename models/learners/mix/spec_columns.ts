/**
 * Which columns a specification names, and in which role.
 *
 * @module
 */
import { EngineError, suggestName } from "@moe/plugin";
import { isHoliday, type MixSpec } from "./spec.ts";

/** Columns to read: of text, and of numbers. */
export interface SpecColumns {
  readonly text: readonly string[];
  readonly numbers: readonly string[];
}

/**
 * Lists the columns that are named, and checks that they are there, each in one role.
 *
 * @param spec The specification.
 * @param header Names of the table's columns.
 * @returns The columns.
 * @throws {EngineError} `dataset_invalid`, with what may have been meant.
 */
export function listColumns(
  spec: MixSpec,
  header: readonly string[],
): SpecColumns {
  const roles = [
    { role: "date", name: spec.date },
    ...spec.geo === undefined ? [] : [{ role: "geo", name: spec.geo }],
    { role: "target", name: spec.target },
    ...spec.channels.flatMap(({ name, spend, exposure }) => [
      { role: "channels", name: spend ?? name },
      ...exposure === undefined ? [] : [{ role: "exposure", name: exposure }],
    ]),
    ...spec.controls.map((name) => ({ role: "controls", name })),
    ...spec.events.flatMap((event) =>
      typeof event === "string" && !isHoliday(event)
        ? [{ role: "events", name: event }]
        : []
    ),
  ];
  const taken = new Map<string, string>();
  for (const { role, name } of roles) {
    if (!header.includes(name)) {
      const near = suggestName(name, header);
      throw unfit(
        `${role} names column "${name}", which is not there; ${near}`,
      );
    }
    const other = taken.get(name);
    if (other !== undefined) {
      throw unfit(`column "${name}" is both ${other} and ${role}`);
    }
    taken.set(name, role);
  }
  const names = roles.map(({ name }) => name);
  const words = spec.geo === undefined ? 1 : 2;
  return { text: names.slice(0, words), numbers: names.slice(words) };
}

function unfit(reason: string): EngineError {
  return new EngineError("dataset_invalid", `Cannot fit media mix: ${reason}`);
}
