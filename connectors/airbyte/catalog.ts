/**
 * Streams of an Airbyte source: their names in the mapping, and what a CATALOG
 * says of their members and keys.
 *
 * @module
 */
import * as z from "zod";
import { demandShape } from "../mapping/protocol.ts";
import { nameRecord, type StreamReader } from "../mapping/streams.ts";
import { streamName } from "./outcome.ts";
import type { Descriptor } from "./states.ts";

const CatalogLine = z.object({
  catalog: z.object({
    streams: z.array(z.object({
      name: z.string(),
      namespace: z.string().nullish(),
      json_schema: z.object({
        properties: z.record(z.string(), z.unknown()).optional(),
      }),
      source_defined_primary_key: z.array(z.array(z.string())).nullish(),
    })),
  }),
});

/** What is known of streams. */
export interface Catalog {
  /** A stream's name in the mapping: with its namespace, or without where that is not mapped. */
  nameStream(stream: Descriptor): string;
  /** Names a record of a stream; null if its key is not known. */
  nameRecord(stream: string, record: unknown): string | null;
  /** Learns from a CATALOG; throws `mapping_invalid` for members that there are not. */
  learn(line: unknown): void;
}

/**
 * Opens an empty catalog.
 *
 * @param streams Readers of the streams that are mapped.
 * @returns The catalog.
 */
export function openCatalog(
  streams: ReadonlyMap<string, StreamReader>,
): Catalog {
  const keys = new Map<string, readonly string[]>();
  function nameStream(stream: Descriptor): string {
    const name = streamName(stream);
    return streams.has(name) || !streams.has(stream.name) ? name : stream.name;
  }
  return {
    nameStream,
    nameRecord: (stream, record) => nameRecord(record, keys.get(stream) ?? []),
    learn(line) {
      for (const stream of demandShape(CatalogLine, line).catalog.streams) {
        const name = nameStream(stream);
        const members = Object.keys(stream.json_schema.properties ?? {});
        if (members.length > 0) streams.get(name)?.demandMembers(members);
        const key = stream.source_defined_primary_key ?? [];
        keys.set(name, key.map((path) => path.join(".")));
      }
    },
  };
}
