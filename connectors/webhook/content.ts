/**
 * What a delivery's bytes hold: JSON, in the body or in a member of a form.
 *
 * A long number comes as the text that it was written with. What nests deeper than
 * anybody means is emptied before it is parsed, so that one record that does so
 * costs no other.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { parseExactJson } from "../mapping/exact_json.ts";
import type { Scheme } from "./signature.ts";

const MAX_DEPTH = 64;
const MANDRILL_MEMBER = "mandrill_events";

/**
 * Reads a body.
 *
 * @param scheme Says whether it is a form.
 * @param body The bytes.
 * @returns Parsed JSON, at most 65 levels deep.
 * @throws {EngineError} `body_invalid`.
 */
export function parseContent(scheme: Scheme, body: Uint8Array): unknown {
  if (scheme === "mandrill") {
    const events = parseForm(body).get(MANDRILL_MEMBER);
    if (events === null) throw malformed(`it has no ${MANDRILL_MEMBER}`);
    return parseJson(events);
  }
  return parseJson(decode(body));
}

/**
 * Reads a form.
 *
 * @param body `application/x-www-form-urlencoded`.
 * @returns Its members.
 */
export function parseForm(body: Uint8Array): URLSearchParams {
  // Behind "&", a "?" at the beginning belongs to the first name.
  return new URLSearchParams(`&${new TextDecoder().decode(body)}`);
}

/**
 * Parses JSON that may nest as deep as it likes.
 *
 * @param text JSON text.
 * @returns The value, empty below 64 levels.
 * @throws {EngineError} `body_invalid`.
 */
export function parseJson(text: string): unknown {
  try {
    return parseExactJson(emptyDepths(text));
  } catch {
    throw malformed("it is not JSON");
  }
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw malformed("it is not in UTF-8");
  }
}

/** Leaves out what stands in lists and records of the first level that is too deep. */
function emptyDepths(text: string): string {
  let kept = "";
  let from = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') quoted = !quoted;
    else if (quoted && letter === "\\") at++;
    else if (quoted) continue;
    else if (letter === "[" || letter === "{") {
      depth++;
      if (depth === MAX_DEPTH + 1) kept += text.slice(from, at + 1);
    } else if (letter === "]" || letter === "}") {
      if (depth === MAX_DEPTH + 1) from = at;
      depth--;
    }
  }
  return depth > MAX_DEPTH ? kept : kept + text.slice(from);
}

function malformed(reason: string): EngineError {
  return new EngineError("body_invalid", `Cannot read delivery: ${reason}`);
}
