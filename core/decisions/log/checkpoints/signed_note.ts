/**
 * Signed notes: a text, an empty line, and lines that each hold one Ed25519 signature.
 * Keys are lines of text that bear their own name; the private one is kept apart.
 *
 * @see https://c2sp.org/signed-note, as of 2026-11-26
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { EngineError } from "../../../domain/error.ts";

/** Signs notes. */
export interface NoteSigner {
  /** Name of the key. */
  readonly name: string;
  /** The public key, as a line of text: `name+id+key`. */
  readonly verifier: string;
  /** Signs a text that ends in a line break. */
  sign(text: string): string;
}

/** A public key that notes are verified with. */
export interface NoteVerifier {
  readonly name: string;
  /** First four bytes of the hash of name and key, hexadecimal. */
  readonly id: string;
  readonly key: KeyObject;
}

/** What opening a note finds: its text, or why it cannot be trusted. */
export type OpenedNote =
  | { readonly text: string }
  | { readonly fault: "form" | "signature" }
  /** By none of the keys that are trusted; ids of those that it is by. */
  | { readonly fault: "key"; readonly ids: readonly string[] };

const ED25519 = 1;
const PRIVATE = "PRIVATE+KEY+";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const NOTE = /^((?:[^\n]+\n)+)\n((?:— [^ \n]+ [A-Za-z0-9+/]+={0,2}\n)+)$/;
/** What PKCS #8 and SPKI put before the 32 bytes of an Ed25519 key. */
const PKCS8 = "302e020100300506032b657004220420";
const SPKI = "302a300506032b6570032100";

/**
 * Makes a private key.
 *
 * @param name What it is known by: letters, digits, `.`, `_` and `-`.
 * @returns Its line of text, to be kept secret.
 * @throws {EngineError} `request_invalid` if the name is none.
 */
export function makeSigningKey(name: string): string {
  if (!NAME.test(name)) {
    throw new EngineError(
      "request_invalid",
      `Cannot name key "${name}": give 1 to 63 letters, digits, ".", "_" and "-"`,
    );
  }
  const seed = randomBytes(32);
  const id = keyId(name, publicBytes(privateKey(seed)));
  return `${PRIVATE}${name}+${id}+${printKey(seed)}`;
}

/**
 * Reads a private key.
 *
 * @param text Its line of text; further ones are keys that signed before it.
 * @param where Where it is kept, for the message.
 * @throws {EngineError} `configuration_invalid` if it is none; without the key.
 */
export function parseSigningKey(text: string, where: string): NoteSigner {
  const [line = ""] = keyLines(text, where);
  const { name, id, bytes } = parseKey(
    line.startsWith(PRIVATE) ? line.slice(PRIVATE.length) : "",
    where,
  );
  const key = privateKey(bytes);
  const known = publicBytes(key);
  if (keyId(name, known) !== id) throw unreadable(where);
  return {
    name,
    verifier: `${name}+${id}+${printKey(known)}`,
    sign: (note) => {
      const signature = sign(null, Buffer.from(note), key);
      const signed = Buffer.concat([Buffer.from(id, "hex"), signature]);
      return `${note}\n— ${name} ${signed.toString("base64")}\n`;
    },
  };
}

/**
 * The public lines of a file of keys: of private keys theirs, and public ones as they are.
 *
 * @throws {EngineError} As {@link parseVerifiers}.
 */
export function publicLines(text: string, where: string): readonly string[] {
  return keyLines(text, where).map((line) => {
    if (line.startsWith(PRIVATE)) return parseSigningKey(line, where).verifier;
    parseVerifiers(line, where);
    return line;
  });
}

/**
 * Reads public keys, a line each; several where the key was changed.
 *
 * @throws {EngineError} `configuration_invalid` if a line is none, or there is none.
 */
export function parseVerifiers(
  text: string,
  where: string,
): readonly NoteVerifier[] {
  return keyLines(text, where).map((line) => {
    const { name, id, bytes } = parseKey(line, where);
    if (keyId(name, bytes) !== id) throw unreadable(where);
    const der = Buffer.concat([Buffer.from(SPKI, "hex"), bytes]);
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return { name, id, key };
  });
}

/**
 * Opens a note.
 *
 * @param note The note, to its last line break.
 * @param verifiers Keys that are trusted; one of them must have signed it.
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): OpenedNote {
  const [, text, lines] = NOTE.exec(note) ?? [];
  if (text === undefined || lines === undefined) return { fault: "form" };
  let known = false;
  const ids: string[] = [];
  for (const { name, id, whole, signature } of readSignatures(lines)) {
    ids.push(id);
    const by = verifiers.find((one) => one.name === name && one.id === id);
    if (by === undefined) continue;
    known = true;
    if (!whole || !verify(null, Buffer.from(text), by.key, signature)) {
      return { fault: "signature" };
    }
  }
  return known ? { text } : { fault: "key", ids };
}

function readSignatures(lines: string) {
  return lines.trimEnd().split("\n").map((line) => {
    const [, name = "", base64 = ""] = line.split(" ");
    const bytes = Buffer.from(base64, "base64");
    const id = bytes.subarray(0, 4).toString("hex");
    const whole = bytes.toString("base64") === base64;
    return { name, id, whole, signature: bytes.subarray(4) };
  });
}

/**
 * Splits a file of notes, between which there are empty lines.
 *
 * @returns Each note, and what is none up to the next empty line: its form tells.
 */
export function splitNotes(text: string): readonly string[] {
  const notes: string[] = [];
  const whole = /(?:[^\n]+\n)+\n(?:— [^\n]*\n)+/y;
  let from = 0;
  while (from < text.length) {
    if (text[from] === "\n") {
      from++;
      continue;
    }
    whole.lastIndex = from;
    const [note] = whole.exec(text) ?? [];
    const line = text.indexOf("\n\n", from);
    const end = note !== undefined
      ? from + note.length
      : line < 0
      ? text.length
      : line + 1;
    notes.push(text.slice(from, end));
    from = end;
  }
  return notes;
}

function keyLines(text: string, where: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (lines.length === 0) throw unreadable(where);
  return lines;
}

interface KeyText {
  readonly name: string;
  readonly id: string;
  readonly bytes: Buffer;
}

function parseKey(text: string, where: string): KeyText {
  const [, name, id, base64] =
    /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? "", "base64");
  if (
    name === undefined || id === undefined || !NAME.test(name) ||
    bytes.length !== 33 || bytes[0] !== ED25519
  ) throw unreadable(where);
  return { name, id, bytes: bytes.subarray(1) };
}

function printKey(bytes: Uint8Array): string {
  return Buffer.concat([Buffer.of(ED25519), bytes]).toString("base64");
}

function privateKey(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from(PKCS8, "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function publicBytes(key: KeyObject): Uint8Array {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  return der.subarray(-32);
}

function keyId(name: string, key: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`)
    .update(Buffer.of(ED25519)).update(key).digest("hex").slice(0, 8);
}

function unreadable(where: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the key in ${where}: it is no Ed25519 key of signed notes; make one with "moe checkpoint key"`,
  );
}
