/**
 * Records of named streams to signals, by a mapping for each stream.
 *
 * A mapping's columns are members of the record; dots reach into nested records,
 * and numbers into lists: `customer.id`, `items.0.price`.
 *
 * @module
 */
import { RecordFault, type Signal, suggestName } from "@moe/plugin";
import * as z from "zod";
import { gatherMembers } from "./columns.ts";
import { mappingInvalid, parseMapping, SignalMappings } from "./mapping.ts";
import { compileMapping } from "./row_signals.ts";

const StreamMappings = z.record(
  z.string().min(1),
  z.strictObject({
    about: z.string().default(""),
    nulls: z.array(z.string()).default([""]),
    signals: SignalMappings,
  }),
).refine((streams) => Object.keys(streams).length > 0, "name a stream");

/** Mappings by the name of the stream. */
export type StreamMappings = z.infer<typeof StreamMappings>;

/** The reader of one stream. */
export interface StreamReader {
  /** Says what a record means; throws a `RecordFault` if it makes no sense. */
  toSignals(record: unknown): readonly Signal[];
  /**
   * Checks the members that the mapping names.
   *
   * @throws {EngineError} `mapping_invalid` naming those that the stream does not have.
   */
  demandMembers(properties: readonly string[]): void;
  /** Members that the mapping names and no record had. */
  unseen(): readonly string[];
}

/**
 * Reads the mappings of streams.
 *
 * @param value Their JSON.
 * @returns The mappings, defaults filled in; members that rows alone have are refused.
 * @throws {EngineError} `mapping_invalid`, naming each wrong member by its path.
 */
export function parseStreams(value: unknown): StreamMappings {
  const streams = parseMapping(StreamMappings, value, "streams");
  openStreams(streams);
  return streams;
}

/**
 * Makes the readers of streams.
 *
 * @param streams Mappings by stream.
 * @returns Readers by stream.
 */
export function openStreams(
  streams: StreamMappings,
): ReadonlyMap<string, StreamReader> {
  return new Map(
    Object.entries(streams).map(([name, mapping]) => [
      name,
      openStream(`streams.${name}`, mapping),
    ]),
  );
}

function openStream(
  path: string,
  mapping: StreamMappings[string],
): StreamReader {
  const members = gatherMembers();
  const read = compileMapping(mapping, members, path);
  const { names } = members;
  const waiting = new Set(names);
  return {
    toSignals(record) {
      const fields = names.map((name) => {
        const value = findMember(record, name);
        if (value !== undefined && waiting.size > 0) waiting.delete(name);
        return printMember(value, name);
      });
      return read({ fields, number: 0 });
    },
    demandMembers(properties) {
      const faults = names.flatMap((name, at) => {
        const [first = ""] = name.split(".");
        if (properties.includes(name) || properties.includes(first)) return [];
        const hint = suggestName(first, properties);
        return [`${members.paths[at]}: the stream has no "${name}"; ${hint}`];
      });
      if (faults.length > 0) throw mappingInvalid(faults);
    },
    unseen: () => [...waiting],
  };
}

/**
 * Finds a member of a record.
 *
 * @param record The record.
 * @param name Its name as a whole, or a path with dots.
 * @returns The value; undefined if there is none.
 */
export function findMember(record: unknown, name: string): unknown {
  const whole = memberOf(record, name);
  if (whole !== undefined || !name.includes(".")) return whole;
  return name.split(".").reduce(memberOf, record);
}

/**
 * Names a record by its key at the source.
 *
 * @param record The record.
 * @param key Names of the members that tell records apart.
 * @returns The key's values as text; null without a key.
 */
export function nameRecord(
  record: unknown,
  key: readonly string[],
): string | null {
  if (key.length === 0) return null;
  const values = key.map((name) => findMember(record, name));
  return JSON.stringify(
    values.map((value) => typeof value === "object" ? null : value ?? null),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null &&
      Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function printMember(value: unknown, name: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return String(value);
  throw new RecordFault(
    "value_nested",
    `"${name}" holds a list or record; name a member inside it`,
  );
}
