/**
 * From bytes to JSON, at the one door where callers' data comes in: bounded in
 * size and depth, UTF-8 only, no names that reach into prototypes, no personal data.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import {
  findPersonalData,
  isAccountNumber,
} from "../../domain/personal_data.ts";
import { FieldsInvalid } from "../problem.ts";

/**
 * Deepest nesting of a body. A policy nests up to 32 operators of two levels each, seven
 * levels down, and is refused by its own rules beyond.
 */
export const MAX_DEPTH = 80;

/** No text of the database can hold it. */
const ZERO = "\0";
const UNSAFE_NAMES = new Set(["__proto__", "constructor", "prototype"]);
const SHOWN_NAME = /^[A-Za-z_][\w.:-]{0,79}$/;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
/** Many times faster than one that is strict, and puts this in place of what is no UTF-8. */
const decoder = new TextDecoder();
const REPLACED = "\ufffd";
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a body's bytes.
 *
 * @param request The request.
 * @param limitBytes Most that is read, or that is said to come.
 * @returns The bytes as they came; whether they are as many as was said is still to be seen.
 * @throws {EngineError} `body_too_large` above the limit; `media_type_unsupported` if
 * it is compressed.
 */
export function readBytes(
  request: Request,
  limitBytes: number,
): Promise<Uint8Array> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new EngineError(
      "media_type_unsupported",
      "Cannot read body: send it without content-encoding",
    );
  }
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > limitBytes) {
    throw tooLarge(limitBytes);
  }
  return length !== null || request.body === null
    ? request.bytes()
    : readBounded(request.body, limitBytes);
}

/**
 * Decodes a JSON body.
 *
 * @param request For its content type.
 * @param bytes The body.
 * @returns Its text.
 * @throws {EngineError} `media_type_unsupported` for another content type,
 * `body_invalid` if it is not UTF-8.
 */
export function decodeText(request: Request, bytes: Uint8Array): string {
  const type = request.headers.get("content-type");
  if (type !== null && type !== "application/json" && !JSON_TYPE.test(type)) {
    throw new EngineError(
      "media_type_unsupported",
      'Cannot read body: send it with "Content-Type: application/json"',
    );
  }
  try {
    const text = decoder.decode(bytes);
    return text.includes(REPLACED) ? strictDecoder.decode(bytes) : text;
  } catch (cause) {
    throw invalid("it is not UTF-8", cause);
  }
}

/**
 * Parses a JSON body, which nobody has looked at then.
 *
 * @param text The body's text.
 * @returns The value.
 * @throws {EngineError} `body_invalid` if it is not JSON.
 */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(text.trim() === "" ? "it is empty" : "it is not JSON", cause);
  }
}

/**
 * Refuses what no schema should have to look at.
 *
 * @param body Parsed JSON.
 * @returns The same.
 * @throws {EngineError} `body_invalid` if it is too deep, or has an unsafe name or a zero
 * byte;
 * `personal_data_refused` if a name or text holds an e-mail address or phone number.
 */
export function demandSafe(body: unknown): unknown {
  if (!isPlain(body, 0)) inspect(body, { path: "", member: "", depth: 0 });
  return body;
}

/**
 * Refuses parameters that no schema should have to look at.
 *
 * @param part Texts by name.
 * @param root Path of the part itself: `query` or `path`.
 * @returns The same.
 * @throws {FieldsInvalid} If a text has a zero byte.
 */
export function demandSafeTexts(
  part: Readonly<Record<string, string>>,
  root: string,
): Readonly<Record<string, string>> {
  for (const name in part) {
    if (!part[name]?.includes(ZERO)) continue;
    const message = "must not hold a zero byte";
    throw new FieldsInvalid([{ path: joinPath(root, name), message }]);
  }
  return part;
}

/**
 * Refuses a text that holds personal data.
 *
 * @param text What was sent.
 * @param field Where, for the caller.
 * @throws {EngineError} `personal_data_refused`, naming the field and never the text.
 */
export function refusePersonalData(text: string, field: string): void {
  const found = findPersonalData(text);
  if (found !== null) throw personal(field, found);
}

/** The quick look that nearly every body passes; what it doubts is inspected. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "string") return isPlainText(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  for (const name in value) {
    if (UNSAFE_NAMES.has(name) || !isPlainText(name)) return false;
    if (!isPlain((value as Record<string, unknown>)[name], depth + 1)) {
      return false;
    }
  }
  return true;
}

function isPlainText(text: string): boolean {
  return findPersonalData(text) === null && !text.includes(ZERO);
}

interface Place {
  readonly path: string;
  readonly member: string;
  readonly depth: number;
}

function inspect(value: unknown, place: Place): void {
  if (typeof value === "string") return inspectText(value, place);
  if (typeof value !== "object" || value === null) return;
  if (place.depth >= MAX_DEPTH) {
    throw invalid(`it nests deeper than ${MAX_DEPTH} levels`);
  }
  const depth = place.depth + 1;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const { path, member } = place;
      inspect(value[i], { path: `${path}[${i}]`, member, depth });
    }
    return;
  }
  let position = 0;
  for (const name in value) {
    position += 1;
    inspectName(name, place.path, position);
    const path = joinPath(place.path, name);
    const member = (value as Record<string, unknown>)[name];
    inspect(member, { path, member: name, depth });
  }
}

function inspectText(text: string, { path, member }: Place): void {
  if (text.includes(ZERO)) throw invalid("a text must not hold a zero byte");
  const found = findPersonalData(text);
  if (found === null || isAccount(text, member)) return;
  throw personal(path === "" ? "body" : path, found);
}

function inspectName(name: string, path: string, position: number): void {
  if (UNSAFE_NAMES.has(name)) {
    throw invalid(`a member must not be named "${name}"`);
  }
  if (name.includes(ZERO)) throw invalid("a name must not hold a zero byte");
  const found = findPersonalData(name);
  if (found === null || isAccount(name, "")) return;
  const parent = path === "" ? "body" : path;
  throw personal(`${parent} (name of member ${position})`, found);
}

function isAccount(text: string, member: string): boolean {
  if (text.startsWith("account:")) return isAccountNumber(text.slice(8));
  return member === "account" && isAccountNumber(text);
}

/**
 * Extends a path, without repeating a name that may be anything.
 *
 * @param path The parent's path; empty for the body itself.
 * @param name A member's name.
 * @returns `parent.name`, or `parent.?` for an unusual name.
 */
export function joinPath(path: string, name: string): string {
  const shown = SHOWN_NAME.test(name) ? name : "?";
  return path === "" ? shown : `${path}.${shown}`;
}

async function readBounded(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Why a body is refused that has more bytes than a limit. */
export function tooLarge(limitBytes: number): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot read body: it has more than ${limitBytes} bytes`,
    { facts: { limitBytes } },
  );
}

function invalid(reason: string, cause?: unknown): EngineError {
  return new EngineError("body_invalid", `Cannot read body: ${reason}`, {
    cause,
  });
}

function personal(field: string, found: string): EngineError {
  const what = found === "email" ? "an e-mail address" : "a phone number";
  return new EngineError(
    "personal_data_refused",
    `Cannot accept field "${field}": it looks like ${what}; send a pseudonymous id instead`,
    { facts: { field, found } },
  );
}
