/**
 * The door for people: direct identifiers are replaced by a keyed hash before
 * anything is kept. The key is the tenant's, so the same person has the same
 * pseudonym in every source of a tenant and another one elsewhere, and whoever has
 * the tables alone cannot find out whose it is.
 *
 * E-mail addresses and phone numbers are brought into one spelling first.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { isIP } from "node:net";
import { findPersonalData, replaceEmails } from "../domain/personal_data.ts";
import type { Scalar } from "../domain/signal.ts";
import { parseExactJson } from "../domain/exact_json.ts";

/** Kinds of direct identifiers. */
export type Identifier = "email" | "phone" | "ip";

/** Makes pseudonyms of one tenant. */
export interface Pseudonyms {
  /** The pseudonym of one identifier, such as `email_3f…`. */
  of(kind: Identifier, identifier: string): string;
}

const DIGITS = 32;
const MAX_CACHED = 10_000;
const MAX_DEPTH = 32;

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

function inOneSpelling(kind: Identifier, identifier: string): string {
  const text = identifier.normalize("NFKC").trim();
  if (kind === "phone") {
    return text.replaceAll(/[^\d+]/g, "").replace(/^00/, "+");
  }
  return text.toLowerCase();
}

/** Names of members that say what they hold, whatever its form. */
const NAMES: Readonly<Record<string, Identifier>> = {
  email: "email",
  emailaddress: "email",
  mail: "email",
  phone: "phone",
  phonenumber: "phone",
  mobile: "phone",
  mobilenumber: "phone",
  telephone: "phone",
  tel: "phone",
  ip: "ip",
  ipaddress: "ip",
  ipv4: "ip",
  ipv6: "ip",
  remoteaddr: "ip",
  clientip: "ip",
};

const kinds = new Map<string, Identifier | null>();

/** What a member's name says that it holds. */
function kindOf(name: string): Identifier | null {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const bare = name.slice(name.lastIndexOf(".") + 1).toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  const kind = Object.hasOwn(NAMES, bare) ? NAMES[bare] ?? null : null;
  if (kinds.size >= MAX_CACHED) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

/** Texts without any of these hold no identifier, unless their name says so. */
const SUSPECT = /[@+%]|\d[ .()/-]|:[^]*:|^\(|[^ -~]/;
const PSEUDONYM = /^(?:email|phone|ip)_[0-9a-f]{32}$/;

/**
 * Replaces direct identifiers in a text.
 *
 * @param name Name of the member that holds it; the last part of a dotted path counts.
 * @param text The text.
 * @param pseudonyms The tenant's.
 * @returns The text; the whole of it replaced where the whole is an identifier, or
 * where a phone number is anywhere in it.
 */
export function pseudonymize(
  name: string,
  text: string,
  pseudonyms: Pseudonyms,
): string {
  const said = kindOf(name);
  if (said === null && !SUSPECT.test(text)) return text;
  if (text === "" || PSEUDONYM.test(text)) return text;
  if (said !== null && said !== "email") return pseudonyms.of(said, text);
  const clear = replaceEmails(text, (email) => pseudonyms.of("email", email));
  if (clear !== text) return clear;
  if (said === "email") return pseudonyms.of("email", text);
  const trimmed = text.trim();
  if (!/version/i.test(name) && isIP(trimmed) !== 0) {
    return pseudonyms.of("ip", trimmed);
  }
  return findPersonalData(text) === "phone"
    ? pseudonyms.of("phone", text)
    : text;
}

/** As {@link pseudonymize}, for any plain value: numbers under a telling name too. */
export function pseudonymizeScalar(
  name: string,
  value: Scalar,
  pseudonyms: Pseudonyms,
): Scalar {
  if (typeof value === "string") return pseudonymize(name, value, pseudonyms);
  if (typeof value !== "number") return value;
  const changed = pseudonymize(name, String(value), pseudonyms);
  return changed === String(value) ? value : changed;
}

/**
 * Replaces direct identifiers in a record's original text: in its strings by name
 * and form where it is JSON, by form alone where it is not.
 *
 * @param original The record's text.
 * @param pseudonyms The tenant's.
 * @returns The text, as it was but for identifiers.
 */
export function pseudonymizeOriginal(
  original: string,
  pseudonyms: Pseudonyms,
): string {
  const json = /^\s*[[{]/.test(original) ? tryParse(original) : undefined;
  if (json !== undefined) {
    const clear = JSON.stringify(
      visit({ name: "", depth: 0 }, json, pseudonyms),
    );
    return clear === JSON.stringify(json) ? original : clear;
  }
  return original.replaceAll(
    /[^\s,;"'|<>()[\]{}]+(?:[ ][\d().-]+)*/g,
    (word) => pseudonymize("", word, pseudonyms),
  );
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function visit(
  { name, depth }: { readonly name: string; readonly depth: number },
  value: unknown,
  pseudonyms: Pseudonyms,
): unknown {
  if (typeof value !== "object" || value === null) {
    return pseudonymizeScalar(name, value as Scalar, pseudonyms);
  }
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (Array.isArray(value)) {
    return value.map((item) =>
      visit({ name, depth: depth + 1 }, item, pseudonyms)
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      pseudonymize("", key, pseudonyms),
      visit({ name: key, depth: depth + 1 }, member, pseudonyms),
    ]),
  );
}
