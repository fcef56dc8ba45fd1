/**
 * Airbyte's messages.
 *
 * RECORD and STATE are the data. A CATALOG names the members and keys of streams.
 * TRACE says how the run goes; CONTROL that the source changed its configuration
 * (a token that is used once, say), which is not kept here. LOG, SPEC and types to
 * come are passed over. A line that is no JSON is a dead letter, though Airbyte
 * itself takes it for a log line.
 *
 * @see https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol,
 * version 0.3.2, read on 2026-11-26
 * @module
 */
import * as z from "zod";
import {
  demandShape,
  JsonObject,
  type Message,
  parseLine,
  type Protocol,
} from "../mapping/protocol.ts";
import type { StreamReader } from "../mapping/streams.ts";
import { type Catalog, openCatalog } from "./catalog.ts";
import { listen, type RunOutcome } from "./outcome.ts";
import { openStates, type States } from "./states.ts";

const Envelope = z.object({ type: z.string() });
const RecordLine = z.object({
  record: z.object({
    stream: z.string().min(1),
    namespace: z.string().nullish(),
    data: JsonObject,
  }),
});
const LogLine = z.object({ log: z.object({ level: z.string() }) });

const NOTHING: Message = { kind: "other", note: null };

/**
 * Begins to understand a source's lines.
 *
 * @param streams Readers of the streams that are mapped.
 * @param given State that the run was given, canonical JSON.
 * @returns The protocol.
 */
export function openAirbyte(
  streams: ReadonlyMap<string, StreamReader>,
  given: string,
): Protocol {
  const states = openStates(given);
  const outcome = listen();
  const catalog = openCatalog(streams);

  function read(text: string): Message {
    const line = parseLine(text);
    switch (demandShape(Envelope, line).type) {
      case "RECORD":
        return readRecord(line, { states, catalog });
      case "STATE":
        return { kind: "state", state: states.take(line, text) };
      case "CATALOG":
        catalog.learn(line);
        return NOTHING;
      case "TRACE":
      case "CONNECTION_STATUS":
        return readOutcome(line, outcome);
      case "CONTROL":
        return note("changes of the source's configuration, not kept");
      case "LOG":
        return readLog(line);
      default:
        return NOTHING;
    }
  }

  return { read, skip: states.skip, end: outcome.failure };
}

function readRecord(
  line: unknown,
  { states, catalog }: { readonly states: States; readonly catalog: Catalog },
): Message {
  const { stream: name, namespace, data: record } =
    demandShape(RecordLine, line).record;
  states.count({ name, namespace });
  const stream = catalog.nameStream({ name, namespace });
  const identity = catalog.nameRecord(stream, record);
  return { kind: "record", stream, record, identity };
}

function readOutcome(line: unknown, outcome: RunOutcome): Message {
  outcome.hear(line);
  return NOTHING;
}

function readLog(line: unknown): Message {
  const { level } = demandShape(LogLine, line).log;
  const grave = level === "ERROR" || level === "FATAL";
  return grave ? note("errors that the source logged") : NOTHING;
}

function note(text: string): Message {
  return { kind: "other", note: text };
}
