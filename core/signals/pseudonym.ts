/**
 * The door for people: direct identifiers are replaced by a keyed hash before
 * anything is kept. The key is the tenant's, so the same person has the same
 * pseudonym in every source of a tenant and another one elsewhere, and whoever has
 * the tables alone cannot find out whose it is.
 *
 * Identifiers are brought into one spelling first. Those of an unmistakable form are
 * found in any text; plain digits are ids, unless their member's name says that they
 * are a phone number.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { isEntityId } from "../domain/entity.ts";
import { printIp, replaceIps } from "../domain/ip_address.ts";
import {
  isAccountNumber,
  replaceEmails,
  replacePhones,
} from "../domain/personal_data.ts";
import type { Soon } from "../domain/soon.ts";
import type { Scalar } from "../domain/signal.ts";
import { type Identifier, kindOf } from "./telling_names.ts";

/** Makes pseudonyms of one tenant. */
export interface Pseudonyms {
  /** The pseudonym of one identifier, such as `email_3f…`. */
  of(kind: Identifier, identifier: string): string;
}

const DIGITS = 32;
const MAX_CACHED = 10_000;

/**
 * Opens a tenant's pseudonyms.
 *
 * @param masterKey The operator's key, at least 32 bytes.
 * @param tenant Whose.
 * @returns The tenant's pseudonyms.
 */
export function openPseudonyms(
  masterKey: Uint8Array,
  tenant: string,
): Pseudonyms {
  if (masterKey.length < 32) {
    throw new RangeError("Cannot make pseudonyms: the key is under 32 bytes");
  }
  const key = createHmac("sha256", masterKey).update(`tenant:${tenant}`)
    .digest();
  const known = new Map<string, string>();
  return {
    of(kind, identifier) {
      const text = `${kind}:${inOneSpelling(kind, identifier)}`;
      const cached = known.get(text);
      if (cached !== undefined) return cached;
      const hash = createHmac("sha256", key).update(text).digest("hex");
      const pseudonym = `${kind}_${hash.slice(0, DIGITS)}`;
      if (known.size >= MAX_CACHED) known.clear();
      known.set(text, pseudonym);
      return pseudonym;
    },
  };
}

/** The `+` of a phone number is lost where it is sent as a number, so it does not count. */
function inOneSpelling(kind: Identifier, identifier: string): string {
  const text = decodeMarks(identifier).normalize("NFKC").trim();
  if (kind === "ip") return printIp(text);
  if (kind === "email") return text.toLowerCase();
  return text.replace("(0)", "").replaceAll(/\D/g, "").replace(/^00/, "") ||
    text.toLowerCase();
}

function decodeMarks(text: string): string {
  return text.replaceAll(
    /%(?:25)*([2-7][0-9a-f])/gi,
    (_, digits) => String.fromCharCode(parseInt(digits, 16)),
  );
}

/** Texts without any of these hold no identifier, unless their name says so. */
const SUSPECT = /[@+%]|\d[ .()/-]|:[^]*:|^\(|[^ -~]/;
const PSEUDONYM = /(?:email|phone|ip)_[0-9a-f]{32}(?![0-9a-f])/g;
/** A pseudonym with nothing around it that tells more. */
const ALONE =
  /^[\s<([{"']*(?:(?:mailto|tel|sms|callto):)?((?:email|phone|ip)_[0-9a-f]{32})[\s>)\]}"']*$/i;
const ACCOUNT = /account(?:[._-]?(?:id|number))?$|customer[._-]?id$/i;
/** Four numbers with dots are a version under these. */
const VERSION = /version|release|build|sdk/i;
const LEAST_PHONE_DIGITS = 6;

/**
 * Replaces direct identifiers in a text.
 *
 * @param name Name of the member that holds it; the last part of a dotted path counts.
 * @param text The text.
 * @param pseudonyms The tenant's.
 * @returns The text with pseudonyms in their place; what a telling name holds is
 * replaced as a whole.
 */
export function pseudonymize(
  name: string,
  text: string,
  pseudonyms: Pseudonyms,
): string {
  const said = kindOf(name);
  if (said === null && !SUSPECT.test(text)) return text;
  if (isAccountNumber(text) && ACCOUNT.test(name)) return text;
  const clear = replaceByForm(name, text, pseudonyms);
  if (clear !== text) {
    const found = clear.match(PSEUDONYM) ?? [];
    const single = said !== null && found.length === 1 ? found[0] : null;
    return single ?? ALONE.exec(clear)?.[1] ?? clear;
  }
  return said !== null && isIdentifier(said, text)
    ? pseudonyms.of(said, text)
    : text;
}

/**
 * Replaces direct identifiers in an id, so that it stays an id.
 *
 * @param id The id.
 * @param pseudonyms The tenant's.
 * @returns The id by which the engine knows whom or what it names.
 */
export function pseudonymizeId(id: string, pseudonyms: Pseudonyms): string {
  const clear = pseudonymize("", id, pseudonyms);
  return isEntityId(clear) ? clear : pseudonyms.of("email", id);
}

/** Whether an id holds a direct identifier, for which a key is needed. */
export function holdsIdentifier(id: string): boolean {
  return pseudonymizeId(id, { of: () => "" }) !== id;
}

/**
 * The id by which a person is known.
 *
 * @param id An id, or an identifier in its place.
 * @param open The tenant's pseudonyms, opened where they are needed.
 * @returns The pseudonym of an identifier; any other id as it is, at once.
 */
export function knownId(
  id: string,
  open: () => Promise<Pseudonyms>,
): Soon<string> {
  return holdsIdentifier(id)
    ? open().then((pseudonyms) => pseudonymizeId(id, pseudonyms))
    : id;
}

/** What stands where one was replaced may be part of another: again until none is left. */
function replaceByForm(
  name: string,
  text: string,
  pseudonyms: Pseudonyms,
): string {
  let clear = text;
  let before: string;
  do {
    before = clear;
    clear = replaceEmails(clear, (email) => pseudonyms.of("email", email));
    if (!VERSION.test(name)) {
      clear = replaceIps(clear, (ip) => pseudonyms.of("ip", ip));
    }
    clear = replacePhones(clear, (phone) => pseudonyms.of("phone", phone));
  } while (clear !== before);
  return clear;
}

/** Whether a text without the form of an identifier is one, as its name says. */
function isIdentifier(said: Identifier, text: string): boolean {
  if (text.trim() === "" || text.search(PSEUDONYM) >= 0) return false;
  return said !== "phone" ||
    text.replaceAll(/\P{Nd}/gu, "").length >= LEAST_PHONE_DIGITS;
}

/** As {@link pseudonymize}, for any plain value: numbers under a telling name too. */
export function pseudonymizeScalar(
  name: string,
  value: Scalar,
  pseudonyms: Pseudonyms,
): Scalar {
  if (typeof value === "string") return pseudonymize(name, value, pseudonyms);
  return typeof value === "number"
    ? pseudonymOfNumber(name, String(value), pseudonyms) ?? value
    : value;
}

/**
 * The pseudonym of a number that its name says to be a phone number or address.
 *
 * @param name Name of the member.
 * @param digits The number as it is written.
 * @param pseudonyms The tenant's.
 * @returns The pseudonym; null for any other number.
 */
export function pseudonymOfNumber(
  name: string,
  digits: string,
  pseudonyms: Pseudonyms,
): string | null {
  const said = kindOf(name);
  const known = said !== null && said !== "email" && /^\d{6,}$/.test(digits);
  return known ? pseudonyms.of(said, digits) : null;
}
