/**
 * Messages of the stream as JSON: whole numbers of 64 bits as decimal text, all else
 * as it is.
 *
 * @module
 */
import type { Metrics } from "../domain/signal.ts";
import type { StreamMessage } from "../ports/stream.ts";

/** Prints a message on one line. */
export function printMessage(message: StreamMessage): string {
  return JSON.stringify(
    message,
    (_, member) => typeof member === "bigint" ? String(member) : member,
  );
}

/** Reads what {@link printMessage} printed. */
export function parseMessage(text: string): StreamMessage {
  const message = JSON.parse(text);
  if (message.kind === "event") {
    const { event } = message;
    const valueMicros = event.valueMicros === null
      ? null
      : BigInt(event.valueMicros);
    return { ...message, event: { ...event, valueMicros } };
  }
  const { before, after } = message;
  return {
    ...message,
    before: before === null ? null : parseMetrics(before),
    after: parseMetrics(after),
  };
}

function parseMetrics(printed: Readonly<Record<string, string>>): Metrics {
  return Object.fromEntries(
    Object.entries(printed).map(([metric, total]) => [metric, BigInt(total)]),
  );
}
