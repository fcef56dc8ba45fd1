/**
 * How a run of an Airbyte source ended, by its own word: errors, and the status of
 * each stream. A stream that began and was not completed is not whole, whether its
 * source said so or was killed.
 *
 * @see https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol,
 * `AirbyteTraceMessage`, read on 2026-11-26
 * @module
 */
import { EngineError } from "@moe/plugin";
import * as z from "zod";
import { demandShape } from "../mapping/protocol.ts";
import { Descriptor } from "./states.ts";

const Failure = z.object({
  message: z.string().default(""),
  failure_type: z.string().default("system_error"),
  stream_descriptor: Descriptor.nullish(),
});
const OutcomeLine = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("TRACE"),
    trace: z.object({
      type: z.string(),
      error: Failure.nullish(),
      stream_status: z.object({
        stream_descriptor: Descriptor,
        status: z.string(),
      }).nullish(),
    }),
  }),
  z.object({
    type: z.literal("CONNECTION_STATUS"),
    connectionStatus: z.object({ status: z.string() }),
  }),
]);

/** How a run goes. */
export interface RunOutcome {
  /** Hears a TRACE or CONNECTION_STATUS. */
  hear(line: unknown): void;
  /** Why the run is not whole; null if it is. */
  failure(): EngineError | null;
}

/** Begins to listen. */
export function listen(): RunOutcome {
  const open = new Set<string>();
  let failure: EngineError | null = null;
  return {
    hear(line) {
      const told = demandShape(OutcomeLine, line);
      if (told.type === "CONNECTION_STATUS") {
        if (told.connectionStatus.status === "FAILED") {
          failure ??= unconnected();
        }
        return;
      }
      const { error, stream_status: ofStream } = told.trace;
      if (error) failure ??= nameFailure(error);
      if (!ofStream) return;
      const name = streamName(ofStream.stream_descriptor);
      if (ofStream.status === "COMPLETE") open.delete(name);
      else open.add(name);
    },
    failure: () => failure ?? nameIncomplete([...open].sort()),
  };
}

/**
 * Names a stream.
 *
 * @param stream Its name and namespace.
 * @returns `namespace.name`, or the name alone.
 */
export function streamName({ name, namespace }: Descriptor): string {
  return namespace ? `${namespace}.${name}` : name;
}

function unconnected(): EngineError {
  return new EngineError(
    "source_refused",
    "Cannot read from the source: its own check of the connection failed",
  );
}

/** The source's own words are for the log alone: they may hold anything. */
function nameFailure(
  { message, failure_type: failureType, stream_descriptor: descriptor }:
    z.infer<typeof Failure>,
): EngineError {
  const stream = descriptor ? { stream: streamName(descriptor) } : null;
  const what = stream ? `stream "${stream.stream}"` : "from the source";
  return new EngineError(
    failureType === "config_error" ? "source_refused" : "source_unavailable",
    `Cannot read ${what}: the source failed with ${failureType}`,
    { facts: { failureType, ...stream }, cause: new Error(message) },
  );
}

function nameIncomplete(streams: readonly string[]): EngineError | null {
  if (streams.length === 0) return null;
  return new EngineError(
    "source_unavailable",
    `Cannot read stream "${
      streams.join('", "')
    }": the source did not complete it`,
    { facts: { stream: streams.join(", ") } },
  );
}
