/**
 * Cursor of a stream of messages:
 *
 *     { "state": …, "read": "1234:0123456789abcdef" }
 *
 * `state` is what the source's next run is to be given, as the source said it;
 * null before it said any. `read` is how many lines were taken and a hash of them,
 * so that a file is gone on in only if it is the one that was begun; another is
 * read from its beginning. Standard input always is: a new run of the source, told
 * the state, has written it.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import * as z from "zod";
import { printExactJson } from "./exact_json.ts";

/** Where a run stands. */
export interface MessageCursor {
  /** State of the source, canonical JSON. */
  readonly state: string;
  /** Lines taken, and a hash of them. */
  readonly read: string;
}

const Kept = z.object({
  state: z.unknown(),
  read: z.string().regex(/^\d{1,15}:[0-9a-f]{16}$/),
});

/**
 * Prints a cursor.
 *
 * @param cursor Where a run stands.
 * @returns JSON text.
 */
export function printCursor({ state, read }: MessageCursor): string {
  return `{"state":${state},"read":"${read}"}`;
}

/**
 * Reads a cursor; the inverse of {@link printCursor}.
 *
 * @param text JSON text.
 * @returns Where a run stands.
 * @throws {EngineError} `request_invalid` if it is no cursor of messages.
 */
export function parseCursor(text: string): MessageCursor {
  try {
    const { read } = Kept.parse(JSON.parse(text));
    const state = printExactJson(
      text,
      (cursor) => (cursor as { readonly state?: unknown }).state,
    );
    return { state, read };
  } catch (cause) {
    throw new EngineError(
      "request_invalid",
      "Cannot go on from cursor: it is not one of a stream of messages",
      { cause },
    );
  }
}
