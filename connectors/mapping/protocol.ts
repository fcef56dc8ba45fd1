/**
 * What a protocol of messages makes of the lines of one run.
 *
 * @module
 */
import { describeFault, EngineError, RecordFault } from "@moe/plugin";
import * as z from "zod";
import { parseExactJson, printExactJson } from "./exact_json.ts";

/** What one line says. */
export type Message =
  | {
    readonly kind: "record";
    readonly stream: string;
    readonly record: unknown;
    /** Names the record at the source; null if the source does not say. */
    readonly identity: string | null;
  }
  | {
    readonly kind: "state";
    /** All that the source's next run is to be given, canonical JSON. */
    readonly state: string;
  }
  | {
    readonly kind: "other";
    /** What happened, to be counted for the operator; null if nothing of note. */
    readonly note: string | null;
  };

/** How the lines of one run are understood. */
export interface Protocol {
  /**
   * Says what a line means.
   *
   * @throws {RecordFault} If it makes no sense.
   * @throws {EngineError} If nothing after it can be trusted.
   */
  read(text: string): Message;
  /** Tells that a line could not be read. */
  skip(): void;
  /** At the end: why the run is not whole; null if it is. */
  end(): EngineError | null;
}

/** State before a source said any. */
export const NO_STATE = "null";

/**
 * Parses a line.
 *
 * @param text The line.
 * @returns Its JSON; long numbers as text.
 * @throws {RecordFault} `json_malformed`.
 */
export function parseLine(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw new RecordFault("json_malformed", "not a JSON text");
  }
}

/**
 * Prints a part of a line canonically, its numbers as they were written.
 *
 * @param text The line.
 * @param path Names of the members that lead to the part.
 * @returns JSON text; `null` where there is no such part.
 * @throws {RecordFault} `json_malformed`.
 */
export function printPart(text: string, ...path: readonly string[]): string {
  try {
    return printExactJson(text, (line) => path.reduce(memberOf, line));
  } catch {
    throw new RecordFault("json_malformed", "nested too deep");
  }
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null)?.[name];
}

/** A JSON object, its members left as they are. */
export const JsonObject = z.custom<object>((value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
);

/**
 * Parses a message, or a part of one.
 *
 * @param schema What it must be.
 * @param value The parsed line.
 * @returns What the schema says.
 * @throws {RecordFault} `message_malformed`, naming the members that are wrong.
 */
export function demandShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RecordFault(
    "message_malformed",
    describeFault(result.error).detail,
  );
}
