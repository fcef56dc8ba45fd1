/**
 * Singer's messages: SCHEMA, RECORD, STATE; and of Meltano's, ACTIVATE_VERSION and
 * BATCH, which are refused.
 *
 * A STATE holds all bookmarks of the tap and replaces the one before. A SCHEMA
 * names the stream's members and its key; the key tells records apart, and is not
 * ours.
 *
 * @see https://github.com/singer-io/getting-started/blob/master/docs/SPEC.md and
 * https://sdk.meltano.com/en/latest/batch.html, read on 2026-11-26
 * @module
 */
import { EngineError, RecordFault } from "@moe/plugin";
import * as z from "zod";
import {
  demandShape,
  JsonObject,
  type Message,
  parseLine,
  printPart,
  type Protocol,
} from "../mapping/protocol.ts";
import { nameRecord, type StreamReader } from "../mapping/streams.ts";

const Envelope = z.object({ type: z.string() });
const OfStream = z.object({ stream: z.string().min(1) });
const RecordMessage = z.object({
  stream: z.string().min(1),
  record: JsonObject,
});
const SchemaMessage = z.object({
  stream: z.string().min(1),
  schema: z.object({
    properties: z.record(z.string(), z.unknown()).optional(),
  }),
  key_properties: z.array(z.string()).nullish(),
});
const StateMessage = z.object({ value: z.unknown() });

const NOTHING: Message = { kind: "other", note: null };

/**
 * Begins to understand a tap's lines.
 *
 * @param streams Readers of the streams that are mapped.
 * @returns The protocol.
 */
export function openSinger(
  streams: ReadonlyMap<string, StreamReader>,
): Protocol {
  const keys = new Map<string, readonly string[]>();

  function readRecord(message: unknown): Message {
    const { stream, record } = demandShape(RecordMessage, message);
    const identity = nameRecord(record, keys.get(stream) ?? []);
    return { kind: "record", stream, record, identity };
  }

  function readSchema(message: unknown): Message {
    const told = demandShape(SchemaMessage, message);
    const { stream, schema, key_properties: key } = told;
    keys.set(stream, key ?? []);
    const members = Object.keys(schema.properties ?? {});
    if (members.length > 0) streams.get(stream)?.demandMembers(members);
    return NOTHING;
  }

  function read(text: string): Message {
    const message = parseLine(text);
    const { type } = demandShape(Envelope, message);
    if (type === "RECORD") return readRecord(message);
    if (type === "SCHEMA") return readSchema(message);
    if (type === "STATE") return readState(message, text);
    if (type === "ACTIVATE_VERSION" || type === "BATCH") {
      const { stream } = demandShape(OfStream, message);
      return streams.has(stream) ? refuse(type, stream) : NOTHING;
    }
    throw new RecordFault(
      "message_unknown",
      "a type that Singer does not have",
    );
  }

  return { read, skip: () => {}, end: () => null };
}

function readState(message: unknown, text: string): Message {
  demandShape(StateMessage, message);
  return { kind: "state", state: printPart(text, "value") };
}

/** A version is one dead letter; a batch is data that is not here, so nothing goes on. */
function refuse(type: "ACTIVATE_VERSION" | "BATCH", stream: string): never {
  if (type === "BATCH") {
    throw new EngineError(
      "source_refused",
      `Cannot read stream "${stream}": the tap writes it to files of its own (BATCH); take batch_config out of the tap's configuration`,
      { facts: { stream } },
    );
  }
  throw new RecordFault(
    "version_not_activated",
    `${stream}: rows of earlier versions are kept, though the tap says that they are gone`,
  );
}
