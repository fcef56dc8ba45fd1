/**
 * The mapping of a file: how its bytes are read, and the signals in each row.
 *
 * @module
 */
import * as z from "zod";
import { parseMapping, SignalMappings } from "../mapping/mapping.ts";

const FileMapping = z.strictObject({
  about: z.string().default(""),
  delimiter: z.string().length(1).default(","),
  encoding: z.string().refine(isEncoding, "expected an encoding, such as utf-8")
    .default("utf-8"),
  nulls: z.array(z.string()).default(["", "NA", "na"]),
  signals: SignalMappings,
});

/** How one file is read. */
export type FileMapping = z.infer<typeof FileMapping>;

/**
 * Reads the mapping of a file.
 *
 * @param value The mapping's JSON.
 * @returns The mapping, defaults filled in.
 * @throws {EngineError} `mapping_invalid`, naming each wrong member by its path.
 */
export function parseFileMapping(value: unknown): FileMapping {
  return parseMapping(FileMapping, value, "mapping");
}

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
