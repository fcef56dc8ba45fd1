/**
 * IP addresses in texts: version 4 and 6, mapped, with a port, a zone or brackets.
 *
 * Four numbers with dots may also be a version: they are taken for one after a
 * product's name (`Chrome/120.0.0.0`), after `v`, and before letters. Short forms of
 * version 6 count only in the ranges that are given to networks, because `ad::12`
 * is an address as well as an id.
 *
 * @module
 */
import { isIP } from "node:net";

const DOTTED = String.raw`(?:\d{1,3}\.){3}\d{1,3}`;
const COLONS = `(?:[0-9a-f]{0,4}:){2,7}(?:${DOTTED}|[0-9a-f]{0,4})`;
const ZONE = String.raw`(?:%(?:25)?[\w.-]{1,15})?`;
const PORT = String.raw`(?::\d{1,5}(?!\d))?`;

const SUSPECT = /\d\.\d|:[^]*:/;
const VERSION_4 = new RegExp(
  String.raw`(?<![\w.+])(?<![a-z][-/])(?<!\bv(?:er(?:sion)?)?\.?[ :=]{0,2})` +
    String.raw`(?<ip>${DOTTED})${PORT}(?!\.?\w|-[a-z])`,
  "gi",
);
const VERSION_6 = new RegExp(
  String.raw`(?<![\w:.])(?:\[(?<held>${COLONS})${ZONE}\]${PORT}|` +
    String.raw`(?<bare>${COLONS})${ZONE})(?![\w:])`,
  "gi",
);
const IN_USE =
  /^(?:[23][0-9a-f]{3}:|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|64:ff9b:|::ffff:|(?:[0-9a-f]{1,4}:){6})/i;

/**
 * Puts something in the place of IP addresses.
 *
 * @param text Any text.
 * @param replace Makes what stands in an address's place.
 * @returns The text without addresses; ports and brackets go with them.
 * @example
 * ```ts
 * import { replaceIps } from "./ip_address.ts";
 * replaceIps("from 203.0.113.7:443", () => "?"); // "from ?"
 * ```
 */
export function replaceIps(
  text: string,
  replace: (ip: string) => string,
): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(VERSION_6, (...found) => {
      const { held, bare } = found.at(-1) as Record<string, string>;
      const ip = held ?? bare ?? "";
      return isIP(ip) === 6 && IN_USE.test(ip) ? replace(ip) : found[0];
    })
    .replace(VERSION_4, (...found) => {
      const { ip = "" } = found.at(-1) as Record<string, string>;
      return isIP(ip) === 4 ? replace(ip) : found[0];
    });
}

/**
 * Prints an address in its one spelling: version 6 short and small, a mapped
 * address as the version 4 that it stands for, without zone and brackets.
 *
 * @param text An address.
 * @returns Its spelling; any other text as it is, in small letters.
 * @example
 * ```ts
 * import { printIp } from "./ip_address.ts";
 * printIp("2001:DB8:0:0:0:0:0:1"); // "2001:db8::1"
 * printIp("::ffff:203.0.113.7"); // "203.0.113.7"
 * ```
 */
export function printIp(text: string): string {
  const bare = text.trim().toLowerCase().replace(/^\[(.*)\]$/, "$1")
    .replace(/%.*$/, "");
  if (isIP(bare) !== 6) return bare;
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (!mapped) return short;
  return mapped.slice(1).map((group) => parseInt(group, 16))
    .flatMap((number) => [number >> 8, number & 255]).join(".");
}
