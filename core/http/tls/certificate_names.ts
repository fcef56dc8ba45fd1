/**
 * Names of a certificate, read from its bytes.
 *
 * What a runtime prints of them is one text, in which a name that holds a comma looks
 * like two: whoever may choose a name could then choose another's.
 *
 * @see RFC 5280, sections 4.1 and 4.2.1.6; CVE-2021-44532
 * @module
 */
import { EngineError } from "../../domain/error.ts";

/** Names by which the holder of a certificate is known. */
export interface CertificateNames {
  /** Common name of the subject; null if there is none, or more than one. */
  readonly commonName: string | null;
  /** URIs among the alternative names. */
  readonly uris: readonly string[];
}

/** One element of DER: its tag, and what is in it. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const OCTETS = 0x04;
const OBJECT = 0x06;
const URI = 0x86;
const COMMON_NAME = "550403";
const ALTERNATIVE_NAMES = "551d11";
const SUBJECT_PLACE = 4;

/**
 * Reads the names.
 *
 * @param der A certificate, DER.
 * @returns Its names.
 * @throws {EngineError} `credentials_invalid` if it is no certificate.
 */
export function readNames(der: Uint8Array): CertificateNames {
  const [certificate] = readElements(der);
  const [signed] = inside(certificate);
  const fields = inside(signed);
  const shift = fields[0]?.tag === VERSION ? 1 : 0;
  const subject = inside(fields[SUBJECT_PLACE + shift]);
  const common = subject.flatMap(inside).flatMap((attribute) => {
    const [type, value] = inside(attribute);
    return isObject(type, COMMON_NAME) && value ? [text(value)] : [];
  });
  const [list] = inside(fields.find(({ tag }) => tag === EXTENSIONS));
  return {
    commonName: common.length === 1 ? common[0] ?? null : null,
    uris: (list ? inside(list) : []).flatMap(readUris),
  };
}

function readUris(extension: Element): string[] {
  const parts = inside(extension);
  if (!isObject(parts[0], ALTERNATIVE_NAMES)) return [];
  const wrapped = parts.find(({ tag }) => tag === OCTETS);
  const [names] = inside(wrapped);
  return inside(names).filter(({ tag }) => tag === URI).map(text);
}

function inside(element: Element | undefined): readonly Element[] {
  return element === undefined ? [] : readElements(element.content);
}

function isObject(element: Element | undefined, oid: string): boolean {
  return element?.tag === OBJECT && element.content.toHex() === oid;
}

function text({ content }: Element): string {
  return new TextDecoder().decode(content);
}

function readElements(der: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const tag = der[at] ?? 0;
    const { length, begin } = readLength(der, at + 1);
    if (begin + length > der.length) throw broken();
    elements.push({ tag, content: der.subarray(begin, begin + length) });
    at = begin + length;
  }
  return elements;
}

/** Short form up to 127; else the low bits say how many bytes the length has. */
function readLength(
  der: Uint8Array,
  at: number,
): { readonly length: number; readonly begin: number } {
  const first = der[at];
  if (first === undefined) throw broken();
  if (first < 0x80) return { length: first, begin: at + 1 };
  const bytes = first & 0x7f;
  if (bytes === 0 || bytes > 4) throw broken();
  let length = 0;
  for (let n = 1; n <= bytes; n++) length = length * 256 + (der[at + n] ?? 0);
  return { length, begin: at + 1 + bytes };
}

function broken(): EngineError {
  return new EngineError(
    "credentials_invalid",
    "Cannot read client certificate: it is not DER",
  );
}
